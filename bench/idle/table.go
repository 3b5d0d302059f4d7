package idle

import (
	"fmt"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

func resident(s Sample) float64   { return s.each(float64(s.Resident)) }
func heap(s Sample) float64       { return s.each(float64(s.Heap)) }
func stacks(s Sample) float64     { return s.each(float64(s.Stacks)) }
func goroutines(s Sample) float64 { return s.each(float64(s.Goroutines)) }
func sockets(s Sample) float64    { return float64(s.Sockets) }

func title(secure bool) string {
	if secure {
		return "TLS 1.3"
	}
	return "plain"
}

// Table gives the results in Markdown, for each transport what a connection
// holds, and what ours consists of.
func (r *Result) Table() string {
	var b strings.Builder
	for _, t := range r.tables {
		t.write(&b)
	}
	return b.String()
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "### %s\n\n", title(t.secure))
	b.WriteString("| client | resident B | heap B | stacks B | goroutines | net/http / this | fasthttp / this | sockets |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for i := range t.rows {
		r := &t.rows[i]
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s | %s | %s | %s | %s |\n", r.What, r.Name, r.Spread("%.0f", resident),
			rounds.Number("%.0f", r.Median(heap)), rounds.Number("%.0f", r.Median(stacks)), rounds.Number("%.2f", r.Median(goroutines)),
			rounds.Ratio(t.rows, peer.NetHTTP, r, resident), rounds.Ratio(t.rows, peer.FastHTTP, r, resident),
			rounds.Number("%.0f", r.Median(sockets)))
	}
	b.WriteString("\n" + rounds.Failures(t.rows))
	for _, r := range t.held {
		writeSites(b, r)
	}
	b.WriteString(rounds.Failures(t.held))
}

// leastSite is what a site must hold of a connection, in bytes, to be listed.
const leastSite = 8

// writeSites lists what a client's connection consists of.
func writeSites(b *strings.Builder, r row) {
	for _, o := range r.Rounds {
		if len(o.Sample.Sites) == 0 {
			continue
		}
		fmt.Fprintf(b, "<details><summary>%s: what the heap of a connection consists of</summary>\n\n| B | allocated by |\n|--:|---|\n", r.Name)
		for _, s := range o.Sample.Sites {
			if each := o.Sample.each(float64(s.Bytes)); each >= leastSite {
				fmt.Fprintf(b, "| %.0f | `%s` |\n", each, s.Where)
			}
		}
		b.WriteString("\n</details>\n\n")
	}
}
