package aio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// Run calls main with a context that ends at SIGINT or SIGTERM, and owns what
// is started on it: when main returns, the context of all tasks ends, and Run
// waits for them. It is asyncio.run.
//
// The cause of the context's end is then a [*SignalError]. A second signal ends
// the process at once, as it would without Run. Where there are no such
// signals, as on Windows, it is Ctrl-C and the closing of the console.
//
// Run returns main's error. If that is [context.Canceled] because of a signal,
// it is a [*SignalError] too. If tasks panicked that nobody awaited, Run panics
// with a [*PanicError].
func Run(main func(ctx context.Context) error) error {
	g := NewGroup(context.Background())
	defer watchSignals(g.cancel)()
	defer g.end(errOver)
	return withSignal(g.ctx, main(g.ctx))
}

// withSignal adds the signal that ended ctx to an error that came of it.
func withSignal(ctx context.Context, err error) error {
	var sig, had *SignalError
	if !errors.Is(err, context.Canceled) || errors.As(err, &had) || !errors.As(context.Cause(ctx), &sig) {
		return err
	}
	return fmt.Errorf("%w: %w", sig, err)
}

// A SignalError says that a signal ended the context of [Run]. It is
// [context.Canceled].
type SignalError struct {
	Signal os.Signal
}

// Error gives the name of the signal.
func (e *SignalError) Error() string { return "signal: " + e.Signal.String() }

// Is reports whether target is [context.Canceled].
func (e *SignalError) Is(target error) bool { return target == context.Canceled }

// ExitCode gives the code that a shell shows for a process which the signal
// ended: 130 for SIGINT, 143 for SIGTERM.
func (e *SignalError) ExitCode() int {
	switch e.Signal {
	case os.Interrupt:
		return 130
	case syscall.SIGTERM:
		return 143
	}
	return 1
}

// watchSignals calls cancel at the first signal and ends the process at the
// second, until the function it returns is called.
func watchSignals(cancel context.CancelCauseFunc) (stop func()) {
	if inBubble() {
		return func() {}
	}
	// Two, so that neither signal is lost while the first is handled.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ended, left := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(left)
		for first := true; ; first = false {
			select {
			case sig := <-signals:
				if !first {
					kill(&SignalError{sig})
				}
				cancel(&SignalError{sig})
			case <-ended:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(ended)
		<-left
	}
}

// inBubble reports whether the calling goroutine is in a bubble of
// testing/synctest. Package os/signal would start its goroutine, which never
// ends, inside the bubble, and then the bubble's clock would stand still.
//
// There is no function that tells; the head of a stack trace does:
//
//	goroutine 7 [running, synctest bubble 1]:
func inBubble() bool {
	var buf [128]byte
	head, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("\n"))
	return bytes.Contains(head, []byte("synctest bubble"))
}
