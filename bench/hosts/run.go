package hosts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/profile"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Plan says what to measure.
type Plan struct {
	rounds.Conditions
	Clients  []Client
	Hosts    int
	InFlight int
	Requests []int // a table for each
	Delay    time.Duration
}

// Result is all that was measured.
type Result struct {
	Plan   Plan
	When   time.Time
	tables []table
	locks  string // the profiles of ours
}

// table is all clients with so many requests.
type table struct {
	requests int
	rows     []row
}

type row = rounds.Row[Sample]

// Run measures all of a plan, and then where ours waits for locks.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	server, err := p.Serve(ctx, "crowd", "-hosts", strconv.Itoa(p.Hosts), "-delay", p.Delay.String())
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	for _, n := range p.Requests {
		var all []rounds.Contestant
		for _, c := range p.Clients {
			all = append(all, p.Child(c.Name, c.What, p.arguments(c.Name, server.Addr, n)...))
		}
		rows, err := rounds.Play(ctx, &p.Conditions, server, title(n), all, describe)
		if err != nil {
			return nil, err
		}
		r.tables = append(r.tables, table{n, rows})
	}
	r.locks, err = locks(ctx, &p, server)
	return r, err
}

func (p *Plan) arguments(name, port string, requests int) []string {
	return []string{"crawl", "-peer", name, "-port", port, "-hosts", strconv.Itoa(p.Hosts),
		"-requests", strconv.Itoa(requests), "-inflight", strconv.Itoa(p.InFlight)}
}

// locks profiles a crawl of each client's, and for ours also what it waits for
// beside locks. It runs on all cores: on one there is no contention.
func locks(ctx context.Context, p *Plan, server *rounds.Server) (string, error) {
	folder, err := os.MkdirTemp("", "bench-hosts")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	var text strings.Builder
	for _, c := range p.Clients {
		for _, kind := range []profile.Kind{profile.Mutex, profile.Block} {
			if kind == profile.Block && c.Name != Session {
				continue
			}
			list, err := recorded(ctx, p, server, c, kind, filepath.Join(folder, "profile"))
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&text, "### %s profile, %s, on all cores: %s\n\n%s\n", kind, title(p.Requests[0]), c.Name, list)
		}
	}
	return text.String(), nil
}

// recorded gives a client's profile as a list in Markdown.
func recorded(ctx context.Context, p *Plan, server *rounds.Server, c Client, kind profile.Kind, file string) (string, error) {
	once := p.Conditions
	once.Rounds, once.Retries, once.ClientCore = 1, 0, -1
	args := append(p.arguments(c.Name, server.Addr, p.Requests[0]), "-profile", string(kind)+"="+file)
	rows, err := rounds.Play(ctx, &once, server, string(kind)+" profile", []rounds.Contestant{p.Child(c.Name, c.What, args...)}, describe)
	if err != nil {
		return "", err
	}
	if failed := rounds.Failures(rows); failed != "" {
		return failed, nil
	}
	top, err := profile.Top(ctx, p.Program, kind, file)
	if err != nil {
		return "", err
	}
	s := rows[0].Rounds[0].Sample
	return fmt.Sprintf("All requests together were in flight for %.0f s.\n\n```\n%s```\n", s.Wall.Seconds()*float64(s.InFlight), top), nil
}

func title(requests int) string { return fmt.Sprintf("%d requests", requests) }

func describe(s Sample) string {
	return fmt.Sprintf("%.0f/s, peak %.0f MiB, %d sockets", rate(s), peak(s), s.Sockets)
}

func rate(s Sample) float64 { return float64(s.Requests) / s.Wall.Seconds() }

// cost gives the microseconds of processor time a request.
func cost(s Sample) float64 {
	return float64(s.User+s.System) / float64(time.Microsecond) / float64(s.Requests)
}

// peak gives MiB.
func peak(s Sample) float64 { return float64(s.Peak) / (1 << 20) }

func heapEach(s Sample) float64   { return float64(s.Heap) / float64(s.InFlight) }
func stacksEach(s Sample) float64 { return float64(s.Stacks) / float64(s.InFlight) }

// Table gives the results in Markdown, a table for each number of requests.
func (r *Result) Table() string {
	var b strings.Builder
	for _, t := range r.tables {
		t.write(&b)
	}
	return b.String() + r.locks
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "### %s\n\n", title(t.requests))
	b.WriteString("| client | requests/s | CPU us/request | peak RSS MiB | heap B a request in flight | stacks B | connections | CPU: net/http / this | CPU: fasthttp / this | noisy |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for i := range t.rows {
		r := &t.rows[i]
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s | %s | %s | %s | %s | %s | %d |\n", r.What, r.Name,
			rounds.Number("%.0f", r.Median(rate)), r.Spread("%.1f", cost), r.Spread("%.0f", peak),
			rounds.Number("%.0f", r.Median(heapEach)), rounds.Number("%.0f", r.Median(stacksEach)),
			rounds.Number("%.0f", r.Median(func(s Sample) float64 { return float64(s.Sockets) })),
			rounds.Ratio(t.rows, NetHTTP, r, cost), rounds.Ratio(t.rows, FastHTTP, r, cost), r.Noisy())
	}
	b.WriteString("\n" + rounds.Failures(t.rows))
}
