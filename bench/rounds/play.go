package rounds

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// Conditions say how samples are taken, and which of them count.
type Conditions struct {
	Rounds int

	// MaxForeign is the share of the machine, from 0 to 1, that other processes
	// may use during a sample before it is taken again.
	MaxForeign float64
	// Retries is how often a sample is taken again for that reason; the last one
	// counts whatever it was, and is said to be noisy.
	Retries int

	// Program is the path of this program, which the measured processes run.
	Program string
	// ServerCore and ClientCore are where the two run; negative means anywhere.
	ServerCore, ClientCore int

	// Progress gets a line for each sample.
	Progress io.Writer
}

// Contestant is one that is measured: a command which prints its sample as JSON.
type Contestant struct {
	Name    string // as on the command line
	What    string // in words, for the table
	Command func(context.Context) *exec.Cmd
}

// Child makes a contestant of a command of this program.
func (c *Conditions) Child(name, what string, args ...string) Contestant {
	return Contestant{name, what, func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, c.Program, args...)
	}}
}

// Play takes the samples of one table. say gives one in words. It ends early
// only when ctx does; a sample that failed is part of the result.
func Play[S any](ctx context.Context, c *Conditions, server *Server, title string, contestants []Contestant, say func(S) string) ([]Row[S], error) {
	rows := make([]Row[S], len(contestants))
	for i, k := range contestants {
		rows[i] = Row[S]{Name: k.Name, What: k.What}
	}
	for n := range c.Rounds {
		for _, i := range rand.Perm(len(contestants)) {
			o := settled[S](ctx, c, server, contestants[i])
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			rows[i].Rounds = append(rows[i].Rounds, o)
			fmt.Fprintf(c.Progress, "%s, round %d, %s: %s\n", title, n+1, contestants[i].Name, o.describe(say))
		}
	}
	return rows, nil
}

// settled takes a sample, and again while other processes disturb it.
func settled[S any](ctx context.Context, c *Conditions, server *Server, k Contestant) Outcome[S] {
	for try := 0; ; try++ {
		sample, foreign, err := once[S](ctx, c, server, k)
		o := Outcome[S]{Sample: sample, Noisy: foreign > c.MaxForeign, Err: err}
		if !o.Noisy || err != nil || try >= c.Retries {
			return o
		}
	}
}

// once runs a contestant and tells which share of the machine others used
// meanwhile.
func once[S any](ctx context.Context, c *Conditions, server *Server, k Contestant) (sample S, foreign float64, err error) {
	before, err := server.others()
	if err != nil {
		return sample, 0, err
	}
	cmd := k.Command(ctx)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	began := time.Now()
	if err := machine.StartOn(c.ClientCore, cmd); err != nil {
		return sample, 0, err
	}
	if err := cmd.Wait(); err != nil {
		return sample, 0, fmt.Errorf("%s: %w: %s", k.Name, err, bytes.TrimSpace(complaint.Bytes()))
	}
	took := time.Since(began)
	after, err := server.others()
	if err != nil {
		return sample, 0, err
	}
	others := after - before - cmd.ProcessState.UserTime() - cmd.ProcessState.SystemTime()
	foreign = float64(others) / float64(took) / float64(runtime.NumCPU())
	if err := json.Unmarshal(out.Bytes(), &sample); err != nil {
		return sample, foreign, fmt.Errorf("%s: %w", k.Name, err)
	}
	return sample, foreign, nil
}
