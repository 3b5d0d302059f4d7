package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/machine"
)

// Calls is a number of system calls, and how many of them failed, by name.
type Calls map[string]Call

// Call is how often one system call was made.
type Call struct{ Made, Failed float64 }

// errNoStrace tells that strace is not installed.
var errNoStrace = errors.New("strace is not installed")

// callsOf gives the system calls of a program's run.
func callsOf(ctx context.Context, core int, program string, args ...string) (Calls, error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return nil, errNoStrace
	}
	folder, err := os.MkdirTemp("", "bench-strace")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "calls")
	cmd := exec.CommandContext(ctx, strace, append([]string{"-f", "-c", "-o", file, program}, args...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := machine.StartOn(core, cmd); err != nil {
		return nil, err
	}
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("strace: %w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseCalls(string(text))
}

// parseCalls reads a table of strace -c: "% time", "seconds", "usecs/call",
// "calls", "errors" (may be empty), "syscall".
func parseCalls(text string) (Calls, error) {
	calls := Calls{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 5 || f[len(f)-1] == "total" {
			continue
		}
		made, err := strconv.Atoi(f[3])
		if err != nil {
			continue // a heading
		}
		failed := 0
		if len(f) > 5 {
			if failed, err = strconv.Atoi(f[4]); err != nil {
				return nil, fmt.Errorf("strace: unknown line %q", line)
			}
		}
		calls[f[len(f)-1]] = Call{float64(made), float64(failed)}
	}
	if len(calls) == 0 {
		return nil, fmt.Errorf("strace: no system calls in %q", text)
	}
	return calls, nil
}

// each gives the calls of one request, from those of two runs with different
// numbers of requests: what is done once only falls out.
func each(few, many Calls, requests int) Calls {
	calls := Calls{}
	for name, c := range many {
		calls[name] = Call{(c.Made - few[name].Made) / float64(requests), (c.Failed - few[name].Failed) / float64(requests)}
	}
	return calls
}

// leastCalls is how often a call must be made in a request to be listed.
const leastCalls = 0.005

// names gives those that are listed of several clients, the most frequent first.
func names(all []Calls) []string {
	most := map[string]float64{}
	for _, calls := range all {
		for name, c := range calls {
			if c.Made >= leastCalls {
				most[name] = max(most[name], c.Made)
			}
		}
	}
	list := make([]string, 0, len(most))
	for name := range most {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		switch {
		case most[a] > most[b]:
			return -1
		case most[a] < most[b]:
			return 1
		}
		return strings.Compare(a, b)
	})
	return list
}
