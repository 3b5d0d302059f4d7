package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/gostd/adapter"
)

// How long one test may run, and one that is expected to fail. The longest that
// passes takes three seconds on a machine that is not busy.
const (
	patience       = 30 * time.Second
	listedPatience = 8 * time.Second
)

// verdict is what came of one test.
type verdict string

const (
	passed   verdict = "pass"
	failed   verdict = "fail"
	panicked verdict = "panic"
	timedOut verdict = "timeout"
	skipped  verdict = "skip"
)

// bad tells whether the verdict is that something is wrong.
func (v verdict) bad() bool { return v == failed || v == panicked || v == timedOut }

// result is one test and what came of it.
type result struct {
	test    stdTest
	verdict verdict
	log     string // an octet for each round trip, see package adapter
	output  string

	unreasonable bool // its reason was looked into, and is not the whole reason
}

// ours tells whether the test sent a request through the connector.
func (r result) ours() bool { return strings.ContainsRune(r.log, adapter.Ours) }

// asExpected tells whether the result agrees with the list of reasons.
func (r result) asExpected() bool { return r.verdict.bad() == r.test.listed() && !r.unreasonable }

// playAll runs the tests, some at a time, and those with an unexpected result
// once more alone: there are tests that look at the clock.
func playAll(ctx context.Context, s std, binary string, tests []stdTest, atOnce int) ([]result, error) {
	results := make([]result, len(tests))
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				results[i] = play(ctx, s, binary, tests[i])
			}
		})
	}
	for i := range tests {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, r := range results {
		if !r.asExpected() && ctx.Err() == nil {
			results[i] = play(ctx, s, binary, r.test)
		}
	}
	return results, ctx.Err()
}

// play runs one test in its HTTP/1 modes, in a process of its own. One that does
// not pass because an error is wrapped must pass when it is not, and one that
// misses a text must show ours.
func play(ctx context.Context, s std, binary string, test stdTest) result {
	r := playOnce(ctx, s, binary, test)
	if reasons[test.name] == wrapped && r.verdict.bad() {
		if bare := playOnce(ctx, s, binary, test, adapter.BareVariable+"=1"); bare.verdict.bad() {
			r.output += "--- without the wrapping:\n" + bare.output
			r.unreasonable = true
		}
	}
	if ours, ok := strings.CutPrefix(reasons[test.name], text); ok && r.verdict.bad() {
		r.unreasonable = !strings.Contains(strings.ReplaceAll(r.output, `\`, ""), ours)
	}
	return r
}

func playOnce(ctx context.Context, s std, binary string, test stdTest, env ...string) result {
	r := result{test: test, verdict: failed}
	log, err := os.CreateTemp("", "gostd-log")
	if err != nil {
		r.output = err.Error()
		return r
	}
	log.Close()
	defer os.Remove(log.Name())

	limit := patience
	if test.listed() {
		limit = listedPatience
	}
	limited, cancel := context.WithTimeout(ctx, limit+limit/2)
	defer cancel()
	cmd := exec.CommandContext(limited, binary, "-test.run", pattern(test.name), "-test.skip", test.skip(),
		"-test.v", "-test.timeout", limit.String())
	cmd.Dir = s.http("")
	cmd.Env = append(append(os.Environ(), adapter.LogVariable+"="+log.Name()), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	r.output = out.String()
	r.verdict = judge(r.output, err, limited.Err() != nil)
	if octets, err := os.ReadFile(log.Name()); err == nil {
		r.log = string(octets)
	}
	return r
}

// pattern gives the regular expression for exactly one test or subtest.
func pattern(name string) string {
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		parts = append(parts, "^"+regexp.QuoteMeta(part)+"$")
	}
	return strings.Join(parts, "/")
}

// skip gives the regular expression for those parts of a test that are not run
// with it: the modes that are not HTTP/1, and its listed subtests.
func (t stdTest) skip() string {
	name, _, _ := strings.Cut(t.name, "/")
	skips := []string{"^" + name + "$/^(h2|h2unencrypted)$"}
	for _, listed := range listedParts(t.name) {
		skips = append(skips, pattern(listed))
	}
	return strings.Join(skips, "|")
}

var wasSkipped = regexp.MustCompile(`(?m)^--- SKIP`)

func judge(output string, err error, late bool) verdict {
	switch {
	case err == nil && wasSkipped.MatchString(output):
		return skipped
	case err == nil:
		return passed
	case late || strings.Contains(output, "panic: test timed out"):
		return timedOut
	case strings.Contains(output, "panic: "):
		return panicked
	}
	return failed
}
