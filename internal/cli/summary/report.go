// Package summary prints what came of a job of many downloads: counts,
// throughput, a histogram of latencies, and the failures by cause.
package summary

import (
	"strings"
	"syscall"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
	"github.com/aiohttp-go/aiohttp/internal/shell"
)

// Report is what came of a job.
type Report struct {
	// Elapsed is the time that the job took.
	Elapsed time.Duration

	// Done counts the items; Failed those of them that ended badly, Skipped
	// those that were there already.
	Done, Failed, Skipped int64

	// Left counts the items that were read but not finished.
	Left int64

	// Resumed counts the downloads that went on where an earlier one had
	// stopped; Retries the attempts beyond each item's first.
	Resumed, Retries int64

	// Bytes is what was received into files.
	Bytes int64

	// Statuses counts the final answers, in ascending order of status.
	Statuses []Status

	// Latency tells how long the answers took.
	Latency Latency

	// Causes groups the failures, the most frequent first.
	Causes []Cause

	// Folder is where the files are, empty when nothing was kept.
	Folder string
}

// Status is the number of answers with one status.
type Status struct {
	Status int
	Count  int64
}

// Cause is the number of failures of one kind.
type Cause struct {
	Text    string
	Count   int64
	Example string // one of the URLs
}

// The width of the bars of the statuses, and of what is said about failures: what
// 80 columns leave. What else stands in their lines is counted beside it.
const (
	barWidth, besideBar   = 48, 28
	textWidth, besideText = 59, 21
)

// Write prints r on s.
func Write(s *tty.Screen, r *Report) {
	headline(s, r)
	if also := extras(s, r); also != "" || len(r.Statuses) > 0 {
		s.Printf("\n%s", also)
	}
	statuses(s, r)
	latency(s, &r.Latency)
	causes(s, r)
	if r.Folder != "" {
		s.Printf("\n  %s%s\n", label(s, "folder"), tty.Clean(r.Folder))
	}
}

func label(s *tty.Screen, name string) string { return s.Paint(tty.Cyan, tty.Pad(name, 11)) }

// headline is what most people read, and nothing else.
func headline(s *tty.Screen, r *Report) {
	good := r.Done - r.Failed
	mark, style := s.Or("✓", "ok"), tty.Green
	switch {
	case r.Failed > 0:
		mark, style = s.Or("✗", "!!"), tty.Red
	case r.Left > 0:
		mark, style = s.Or("▲", "!"), tty.Yellow
	}
	text := units.Count(good) + " of " + units.Plural(r.Done+r.Left, "URL", "URLs")
	s.Printf("\n  %s %s in %s", s.Paint(style, mark), s.Paint(tty.Bold, text), s.Paint(tty.Bold, units.Duration(r.Elapsed)))
	if sec := r.Elapsed.Seconds(); sec > 0 {
		sep := s.Or(" · ", ", ")
		s.Printf("%s", s.Paint(tty.Dim, sep+units.PerSecond(float64(r.Done)/sec)+sep+units.Bytes(r.Bytes)+
			sep+units.Rate(float64(r.Bytes)/sec)))
	}
	s.Printf("\n")
}

// extras gives the line of the counts that are mostly zero, empty if all are.
func extras(s *tty.Screen, r *Report) string {
	line := ""
	for _, c := range []struct {
		n    int64
		text string
	}{
		{r.Skipped, "there already"}, {r.Resumed, "resumed"}, {r.Retries, "tried again"}, {r.Left, "left"},
	} {
		if c.n > 0 {
			if line != "" {
				line += s.Or(" · ", ", ")
			}
			line += units.Count(c.n) + " " + c.text
		}
	}
	if line == "" {
		return ""
	}
	return "  " + label(s, "also") + line + "\n"
}

func statuses(s *tty.Screen, r *Report) {
	most := int64(1)
	for _, st := range r.Statuses {
		most = max(most, st.Count)
	}
	name, width := "status", s.Fit(barWidth, besideBar)
	for _, st := range r.Statuses {
		share := max(float64(st.Count)/float64(most), 1/float64(width)) // one is not none
		bar := s.Bar(share, width)
		s.Printf("  %s%d  %s %8s\n", label(s, name), st.Status, s.Paint(statusStyle(st.Status), bar), units.Count(st.Count))
		name = ""
	}
}

func statusStyle(status int) tty.Style {
	switch {
	case status >= 400:
		return tty.Red
	case status >= 300:
		return tty.Yellow
	}
	return tty.Green
}

// maxCauses bounds the lines about failures: the rest is in the results file.
const maxCauses = 10

func causes(s *tty.Screen, r *Report) {
	name, width := "failed", s.Fit(textWidth, besideText)
	if len(r.Causes) > 0 {
		s.Printf("\n")
	}
	for i, c := range r.Causes {
		if i == maxCauses {
			s.Printf("  %s%5s  %s\n", label(s, ""), "...", units.Plural(int64(len(r.Causes)-i), "more cause", "more causes"))
			break
		}
		s.Printf("  %s%s  %s\n", label(s, name), s.Paint(tty.Red, tty.PadLeft(units.Count(c.Count), 5)),
			s.Shorten(tty.Clean(c.Text), width))
		if c.Example != "" {
			s.Printf("  %s       %s\n", label(s, ""), s.Paint(tty.Dim, s.Shorten(tty.Clean(c.Example), width)))
		}
		name = ""
	}
	if text := advice(r.Causes); text != "" {
		s.Printf("  %s       %s\n", label(s, ""), s.Paint(tty.Cyan, s.Shorten(text, width)))
	}
}

// advice tells what may help with one of the failures, empty where nothing is known.
func advice(causes []Cause) string {
	for _, c := range causes {
		phase, rest, _ := strings.Cut(c.Text, ": ")
		switch {
		case rest == syscall.EMFILE.Error() || rest == syscall.ENFILE.Error():
			return "fewer at once (-c) or a higher limit (ulimit -n) helps"
		case phase == "dns" || phase == "connect" || phase == "tls":
			return shell.Quote([]string{"aiohttp", "doctor", tty.Clean(c.Example)}) + " tells more"
		}
	}
	return ""
}
