package summary

import (
	"math"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/tty"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
)

// Latency is the distribution of a time.
type Latency struct {
	P50, P90, P99, Max time.Duration

	// Points are values that stand for equal shares of the answers, in
	// ascending order: all of them, or some hundred quantiles.
	Points []time.Duration
}

// The histogram's size in characters, and how many answers it takes for it to
// have a shape.
const (
	plotWidth, besidePlot = 58, 14
	plotHeight            = 3
	enough                = 20
)

// latency draws a histogram over a logarithmic axis, since times spread over
// decades, and names the percentiles below it.
func latency(s *tty.Screen, l *Latency) {
	if len(l.Points) == 0 {
		return
	}
	s.Printf("\n")
	name := "latency"
	if len(l.Points) >= enough {
		histogram(s, name, l)
		name = ""
	}
	sep := s.Or(" · ", ", ")
	s.Printf("  %sp50 %s%sp90 %s%sp99 %s%smax %s\n", label(s, name),
		s.Paint(tty.Bold, units.Duration(l.P50)), sep, s.Paint(tty.Bold, units.Duration(l.P90)), sep,
		s.Paint(tty.Bold, units.Duration(l.P99)), sep, s.Paint(tty.Bold, units.Duration(l.Max)))
}

func histogram(s *tty.Screen, name string, l *Latency) {
	low, high := l.Points[0], max(l.Max, l.Points[len(l.Points)-1])
	width := s.Fit(plotWidth, besidePlot)
	for _, row := range plot(s, spread(l.Points, low, high, width)) {
		s.Printf("  %s%s\n", label(s, name), s.Paint(tty.Green, row))
		name = ""
	}
	from, to := units.Duration(low), units.Duration(high)
	rule := strings.Repeat(s.Or("─", "-"), max(width-len(from)-len(to)-2, 1))
	s.Printf("  %s%s\n", label(s, ""), s.Paint(tty.Dim, from+" "+rule+" "+to))
}

// spread counts the points in n columns of equal width on the logarithmic axis.
func spread(points []time.Duration, low, high time.Duration, n int) []float64 {
	columns := make([]float64, n)
	lo := math.Log(float64(max(low, 1)))
	width := math.Log(float64(max(high, 1))) - lo
	for _, p := range points {
		at := 0.0
		if width > 0 {
			at = (math.Log(float64(max(p, 1))) - lo) / width * float64(n)
		}
		columns[min(max(int(at), 0), n-1)]++
	}
	return columns
}

// plot draws columns as rows of characters, the highest first. A column with
// anything in it is given at least the lowest mark.
func plot(s *tty.Screen, columns []float64) []string {
	steps := []rune(s.Or(" ▁▂▃▄▅▆▇█", " .:|"))
	levels := len(steps) - 1
	most := 0.0
	for _, c := range columns {
		most = max(most, c)
	}
	rows := make([]string, plotHeight)
	for y := range rows {
		below := (plotHeight - 1 - y) * levels
		var row strings.Builder
		for _, c := range columns {
			height := 0
			if c > 0 && most > 0 {
				height = max(int(c/most*float64(plotHeight*levels)+0.5), 1)
			}
			row.WriteRune(steps[min(max(height-below, 0), levels)])
		}
		rows[y] = strings.TrimRight(row.String(), " ")
	}
	return rows
}
