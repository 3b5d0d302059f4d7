package main

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds the wait for a word of the command; nothing is measured by it.
const patience = 30 * time.Second

// signals starts a command, sends it a signal each time that another of the
// words, separated by "|", appears in what it says, and wants its exit code:
// "signals INT 130 'word|word' aiohttp get ...". What it said, on either stream,
// is then in the file "said" and the stdout that the script matches.
func signals(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: signals NAME CODE WORDS COMMAND...")
	}
	sig := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[0]]
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	said := newWatched()
	cmd := exec.Command(args[3], args[4:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.Getenv("WORK"), said, said
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	ts.Check(cmd.Start())
	for word := range strings.SplitSeq(args[2], "|") {
		if !said.wait(word) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			ts.Fatalf("never said %q, but:\n%s", word, said.text())
		}
		ts.Check(cmd.Process.Signal(sig))
	}
	_ = cmd.Wait() // the code tells
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d; it said:\n%s", got, want, said.text())
	}
	ts.Check(os.WriteFile(ts.MkAbs("said"), said.bytes(), 0o600))
	ts.Check(ts.Exec("cat", "said"))
}

// watched is a buffer that can be waited on for a word.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
	ch  chan struct{}
	at  int // everything before it has been waited for
}

func newWatched() *watched { return &watched{ch: make(chan struct{}, 1)} }

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.buf.Write(p)
	w.mu.Unlock()
	select {
	case w.ch <- struct{}{}:
	default:
	}
	return len(p), nil
}

// wait waits until word appears behind the words waited for before.
func (w *watched) wait(word string) bool {
	late := time.After(patience)
	for {
		w.mu.Lock()
		i := bytes.Index(w.buf.Bytes()[w.at:], []byte(word))
		if i >= 0 {
			w.at += i + len(word)
		}
		w.mu.Unlock()
		if i >= 0 {
			return true
		}
		select {
		case <-w.ch:
		case <-late:
			return false
		}
	}
}

func (w *watched) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.buf.Bytes())
}

func (w *watched) text() string { return string(w.bytes()) }
