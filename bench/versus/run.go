package versus

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/measure"
)

// Run measures all of a plan.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	contestants := contestantsOf(p)
	if p.Python {
		python, err := findPython(ctx)
		if err != nil {
			return nil, err
		}
		r.Python = python.version
		contestants = append(contestants, python.contestant())
	}
	for _, secure := range p.TLS {
		server, err := startServer(ctx, p, secure)
		if err != nil {
			return nil, err
		}
		for _, conns := range p.Conns {
			cells, err := r.measure(ctx, server, setting{conns, secure}, contestants)
			if err != nil {
				server.stop()
				return nil, err
			}
			r.cells = append(r.cells, cells...)
		}
		server.stop()
	}
	return r, nil
}

// contestant is a client as a command.
type contestant struct {
	name, what string
	command    func(ctx context.Context, addr string, s setting, o measure.Options) *exec.Cmd
}

func contestantsOf(p Plan) []contestant {
	var all []contestant
	for _, peer := range p.Peers {
		command := func(ctx context.Context, addr string, s setting, o measure.Options) *exec.Cmd {
			return exec.CommandContext(ctx, p.Program, "measure", "-peer", peer.Name, "-addr", addr,
				"-conns", strconv.Itoa(s.conns), "-tls="+strconv.FormatBool(s.secure), "-warm", o.Warm.String(), "-for", o.For.String())
		}
		all = append(all, contestant{peer.Name, peer.What, command})
	}
	return all
}

// measure plays the rounds of one setting.
func (r *Result) measure(ctx context.Context, server *server, s setting, contestants []contestant) ([]cell, error) {
	cells := make([]cell, len(contestants))
	for i, c := range contestants {
		cells[i] = cell{setting: s, name: c.name, what: c.what}
	}
	for n := range r.Plan.Rounds {
		for _, i := range rand.Perm(len(contestants)) {
			m := r.settled(ctx, server, s, contestants[i])
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			cells[i].rounds = append(cells[i].rounds, m)
			fmt.Fprintf(r.Plan.Progress, "%s, round %d, %s: %s\n", s, n+1, contestants[i].name, m)
		}
	}
	return cells, nil
}

// settled measures once, and again while other processes disturb it.
func (r *Result) settled(ctx context.Context, server *server, s setting, c contestant) round {
	for try := 0; ; try++ {
		sample, foreign, err := r.once(ctx, server, s, c)
		m := round{sample: sample, noisy: foreign > r.Plan.MaxForeign, err: err}
		if !m.noisy || err != nil || try >= r.Plan.Retries {
			return m
		}
	}
}

// once runs a client and tells which share of the machine others used meanwhile.
func (r *Result) once(ctx context.Context, server *server, s setting, c contestant) (sample measure.Sample, foreign float64, err error) {
	before, err := server.busy()
	if err != nil {
		return sample, 0, err
	}
	cmd := c.command(ctx, server.addr, s, r.Plan.Time)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	began := time.Now()
	if err := machine.StartOn(r.Plan.ClientCore, cmd); err != nil {
		return sample, 0, err
	}
	if err := cmd.Wait(); err != nil {
		return sample, 0, fmt.Errorf("%s: %w: %s", c.name, err, bytes.TrimSpace(complaint.Bytes()))
	}
	took := time.Since(began)
	after, err := server.busy()
	if err != nil {
		return sample, 0, err
	}
	others := after - before - cmd.ProcessState.UserTime() - cmd.ProcessState.SystemTime()
	foreign = float64(others) / float64(took) / float64(runtime.NumCPU())
	if err := json.Unmarshal(out.Bytes(), &sample); err != nil {
		return sample, foreign, fmt.Errorf("%s: %w", c.name, err)
	}
	return sample, foreign, nil
}

func (m round) String() string {
	if m.err != nil {
		return "failed: " + m.err.Error()
	}
	text := fmt.Sprintf("%.0f/s, %.2f us CPU", rate(m.sample), micros(m.sample.CPU(), m.sample))
	if m.noisy {
		text += " (noisy)"
	}
	return text
}
