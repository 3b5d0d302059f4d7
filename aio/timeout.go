package aio

import (
	"context"
	"strings"
	"time"
)

// Timeout calls fn, in the calling goroutine, with a context that ends after d.
//
// If fn fails after d has passed, the error is a [*TimeoutError], which is
// [context.DeadlineExceeded]; else the result is fn's own. Timeout returns when
// fn does: to go on without a function that does not look at its context, wait
// for its task instead, as in Timeout(ctx, d, task.Await).
func Timeout[T any](ctx context.Context, d time.Duration, fn Func[T]) (T, error) {
	cause := &TimeoutError{After: d}
	ctx, cancel := context.WithTimeoutCause(ctx, d, cause)
	defer cancel()
	value, err := fn(ctx)
	if err != nil && context.Cause(ctx) == error(cause) {
		return value, &TimeoutError{After: d, Err: err}
	}
	return value, err
}

// A TimeoutError is the error of a function that [Timeout] ended, and the cause
// of the end of its context. It is [context.DeadlineExceeded].
type TimeoutError struct {
	After time.Duration // how long the function was given
	Err   error         // what it returned; nil as the cause of its context's end
}

// Error says how long the function was given, and what it made of it.
func (e *TimeoutError) Error() string {
	limit := "timeout after " + e.After.String()
	if e.Err == nil || e.Err == context.DeadlineExceeded {
		return limit
	}
	text := e.Err.Error()
	if strings.Contains(text, limit) { // it has said so, as the cause
		return text
	}
	return limit + ": " + text
}

// Unwrap gives [context.DeadlineExceeded] and what the function returned.
func (e *TimeoutError) Unwrap() []error {
	if e.Err == nil {
		return []error{context.DeadlineExceeded}
	}
	return []error{context.DeadlineExceeded, e.Err}
}

// Timeout reports true, for those who ask as package net does.
func (e *TimeoutError) Timeout() bool { return true }

// Sleep returns after d, or when ctx ends or if it has ended, with an error that
// is ctx's error and its cause.
func Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return ended("sleep", ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended("sleep", ctx)
	}
}
