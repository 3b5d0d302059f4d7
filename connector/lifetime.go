package connector

import (
	"context"
	"sync"
	"time"
)

// lifetime is the context of an opening: it has the values of the request's that
// has begun it, and an end of its own. It is one struct, where those of package
// context would be a dozen allocations a socket.
type lifetime struct {
	context.Context                 // whose values it has, and nothing else
	all             links[lifetime] // among those of the dialer
	until           time.Time       // the deadline of what is done, which nothing but a socket watches; zero is none

	mu     sync.Mutex
	cause  error                   // why it has ended; nil before
	done   chan struct{}           // made when it is asked for
	full   context.Context         // made when it is asked for
	cancel context.CancelCauseFunc // of full
	ends   list[ending, *ending]   // to be told
	first  ending                  // room for one of them, as a rule the only one
}

// ending is told of the end of a lifetime.
type ending struct {
	all  links[ending]
	tell func()
}

func (e *ending) links() *links[ending]     { return &e.all }
func (l *lifetime) links() *links[lifetime] { return &l.all }

// follow makes it end with ctx, until stop is called.
func (l *lifetime) follow(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { l.end(context.Cause(ctx)) })
}

// end ends it for a reason. It may be called at any time; the first reason counts.
func (l *lifetime) end(cause error) {
	if cause == nil {
		cause = context.Canceled
	}
	l.mu.Lock()
	if l.cause != nil {
		l.mu.Unlock()
		return
	}
	l.cause = cause
	if l.done != nil {
		close(l.done)
	}
	cancel := l.cancel
	var told []func()
	for e := l.ends.front(); e != nil; e = l.ends.front() {
		l.ends.remove(e)
		told = append(told, e.tell)
	}
	l.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
	for _, tell := range told { // they ask for the cause
		tell()
	}
}

// why tells why it has ended; nil when it has not.
func (l *lifetime) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// whole gives it as a context of package context, whose cause may be asked for.
func (l *lifetime) whole() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full == nil {
		l.full, l.cancel = context.WithCancelCause(context.WithoutCancel(l.Context))
		if l.cause != nil {
			l.cancel(l.cause)
		}
	}
	return l.full
}

// Deadline is that of what is done at this moment.
func (l *lifetime) Deadline() (time.Time, bool) { return l.until, !l.until.IsZero() }

// Done gives the channel that is closed at the end.
func (l *lifetime) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.cause != nil {
			close(l.done)
		}
	}
	return l.done
}

// Err tells whether it has ended.
func (l *lifetime) Err() error {
	if l.why() != nil {
		return context.Canceled
	}
	return nil
}

// AfterFunc is how package context, which knows of it, ties its own contexts to
// this one without a goroutine.
func (l *lifetime) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &l.first
	if e.tell != nil {
		e = new(ending)
	}
	e.tell = f
	if l.cause != nil {
		go f()
	} else {
		l.ends.pushBack(e)
	}
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		queued := e.all.queued
		if queued {
			l.ends.remove(e)
		}
		return queued
	}
}
