package interrupt_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/interrupt"
)

// raise sends this process a signal.
func raise(t *testing.T, sig syscall.Signal) {
	t.Helper()
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Signal(sig)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFirstSignalEndsTheContext(t *testing.T) {
	for _, tt := range []struct {
		sig  syscall.Signal
		want exit.Code
	}{{syscall.SIGINT, exit.Interrupted}, {syscall.SIGTERM, exit.Terminated}} {
		s := interrupt.Listen(context.Background())
		if got := s.Code(); got != exit.OK {
			t.Errorf("code before any signal: %d", got)
		}
		raise(t, tt.sig)
		<-s.Context().Done()
		if got := s.Code(); got != tt.want {
			t.Errorf("%v: code %d, want %d", tt.sig, got, tt.want)
		}
		if err := context.Cause(s.Context()); exit.Of(err) != tt.want || !errors.Is(err, context.Canceled) {
			t.Errorf("%v: cause %v", tt.sig, err)
		}
		s.Close()
	}
}

func TestGentleSignalComesFirst(t *testing.T) {
	s := interrupt.Listen(context.Background())
	defer s.Close()
	asked := make(chan struct{})
	s.Gently(func() { close(asked) })
	raise(t, syscall.SIGTERM)
	<-asked
	if err := s.Context().Err(); err != nil {
		t.Fatalf("the context ended with the first signal: %v", err)
	}
	raise(t, syscall.SIGINT)
	<-s.Context().Done()
	if got := s.Code(); got != exit.Terminated {
		t.Errorf("code %d, want that of the first signal, %d", got, exit.Terminated)
	}
}

func TestCloseEndsTheContext(t *testing.T) {
	s := interrupt.Listen(context.Background())
	s.Close()
	if s.Context().Err() == nil || s.Code() != exit.OK {
		t.Errorf("error %v, code %d", s.Context().Err(), s.Code())
	}
}

func TestForgottenSignalGivesNoCode(t *testing.T) {
	s := interrupt.Listen(context.Background())
	defer s.Close()
	asked := make(chan struct{})
	s.Gently(func() { close(asked) })
	raise(t, syscall.SIGINT)
	<-asked
	s.Forget()
	if got := s.Code(); got != exit.OK {
		t.Errorf("code %d, want %d", got, exit.OK)
	}
	raise(t, syscall.SIGTERM) // another one counts
	<-s.Context().Done()
	if got := s.Code(); got != exit.Terminated {
		t.Errorf("code %d, want %d", got, exit.Terminated)
	}
}
