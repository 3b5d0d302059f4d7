package download

import (
	"fmt"
	"math"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/stats"
)

// of gives one figure of each round, NaN for those that failed.
func (r *row) of(figure func(sample) float64) []float64 {
	values := make([]float64, len(r.rounds))
	for i, o := range r.rounds {
		values[i] = math.NaN()
		if o.err == nil {
			values[i] = figure(o.sample)
		}
	}
	return values
}

func (r *row) seconds() []float64 { return r.of(func(s sample) float64 { return s.wall.Seconds() }) }

// Table gives the results in Markdown, a table for each load.
func (r *Result) Table() string {
	var b strings.Builder
	for start := 0; start < len(r.rows); {
		end := start
		for end < len(r.rows) && r.rows[end].load == r.rows[start].load {
			end++
		}
		writeTable(&b, r.rows[start:end])
		start = end
	}
	return b.String()
}

func writeTable(b *strings.Builder, rows []row) {
	load := rows[0].load
	fmt.Fprintf(b, "### %s\n\n", load)
	b.WriteString("| downloader | seconds | files/s | MiB/s | CPU s | peak RSS MiB | curl / this | net/http / this | raw / this |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var failures []string
	for i := range rows {
		r := &rows[i]
		median := stats.Median(stats.Known(r.seconds()))
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", strings.TrimSpace(r.tool.what+" "+r.tool.version),
			r.time(),
			number("%.0f", float64(load.Count)/median),
			number("%.0f", float64(load.Count)*mib(load.Bytes)/median),
			number("%.2f", stats.Median(stats.Known(r.of(func(s sample) float64 { return s.cpu.Seconds() })))),
			number("%.1f", stats.Median(stats.Known(r.of(func(s sample) float64 { return mib(s.peak) })))),
			ratio(rows, curlName, r), ratio(rows, stdName, r), ratio(rows, rawName, r))
		for n, o := range r.rounds {
			if o.err != nil {
				failures = append(failures, fmt.Sprintf("- %s, round %d: %v\n", r.tool.name, n+1, o.err))
			}
		}
	}
	b.WriteString("\n")
	if len(failures) > 0 {
		fmt.Fprintf(b, "Failed:\n\n%s\n", strings.Join(failures, ""))
	}
}

// time gives the median and the spread of the seconds.
func (r *row) time() string {
	known := stats.Known(r.seconds())
	if len(known) == 0 {
		return "-"
	}
	least, most := stats.Spread(known)
	return fmt.Sprintf("**%.2f** [%.2f-%.2f]", stats.Median(known), least, most)
}

// ratio gives how many times the time of a downloader the one named takes.
func ratio(rows []row, base string, r *row) string {
	for i := range rows {
		if rows[i].tool.name == base {
			median, _ := stats.PairedRatio(rows[i].seconds(), r.seconds())
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
