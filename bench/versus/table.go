package versus

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

func rate(s measure.Sample) float64 { return float64(s.Requests) / s.Wall.Seconds() }

// micros gives the processor time of a request in microseconds.
func micros(s measure.Sample) float64 { return s.Each(inMicros(s.CPU())) }

func inMicros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// Table gives the results in Markdown, a table for each setting.
func (r *Result) Table() string {
	var b strings.Builder
	for _, t := range r.tables {
		t.write(&b)
	}
	return b.String()
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "### %s\n\n", t.setting)
	b.WriteString("| client | requests/s | CPU us/request (user + system) | allocs | B | net/http / this | fasthttp / this | raw / this | noisy |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for i := range t.rows {
		r := &t.rows[i]
		ratio := func(base string) string { return rounds.Ratio(t.rows, base, r, micros) }
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s | %s | %s | %s | %s | %d |\n", r.What, r.Name,
			rounds.Number("%.0f", r.Median(rate)), processor(r),
			rounds.Number("%.1f", r.Median(each(func(s measure.Sample) int64 { return s.Mallocs }))),
			rounds.Number("%.0f", r.Median(each(func(s measure.Sample) int64 { return s.Bytes }))),
			ratio(peer.NetHTTP), ratio(peer.FastHTTP), ratio(peer.Raw), r.Noisy())
	}
	b.WriteString("\n" + rounds.Failures(t.rows))
}

// processor gives "median (user + system) [least-most]".
func processor(r *row) string {
	total, spread, ok := strings.Cut(r.Spread("%.1f", micros), " ")
	if !ok {
		return "-"
	}
	user := r.Median(func(s measure.Sample) float64 { return s.Each(inMicros(s.User)) })
	system := r.Median(func(s measure.Sample) float64 { return s.Each(inMicros(s.System)) })
	return fmt.Sprintf("%s (%.1f + %.1f) %s", total, user, system, spread)
}

// each gives a count a request; NaN where there is none.
func each(count func(measure.Sample) int64) func(measure.Sample) float64 {
	return func(s measure.Sample) float64 {
		if n := count(s); n >= 0 {
			return s.Each(float64(n))
		}
		return math.NaN()
	}
}
