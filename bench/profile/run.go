package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Subject is a client whose time is looked into.
type Subject struct{ Name, What string }

// Plan says what to look into.
type Plan struct {
	rounds.Conditions
	Subjects []Subject
	Conns    int
	For      time.Duration // of each profile
	Requests int           // that are counted for the system calls
}

// Result is what was found.
type Result struct {
	Plan     Plan
	When     time.Time
	lists    []list
	calls    []Calls // of the subjects, in their order; nil without strace
	callsErr error
}

// list is one profile.
type list struct {
	subject Subject
	kind    Kind
	text    string
}

// Run profiles all subjects of a plan, one after the other.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	server, err := p.Serve(ctx, "serve")
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	folder, err := os.MkdirTemp("", "bench-profile")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	for _, s := range p.Subjects {
		for _, kind := range []Kind{CPU, Allocs, Mutex} {
			text, err := record(ctx, &p, server, s, kind, filepath.Join(folder, "profile"))
			if err != nil {
				return nil, fmt.Errorf("%s profile of %s: %w", kind, s.Name, err)
			}
			r.lists = append(r.lists, list{s, kind, text})
		}
	}
	for _, s := range p.Subjects {
		calls, err := count(ctx, &p, server, s)
		if err != nil {
			r.calls, r.callsErr = nil, err
			break
		}
		r.calls = append(r.calls, calls)
	}
	return r, ctx.Err()
}

// arguments are those of a process that runs a subject.
func (p *Plan) arguments(s Subject, addr string, more ...string) []string {
	return append([]string{"measure", "-peer", s.Name, "-addr", addr, "-conns", strconv.Itoa(p.Conns)}, more...)
}

// record takes one profile.
func record(ctx context.Context, p *Plan, server *rounds.Server, s Subject, kind Kind, file string) (string, error) {
	once := p.Conditions
	once.Rounds, once.Retries = 1, 0
	if kind == Mutex {
		once.ClientCore = -1 // on one core there is no contention
	}
	args := p.arguments(s, server.Addr, "-warm", (p.For / 10).String(), "-for", p.For.String(), "-profile", string(kind)+"="+file)
	rows, err := rounds.Play(ctx, &once, server, string(kind)+" profile", []rounds.Contestant{p.Child(s.Name, s.What, args...)},
		func(json.RawMessage) string { return "done" })
	if err != nil {
		return "", err
	}
	if err := rows[0].Rounds[0].Err; err != nil {
		return "", err
	}
	return Top(ctx, p.Program, kind, file)
}

// count gives the system calls of a request.
func count(ctx context.Context, p *Plan, server *rounds.Server, s Subject) (Calls, error) {
	var runs [2]Calls
	few := 10 * p.Conns
	for i, n := range [...]int{few, few + p.Requests} {
		var err error
		if runs[i], err = callsOf(ctx, p.ClientCore, p.Program, p.arguments(s, server.Addr, "-requests", strconv.Itoa(n))...); err != nil {
			return nil, err
		}
		fmt.Fprintf(p.Progress, "system calls of %d requests, %s: done\n", n, s.Name)
	}
	return each(runs[0], runs[1], p.Requests), nil
}

// Text gives the findings in Markdown.
func (r *Result) Text() string {
	var b strings.Builder
	r.writeCalls(&b)
	for _, l := range r.lists {
		fmt.Fprintf(&b, "### %s profile: %s (%s)\n\n```\n%s```\n\n", l.kind, l.subject.What, l.subject.Name, l.text)
	}
	return b.String()
}

// writeCalls lists the system calls of a request, those that failed in brackets.
func (r *Result) writeCalls(b *strings.Builder) {
	b.WriteString("### System calls a request\n\n")
	switch {
	case errors.Is(r.callsErr, errNoStrace):
		b.WriteString("Not counted: strace is not installed.\n\n")
		return
	case r.callsErr != nil:
		fmt.Fprintf(b, "Not counted: %v\n\n", r.callsErr)
		return
	}
	b.WriteString("| call |")
	for _, s := range r.Plan.Subjects {
		fmt.Fprintf(b, " %s |", s.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(r.Plan.Subjects)) + "\n")
	for _, name := range names(r.calls) {
		fmt.Fprintf(b, "| %s |", name)
		for _, calls := range r.calls {
			c := calls[name]
			fmt.Fprintf(b, " %.2f", c.Made)
			if c.Failed >= leastCalls {
				fmt.Fprintf(b, " (%.2f)", c.Failed)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}
