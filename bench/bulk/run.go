package bulk

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Plan says what to measure.
type Plan struct {
	rounds.Conditions
	Kinds  []Kind
	Names  string // of the clients, with commas; empty means all
	Bytes  int64  // of a body
	Times  int    // bodies a sample
	Folder string // for the files; on a tmpfs, or the disk is measured
}

// Result is all that was measured.
type Result struct {
	Plan   Plan
	When   time.Time
	tables []table
}

// table is all ways of one kind.
type table struct {
	kind Kind
	rows []row
}

type row = rounds.Row[Sample]

// Run measures all of a plan. It leaves nothing behind.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	for _, kind := range p.Kinds {
		ways, err := Select(kind, p.Names)
		if err != nil {
			return nil, err
		}
		server, err := p.Serve(ctx, "pour", "-tls="+strconv.FormatBool(kind.secure()))
		if err != nil {
			return nil, err
		}
		rows, err := rounds.Play(ctx, &p.Conditions, server, string(kind), p.contestants(server.Addr, kind, ways), describe)
		server.Stop()
		if err != nil {
			return nil, err
		}
		r.tables = append(r.tables, table{kind, rows})
	}
	return r, nil
}

func (p *Plan) contestants(addr string, kind Kind, ways []Way) []rounds.Contestant {
	var all []rounds.Contestant
	for _, w := range ways {
		args := []string{"haul", "-peer", w.Name, "-addr", addr, "-kind", string(kind),
			"-bytes", strconv.FormatInt(p.Bytes, 10), "-times", strconv.Itoa(p.Times)}
		if kind == File || kind == Upload {
			args = append(args, "-file", filepath.Join(p.Folder, "bench-bulk-"+strconv.Itoa(len(all))))
		}
		all = append(all, p.Child(w.Name, w.What, args...))
	}
	return all
}

func describe(s Sample) string {
	return fmt.Sprintf("%.2f GB/s, %.0f ms CPU/GB", rate(s), processor(s))
}

// Table gives the results in Markdown, a table for each kind.
func (r *Result) Table() string {
	var b strings.Builder
	for _, t := range r.tables {
		t.write(&b)
	}
	return b.String()
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "### %s\n\n", t.kind.Title())
	b.WriteString("| client | GB/s | CPU ms/GB (user + system) | allocs a body | speed: this / raw | speed: this / net/http | CPU: net/http / this | noisy |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for i := range t.rows {
		r := &t.rows[i]
		fmt.Fprintf(b, "| %s (%s) | %s | %s (%s + %s) | %s | %s | %s | %s | %d |\n", r.What, r.Name, r.Spread("%.2f", rate),
			rounds.Number("**%.0f**", r.Median(processor)),
			rounds.Number("%.0f", r.Median(func(s Sample) float64 { return perGB(s, s.User) })),
			rounds.Number("%.0f", r.Median(func(s Sample) float64 { return perGB(s, s.System) })),
			rounds.Number("%.0f", r.Median(func(s Sample) float64 { return float64(s.Mallocs) })),
			rounds.Ratio(t.rows, Raw, r, wall), rounds.Ratio(t.rows, NetHTTP, r, wall),
			rounds.Ratio(t.rows, NetHTTP, r, processor), r.Noisy())
	}
	b.WriteString("\n" + rounds.Failures(t.rows))
}
