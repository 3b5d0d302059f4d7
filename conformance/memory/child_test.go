//go:build linux

package memory_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/trust"
)

// orderVariable names the variable of the environment by which a child is told
// what to do; without it the process is that of the tests.
const orderVariable = "TEST_MEMORY_ORDER"

// patience bounds a child: far above what any takes.
const patience = 3 * time.Minute

// order is what a child is to do.
type order struct {
	Work    string // one of works
	URL     string
	CA      []byte   // authority of an https URL, PEM
	Path    string   // file or folder
	Size    int64    // of what is sent, or a number of requests
	Args    []string // of a command
	Options struct{ MaxBodyBytes, MaxDecodedBytes int64 }
}

// report is what became of it.
type report struct {
	Bytes    int64 // that went or came
	Peak     int64 // of the resident memory, in bytes
	Err      string
	TooLarge bool // errors.Is ErrBodyTooLarge
	Bomb     bool // errors.Is ErrBomb
}

// obey is the child: it does what it was told and prints the report.
func obey(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	r, err := o.work()
	if err != nil {
		r.Err = err.Error()
		r.TooLarge, r.Bomb = errors.Is(err, aiohttp.ErrBodyTooLarge), errors.Is(err, aiohttp.ErrBomb)
	}
	if path := os.Getenv("TEST_MEMORY_PROFILE"); path != "" {
		if err := writeProfile(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
	json.NewEncoder(os.Stdout).Encode(r)
	return 0
}

func writeProfile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.Lookup("allocs").WriteTo(f, 0)
}

// work does it, with a session of the defaults but for what the order says.
func (o order) work() (report, error) {
	if o.Work == "command" {
		return o.command()
	}
	opts := aiohttp.Options{MaxBodyBytes: o.Options.MaxBodyBytes, MaxDecodedBytes: o.Options.MaxDecodedBytes}
	if o.CA != nil {
		policy, err := trust.New(trust.Options{CAPEM: o.CA})
		if err != nil {
			return report{}, err
		}
		opts.TLS = policy
	}
	session := aiohttp.NewSession(opts)
	defer session.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	n, err := works[o.Work](ctx, session, o)
	peak, peakErr := peakResident()
	return report{Bytes: n, Peak: peak}, errors.Join(err, peakErr)
}

// peakResident gives the most that this process has had in memory.
func peakResident() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("/proc/self/status without VmHWM")
}

// run has a child do it, and gives its report. The settings of the garbage
// collector are those of a user who has made none.
func (o order) run(t *testing.T) report {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	child := exec.CommandContext(ctx, self)
	child.Env = append(unset(os.Environ(), "GOGC", "GOMEMLIMIT", "GODEBUG"), orderVariable+"="+string(text))
	var out, errs bytes.Buffer
	child.Stdout, child.Stderr = &out, &errs
	if err := child.Run(); err != nil {
		t.Fatalf("child: %v\n%s", err, &errs)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("child: %v\n%s%s", err, &out, &errs)
	}
	return r
}

// unset takes variables out of an environment.
func unset(environ []string, names ...string) (left []string) {
	for _, variable := range environ {
		keep := true
		for _, name := range names {
			keep = keep && !strings.HasPrefix(variable, name+"=")
		}
		if keep {
			left = append(left, variable)
		}
	}
	return left
}
