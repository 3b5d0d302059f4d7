//go:build unix

package aio_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// A child is the test binary in one of its other parts.
type child struct {
	*exec.Cmd
	t     *testing.T
	lines *bufio.Scanner
	log   bytes.Buffer
}

func startChild(t *testing.T, name string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{Cmd: exec.CommandContext(t.Context(), exe), t: t}
	c.Env = append(os.Environ(), childEnv+"="+name)
	c.Stderr = &c.log
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) wantLine(want string) {
	c.t.Helper()
	if !c.lines.Scan() || c.lines.Text() != want {
		c.t.Fatalf("line %q, want %q; stderr:\n%s", c.lines.Text(), want, c.log.String())
	}
}

func (c *child) signal(sig os.Signal) {
	c.t.Helper()
	if err := c.Process.Signal(sig); err != nil {
		c.t.Fatal(err)
	}
}

// end waits for the child and gives what the system says of it.
func (c *child) end() syscall.WaitStatus {
	for c.lines.Scan() {
		_, _ = io.WriteString(&c.log, c.lines.Text())
	}
	_ = c.Wait() // the status says more
	return c.ProcessState.Sys().(syscall.WaitStatus)
}

func TestRunEndsContextAtSignal(t *testing.T) {
	for _, tt := range []struct {
		signal os.Signal
		text   string
		code   int
	}{
		{syscall.SIGINT, "signal: interrupt: get page: context canceled", 130},
		{syscall.SIGTERM, "signal: terminated: get page: context canceled", 143},
	} {
		t.Run(tt.signal.String(), func(t *testing.T) {
			c := startChild(t, "graceful")
			c.wantLine("ready")
			c.signal(tt.signal)
			c.wantLine(tt.text)
			if status := c.end(); status.ExitStatus() != tt.code {
				t.Errorf("exit status %d, want %d", status.ExitStatus(), tt.code)
			}
		})
	}
}

func TestRunSecondSignalKills(t *testing.T) {
	for _, second := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(second.String(), func(t *testing.T) {
			if signal.Ignored(second) {
				t.Skip("the test was started with the signal ignored, and children inherit that")
			}
			c := startChild(t, "stubborn")
			c.wantLine("ready")
			c.signal(syscall.SIGINT)
			c.wantLine("ended")
			c.signal(second)
			if status := c.end(); !status.Signaled() || status.Signal() != second {
				t.Errorf("status %#x, want death by %v", status, second)
			}
		})
	}
}

func TestPanicNobodySawEndsProgram(t *testing.T) {
	c := startChild(t, "lost")
	if status := c.end(); status.ExitStatus() != 2 || !strings.Contains(c.log.String(), "nobody saw this") {
		t.Errorf("status %#x, want death by the panic; stderr:\n%s", status, c.log.String())
	}
}

func TestPanicPrintsBothSides(t *testing.T) {
	c := startChild(t, "panic")
	status := c.end()
	log := c.log.String()
	if status.ExitStatus() != 2 || !strings.Contains(log, "aio_test.explode") ||
		!strings.Contains(log, "awaited at:") || !strings.Contains(log, "aio_test.TestMain") {
		t.Errorf("status %#x, want death by a panic with both stacks; stderr:\n%s", status, log)
	}
}
