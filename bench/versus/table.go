package versus

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/stats"
)

func rate(s measure.Sample) float64 { return float64(s.Requests) / s.Wall.Seconds() }

func micros(d time.Duration, s measure.Sample) float64 {
	return s.Each(float64(d) / float64(time.Microsecond))
}

// of gives one figure of each round, NaN for those that failed.
func (c *cell) of(figure func(measure.Sample) float64) []float64 {
	values := make([]float64, len(c.rounds))
	for i, r := range c.rounds {
		values[i] = math.NaN()
		if r.err == nil {
			values[i] = figure(r.sample)
		}
	}
	return values
}

func (c *cell) cpu() []float64 {
	return c.of(func(s measure.Sample) float64 { return micros(s.CPU(), s) })
}

// Table gives the results in Markdown, a table for each setting.
func (r *Result) Table() string {
	var b strings.Builder
	for start := 0; start < len(r.cells); {
		end := start
		for end < len(r.cells) && r.cells[end].setting == r.cells[start].setting {
			end++
		}
		writeTable(&b, r.cells[start:end])
		start = end
	}
	return b.String()
}

func writeTable(b *strings.Builder, cells []cell) {
	fmt.Fprintf(b, "### %s\n\n", cells[0].setting)
	b.WriteString("| client | requests/s | CPU us/request (user + system) | allocs | B | net/http / this | fasthttp / this | raw / this | noisy |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var failures []string
	for i := range cells {
		c := &cells[i]
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s | %s | %s | %s | %s | %d |\n", c.what, c.name,
			number("%.0f", stats.Median(stats.Known(c.of(rate)))), c.processor(),
			number("%.1f", c.each(func(s measure.Sample) int64 { return s.Mallocs })),
			number("%.0f", c.each(func(s measure.Sample) int64 { return s.Bytes })),
			ratio(cells, peer.NetHTTP, c), ratio(cells, peer.FastHTTP, c), ratio(cells, peer.Raw, c), c.noisy())
		for n, m := range c.rounds {
			if m.err != nil {
				failures = append(failures, fmt.Sprintf("- %s, round %d: %v\n", c.name, n+1, m.err))
			}
		}
	}
	b.WriteString("\n")
	if len(failures) > 0 {
		fmt.Fprintf(b, "Failed:\n\n%s\n", strings.Join(failures, ""))
	}
}

func (c *cell) processor() string {
	all := stats.Known(c.cpu())
	user := stats.Median(stats.Known(c.of(func(s measure.Sample) float64 { return micros(s.User, s) })))
	system := stats.Median(stats.Known(c.of(func(s measure.Sample) float64 { return micros(s.System, s) })))
	least, most := stats.Spread(all)
	if len(all) == 0 {
		return "-"
	}
	return fmt.Sprintf("**%.1f** (%.1f + %.1f) [%.1f-%.1f]", stats.Median(all), user, system, least, most)
}

// each gives the median of a count a request; NaN where there is none.
func (c *cell) each(count func(measure.Sample) int64) float64 {
	return stats.Median(stats.Known(c.of(func(s measure.Sample) float64 {
		if n := count(s); n >= 0 {
			return s.Each(float64(n))
		}
		return math.NaN()
	})))
}

func (c *cell) noisy() int {
	n := 0
	for _, m := range c.rounds {
		if m.noisy {
			n++
		}
	}
	return n
}

// ratio gives how many times less CPU a client needs than the one named.
func ratio(cells []cell, base string, c *cell) string {
	for i := range cells {
		if cells[i].name == base {
			median, _ := stats.PairedRatio(cells[i].cpu(), c.cpu())
			return number("%.2f", median)
		}
	}
	return "-"
}

func number(format string, f float64) string {
	if math.IsNaN(f) {
		return "-"
	}
	return fmt.Sprintf(format, f)
}
