// Package interrupt turns the signals SIGINT and SIGTERM into stages, so that a
// command can end gently when asked once and at once when asked again.
package interrupt

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

// Stages counts the signals that came. It is safe for concurrent use.
type Stages struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	ch     chan os.Signal
	done   chan struct{}

	mu     sync.Mutex
	gentle func()
	first  os.Signal
}

// Listen catches SIGINT and SIGTERM until Close. Context ends at the first of
// them, or where gentle is set at the second; the one after that kills the
// process, as every one would without Listen.
func Listen(parent context.Context) *Stages {
	ctx, cancel := context.WithCancelCause(parent)
	s := &Stages{ctx: ctx, cancel: cancel, ch: make(chan os.Signal, 4), done: make(chan struct{})}
	signal.Notify(s.ch, os.Interrupt, syscall.SIGTERM)
	go s.run()
	return s
}

// Context ends when the work is to be abandoned.
func (s *Stages) Context() context.Context { return s.ctx }

// Gently makes the first signal call f instead of ending Context. f is called
// in a goroutine of s and must not block.
func (s *Stages) Gently(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gentle = f
}

// Code is [exit.Interrupted] or [exit.Terminated] after a signal that was not
// forgotten, else [exit.OK].
func (s *Stages) Code() exit.Code {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.first {
	case nil:
		return exit.OK
	case syscall.SIGTERM:
		return exit.Terminated
	}
	return exit.Interrupted
}

// Forget makes Code [exit.OK] again: the signals came too late to end anything.
func (s *Stages) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = nil
}

// Close gives the signals their usual effect back, ends Context and waits for
// the goroutine of s.
func (s *Stages) Close() {
	signal.Stop(s.ch)
	close(s.ch)
	<-s.done
	s.cancel(context.Canceled)
}

func (s *Stages) run() {
	defer close(s.done)
	for sig := range s.ch {
		if f := s.take(sig); f != nil {
			f()
			continue
		}
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		s.cancel(&exit.Error{Code: s.Code(), Err: context.Canceled})
	}
}

// take notes the signal, and gives what is to be called instead of ending.
func (s *Stages) take(sig os.Signal) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = sig
	}
	f := s.gentle
	s.gentle = nil
	return f
}
