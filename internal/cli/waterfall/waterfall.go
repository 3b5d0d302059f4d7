// Package waterfall draws where the time of one exchange went, a line a phase.
//
// A phase that did not happen, such as the lookup of a name on a connection
// that was already open, has no line.
package waterfall

import (
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// shortest is what would be written as 0.00 ms: looking into a table, no wait.
const shortest = 5 * time.Microsecond

// The columns that a line needs beside its bar: margins, name and time.
const (
	nameWidth = 8
	timeWidth = 8
	maxBar    = 60 // a longer bar shows no more
)

type phase struct {
	name  string
	took  time.Duration
	style tty.Style
}

// Write draws t on s.
func Write(s *tty.Screen, t connector.Timings) {
	phases := []phase{
		{"pool", t.Pool, tty.Dim},
		{"dns", t.DNS, tty.Cyan},
		{"connect", t.Connect, tty.Yellow},
		{"tls", t.TLS, tty.Violet},
		{"send", t.Send, tty.Blue},
		{"wait", t.Wait, tty.Green},
		{"receive", t.Receive, tty.Cyan},
	}
	total := t.Total()
	width := min(s.Width()-nameWidth-timeWidth-5, maxBar)
	if width < 8 {
		width = 8
	}
	at := time.Duration(0)
	for _, p := range phases {
		if p.took < shortest {
			at += max(p.took, 0)
			continue
		}
		bar := s.Span(share(at, total), share(at+p.took, total), width)
		s.Printf("  %s %s %s\n", tty.Pad(p.name, nameWidth), s.Paint(p.style, bar),
			tty.PadLeft(units.Duration(p.took), timeWidth))
		at += p.took
	}
	s.Printf("  %s %s %s\n", s.Paint(tty.Bold, tty.Pad("total", nameWidth)),
		s.Paint(tty.Dim, tty.Pad(peer(t), width)),
		s.Paint(tty.Bold, tty.PadLeft(units.Duration(total), timeWidth)))
}

func peer(t connector.Timings) string {
	if t.Addr == "" {
		return ""
	}
	if t.Reused {
		return "from " + t.Addr + " on a connection that was open"
	}
	return "from " + t.Addr
}

func share(d, total time.Duration) float64 {
	if total <= 0 {
		return 0
	}
	return float64(d) / float64(total)
}
