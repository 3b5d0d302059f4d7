package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/gostd/adapter"
)

// patience is how long one test may run.
const patience = 30 * time.Second

// verdict is what came of one test.
type verdict string

const (
	passed         verdict = "pass"
	failed         verdict = "fail"
	panicked       verdict = "panic"
	timedOut       verdict = "timeout"
	skipped        verdict = "skip"
	needsTransport verdict = "needs *Transport" // it looks inside of one
)

// bad tells whether the verdict speaks against us.
func (v verdict) bad() bool { return v == failed || v == panicked || v == timedOut }

// result is one test and what came of it.
type result struct {
	test       stdTest
	verdict    verdict
	roundTrips int // through our connector
	output     string
}

// play runs one test in its HTTP/1 modes, in a process of its own. The error is
// only that the run was ended.
func play(ctx context.Context, s std, binary string, test stdTest) (result, error) {
	log, err := os.CreateTemp("", "gostd-log")
	if err != nil {
		return result{}, err
	}
	log.Close()
	defer os.Remove(log.Name())

	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(limited, binary,
		"-test.run", "^"+test.name+"$/^(h1|https1)$", "-test.short", "-test.v", "-test.timeout", (patience * 2 / 3).String())
	cmd.Dir = s.http("")
	cmd.Env = append(os.Environ(), adapter.LogVariable+"="+log.Name())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if ctx.Err() != nil {
		return result{}, ctx.Err()
	}
	r := result{test: test, output: out.String()}
	r.verdict = judge(r.output, err, limited.Err() != nil)
	if info, err := os.Stat(log.Name()); err == nil {
		r.roundTrips = int(info.Size())
	}
	return r, nil
}

var wasSkipped = regexp.MustCompile(`(?m)^--- SKIP`)

func judge(output string, err error, late bool) verdict {
	var exit *exec.ExitError
	switch {
	case err == nil && wasSkipped.MatchString(output):
		return skipped
	case err == nil:
		return passed
	case late || strings.Contains(output, "panic: test timed out"):
		return timedOut
	case !errors.As(err, &exit):
		return failed
	case strings.Contains(output, "interface conversion: http.RoundTripper is *adapter.roundTripper"):
		return needsTransport
	case strings.Contains(output, "panic: "):
		return panicked
	}
	return failed
}
