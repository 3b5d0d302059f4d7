package aio

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A taskContext is the context of one task. It ends with its parent, when the
// task is cancelled, and when the task's function returns.
//
// Most functions never ask for Done, and a cancellable context costs as much as
// the goroutine itself. So there is none until someone asks; from then on
// taskContext is a thin face of it, and package context treats the two as one
// (Done and Value agree), so children attach without a goroutine.
type taskContext struct {
	parent context.Context

	// state says how far the task is, and which of the fields that are made
	// when needed are there: one word, so that a task that needs none of them
	// ends by a single atomic operation.
	state atomic.Uint32

	mu       sync.Mutex     // held to make one of them
	made     *cancelContext // set before hasContext
	children *scope         // what is started on this context; set before hasChildren
}

// The bits of a task's state. None is ever taken back.
const (
	returned    = 1 << iota // the function has returned: its context ends
	finished                // the result is there to be read
	hasContext              // there is a cancellable context
	hasChildren             // there is a scope of children
	hasWaiter               // there is a channel to close when the task is done
	hasHooks                // there may be hooks to call when the task is done
)

// A cancelContext is a context of package context with its cancel function.
type cancelContext struct {
	context.Context
	cancel context.CancelCauseFunc
}

// cancellable gives the cancellable context behind c.
func (c *taskContext) cancellable() *cancelContext {
	if c.state.Load()&hasContext != 0 {
		return c.made
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Load()&hasContext != 0 {
		return c.made
	}
	ctx, cancel := context.WithCancelCause(c.parent)
	c.made = &cancelContext{ctx, cancel}
	// Either end sees the context, or this sees that the function has returned.
	if c.state.Or(hasContext)&returned != 0 {
		cancel(errReturned)
	}
	return c.made
}

// end ends the context because the function has returned.
func (c *taskContext) end() {
	if c.state.Or(returned)&hasContext != 0 {
		c.made.cancel(errReturned)
	}
}

// current gives the context to ask: the parent, as long as the two cannot differ.
func (c *taskContext) current() context.Context {
	switch state := c.state.Load(); {
	case state&hasContext != 0:
		return c.made.Context
	case state&returned != 0:
		return c.cancellable().Context
	}
	return c.parent
}

// scope gives the scope of the tasks started on c.
func (c *taskContext) scope() *scope {
	if c.state.Load()&hasChildren != 0 {
		return c.children
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		state := c.state.Load()
		switch {
		case state&hasChildren != 0:
			return c.children
		case state&returned != 0:
			return sealedScope // who ends the task has looked for children already
		case c.children == nil:
			c.children = new(scope)
		}
		if c.state.CompareAndSwap(state, state|hasChildren) {
			return c.children
		}
	}
}

func (c *taskContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

func (c *taskContext) Done() <-chan struct{} { return c.cancellable().Done() }

func (c *taskContext) Err() error { return c.current().Err() }

func (c *taskContext) Value(key any) any {
	if key == (scopeKey{}) {
		return c.scope()
	}
	return c.current().Value(key)
}
