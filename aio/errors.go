package aio

import (
	"context"
	"errors"
	"fmt"
)

// ErrClosed is the error of whatever is asked of a [Queue], an [Executor], a
// [Group] or another owner that is over.
var ErrClosed = errors.New("closed")

// ErrNotDone is the error of [Task.Result] while the task is running.
var ErrNotDone = errors.New("task not done")

// ErrGoexit is the error of a task whose function ended its goroutine by
// [runtime.Goexit], as testing.T.FailNow does.
var ErrGoexit = errors.New("task called runtime.Goexit")

// errReturned is the cause of the end of a task's context when its function
// has returned.
var errReturned = errors.New("the task that owned this context has returned")

// errCancelled is the cause of the end of a task's context by [Task.Cancel].
var errCancelled = errors.New("task cancelled")

// errPanicked is the cause of the end of tasks that are cancelled because another
// has panicked.
var errPanicked = errors.New("a task beside this one panicked")

// errOver is the cause of the end of an owner's context when the owner is over.
var errOver = errors.New("owner closed")

// An endError says which operation ended because its context did. It is both
// the context's error and its cause.
type endError struct {
	op         string
	err, cause error
}

// ended gives the error of op on a context that is over.
func ended(op string, ctx context.Context) error {
	return &endError{op: op, err: ctx.Err(), cause: context.Cause(ctx)}
}

func (e *endError) Error() string { return e.op + ": " + e.cause.Error() }

func (e *endError) Unwrap() []error { return []error{e.err, e.cause} }

// Timeout reports whether the context ended by its deadline, for those who ask
// as package net does.
func (e *endError) Timeout() bool { return errors.Is(e.err, context.DeadlineExceeded) }

// An InputError is the error that [Map] and [MapOrdered] give when the function
// fails for one input: it says which.
type InputError[In any] struct {
	Index int   // of the input, from 0
	Input In    // as the function was given it
	Err   error // as the function returned it
}

// Error names the input by its index, since the input may be large or secret.
func (e *InputError[In]) Error() string { return fmt.Sprintf("input %d: %v", e.Index, e.Err) }

// Unwrap gives the function's error.
func (e *InputError[In]) Unwrap() error { return e.Err }

// An opError says which operation failed.
type opError struct {
	op  string
	err error
}

func (e *opError) Error() string { return e.op + ": " + e.err.Error() }
func (e *opError) Unwrap() error { return e.err }
