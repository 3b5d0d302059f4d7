package aio

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// A PanicError is what a panic in a task becomes where it comes out: the value
// of the panic there. It prints the panic and the stacks of both sides.
type PanicError struct {
	// Value is what the task passed to panic.
	Value any

	// Stack is the stack of the task's goroutine at the panic, in the format
	// of [debug.Stack].
	Stack []byte

	// Awaits holds the stack of each place that the panic came out at: one
	// for a task that was awaited, more where the one that awaited was a task
	// too, the nearest to the panic first.
	Awaits [][]byte

	// More holds the other panics that came out at the same place, where an
	// owner had several tasks that nobody awaited.
	More []*PanicError
}

// Error gives the panic's value and all stacks, in several lines.
func (e *PanicError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panic in task: %v\n\ntask stack:\n%s", e.Value, e.Stack)
	for _, stack := range e.Awaits {
		fmt.Fprintf(&b, "\nawaited at:\n%s", stack)
	}
	for _, other := range e.More {
		fmt.Fprintf(&b, "\nalso: %v", other)
	}
	return b.String()
}

// Unwrap gives the value of the panic if it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// out gives e as it comes out in the calling goroutine.
func (e *PanicError) out() *PanicError {
	c := *e
	c.Awaits = append(e.Awaits[:len(e.Awaits):len(e.Awaits)], debug.Stack())
	return &c
}

// panicError makes of a recovered value what a task keeps. A panic that already
// came out of another task keeps its origin.
func panicError(value any) *PanicError {
	if e, ok := value.(*PanicError); ok {
		return e
	}
	return &PanicError{Value: value, Stack: debug.Stack()}
}

// joinPanics makes one of several panics, or nil of none.
func joinPanics(errs []*PanicError) *PanicError {
	if len(errs) < 2 {
		if len(errs) == 0 {
			return nil
		}
		return errs[0]
	}
	joined := *errs[0]
	joined.More = append(joined.More[:len(joined.More):len(joined.More)], errs[1:]...)
	return &joined
}

// A crash is a panic on its way to someone who sees it. It is an error only to
// be kept where a task keeps its error; nobody is ever given it as one.
type crash struct {
	err    *PanicError
	seen   atomic.Bool
	unseen runtime.Cleanup // ends the program, if the task had no owner
}

func (c *crash) Error() string { return c.err.Error() }

// isCrash reports whether the error that a task keeps is a panic.
func isCrash(err error) bool {
	_, ok := err.(*crash)
	return ok
}

// see marks the crash as seen and reports whether it was not seen before.
func (c *crash) see() bool {
	if c.seen.Swap(true) {
		return false
	}
	c.unseen.Stop()
	return true
}

// crashProgram is what becomes of a panic that nobody can see any more. It runs
// in a goroutine of the garbage collector, where nothing recovers.
func crashProgram(err *PanicError) { panic(err) }
