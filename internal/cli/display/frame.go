package display

import (
	"strings"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// maxRows and maxResting bound the downloads and the servers that are shown one
// by one.
const (
	maxRows    = 5
	maxResting = 2
)

// miniBar is the width of the bar of one download.
const miniBar = 10

// frame draws one moment in lines of less than width columns: a line that
// wraps would break the cursor's way back.
func frame(s *tty.Screen, width int, st *State, r rates) []string {
	width = max(width-1, 20)
	lines := []string{overall(s, width, st, r), figures(s, width, st, r)}
	for i := range min(len(st.Resting), maxResting) {
		lines = append(lines, s.Paint(tty.Yellow, resting(s, width, &st.Resting[i])))
	}
	for i := range min(len(st.Slowest), maxRows) {
		lines = append(lines, row(s, width, &st.Slowest[i]))
	}
	return lines
}

// resting is the line of a server that gets no requests.
func resting(s *tty.Screen, width int, r *Rest) string {
	why := " asks for patience, "
	if r.Down {
		why = " seems to be down, "
	}
	tail := why + units.Count(int64(r.Queued)) + " wait, again in " + units.Clock(r.Left)
	return fit(width, "  "+s.Shorten(tty.Clean(r.Host), max(width-2-utf8.RuneCountInString(tail), 8))+tail)
}

// overall is the bar with the count, or the count alone while the end of the
// list is not known.
func overall(s *tty.Screen, width int, st *State, r rates) string {
	if st.Total < 0 {
		return fit(width, "  "+units.Count(st.Done)+" done, the list goes on")
	}
	share := 1.0
	if st.Total > 0 {
		share = float64(st.Done) / float64(st.Total)
	}
	total := units.Count(st.Total)
	text := tty.PadLeft(units.Count(st.Done), len(total)) + " of " + total
	text += tty.PadLeft(percent(share), 7)
	switch {
	case st.Ending:
		text += "  ending"
	case r.known:
		text += "  " + tty.PadLeft(units.Clock(r.left), 6) + " left"
	}
	room := width - utf8.RuneCountInString(text) - 4
	if room < 4 {
		return fit(width, "  "+text)
	}
	style := tty.Green
	if st.Failed > 0 {
		style = tty.Yellow
	}
	return "  " + s.Paint(style, s.Bar(share, room)) + "  " + text
}

func percent(share float64) string {
	// Rounded down: 100 % is for when all is done.
	return units.Count(int64(share*100)) + " %"
}

// figures is the line of rates and counts, the most important first.
func figures(s *tty.Screen, width int, st *State, r rates) string {
	parts := []string{units.PerSecond(r.items), units.Rate(r.bytes),
		units.Bytes(st.Bytes), units.Count(st.InFlight) + " in flight"}
	if st.Retries > 0 {
		parts = append(parts, units.Plural(st.Retries, "retry", "retries"))
	}
	sep := s.Or(" · ", ", ")
	line := fit(width, "  "+strings.Join(parts, sep))
	if st.Failed == 0 {
		return s.Paint(tty.Dim, line)
	}
	failed := sep + units.Count(st.Failed) + " failed"
	if utf8.RuneCountInString(line+failed) > width {
		return s.Paint(tty.Dim, line)
	}
	return s.Paint(tty.Dim, line) + s.Paint(tty.Red, failed)
}

// row is the line of one download.
func row(s *tty.Screen, width int, d *Download) string {
	left := "  " + tty.PadLeft(units.Duration(d.Elapsed), 7) + "  "
	right := "  " + tty.PadLeft(units.Bytes(d.Bytes), 8)
	bar := ""
	if d.Size > 0 && width >= 60 {
		bar = "  " + s.Paint(tty.Cyan, s.Bar(float64(d.Bytes)/float64(d.Size), miniBar))
	} else if width >= 60 {
		bar = strings.Repeat(" ", miniBar+2)
	}
	room := width - utf8.RuneCountInString(left+right)
	if bar != "" {
		room -= miniBar + 2
	}
	if room < 4 {
		return fit(width, left+right)
	}
	return s.Paint(tty.Dim, left) + tty.Pad(s.Shorten(tty.Clean(d.URL), room), room) + right + bar
}

// fit cuts text to at most width characters.
func fit(width int, text string) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width])
}

// sentence tells the same in one line of plain text.
func sentence(st *State, r rates) string {
	var b strings.Builder
	b.WriteString("fetch: " + units.Count(st.Done))
	if st.Total >= 0 {
		b.WriteString(" of " + units.Count(st.Total))
	}
	b.WriteString(" done")
	if st.Failed > 0 {
		b.WriteString(", " + units.Count(st.Failed) + " failed")
	}
	b.WriteString(", " + units.Count(st.InFlight) + " in flight, " + units.Bytes(st.Bytes) + ", " +
		units.PerSecond(r.items) + ", " + units.Rate(r.bytes))
	if r.known && !st.Ending {
		b.WriteString(", " + units.Clock(r.left) + " left")
	}
	return b.String()
}
