package testnet

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long goroutines that are on their way out have to get there.
const patience = 3 * time.Second

// Main runs the tests of a package, and ends the process. It fails when
// goroutines that the tests started are still there, or conns of this package
// still open, and prints where each comes from:
//
//	func TestMain(m *testing.M) { testnet.Main(m) }
func Main(m *testing.M) { os.Exit(runMain(m, os.Stderr)) }

// runMain is Main without the exit. It gives the exit code.
func runMain(m interface{ Run() int }, report io.Writer) int {
	before := takeBaseline()
	code := m.Run()
	// A run that failed stops in the middle: what it left behind says nothing.
	if code != 0 {
		return code
	}
	if leaks := before.leaks(patience); len(leaks) > 0 {
		fmt.Fprintf(report, "testnet: left behind by the tests: %d\n\n%s\n", len(leaks), strings.Join(leaks, "\n\n"))
		return 1
	}
	return code
}

// LeakCheck makes t fail when goroutines that were started since, or conns of this
// package that were made since, are still there after the test and the cleanups
// that it registers later. It must not be used by parallel tests: it would find
// what belongs to others.
func LeakCheck(t testing.TB) {
	t.Helper()
	before := takeBaseline()
	t.Cleanup(func() {
		t.Helper()
		for _, leak := range before.leaks(patience) {
			t.Errorf("left behind by the test:\n%s", leak)
		}
	})
}

// baseline is what was there before the tests.
type baseline struct {
	goroutines map[string]bool
	conns      map[*Conn][]uintptr
}

func takeBaseline() baseline {
	b := baseline{goroutines: make(map[string]bool), conns: openConns.snapshot()}
	for _, stack := range goroutines() {
		b.goroutines[goroutineID(stack)] = true
	}
	return b
}

// leaks describes what is there and was not, after waiting for it to go away.
func (b baseline) leaks(patience time.Duration) []string {
	const pause = 10 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		leaks := b.find()
		if len(leaks) == 0 || waited >= patience {
			return leaks
		}
		time.Sleep(pause)
	}
}

func (b baseline) find() []string {
	var leaks []string
	for _, stack := range goroutines() {
		if !b.goroutines[goroutineID(stack)] && !isHarness(stack) {
			leaks = append(leaks, stack)
		}
	}
	for c, pcs := range openConns.snapshot() {
		if _, known := b.conns[c]; !known {
			leaks = append(leaks, describe(c, pcs))
		}
	}
	slices.Sort(leaks)
	return leaks
}

// goroutines gives the stacks of all goroutines but the caller's.
func goroutines() []string {
	buf := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			return strings.Split(strings.TrimSpace(string(buf[:n])), "\n\n")[1:]
		}
		buf = make([]byte, 2*len(buf))
	}
}

// goroutineID gives N of "goroutine N [state]:", the first line of a stack.
func goroutineID(stack string) string {
	_, rest, _ := strings.Cut(stack, " ")
	id, _, _ := strings.Cut(rest, " ")
	return id
}

// isHarness says whether a goroutine belongs to the runtime or to package testing,
// which start some of theirs only when a test makes use of them.
func isHarness(stack string) bool {
	for _, mark := range []string{
		"\nos/signal.signal_recv(",         // since the first signal.Notify
		"\nos/signal.loop(",                // the same, before it waits
		"\nruntime.ensureSigM.",            // the same
		"\nruntime.ReadTrace(",             // go test -trace
		"\nruntime/pprof.profileWriter(",   // go test -cpuprofile
		"\ninternal/fuzz.",                 // go test -fuzz
		"\ntesting.(*F).Fuzz.",             // the same
		"\ncreated by testing.runFuzzing ", // the same
	} {
		if strings.Contains(stack, mark) {
			return true
		}
	}
	return false
}
