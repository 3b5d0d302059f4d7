package aio

import (
	"context"
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
	parent   context.Context
	made     atomic.Pointer[cancelContext] // nil until needed
	children atomic.Pointer[scope]         // what is started on this context; nil until needed
	returned atomic.Bool
}

// A cancelContext is a context of package context with its cancel function.
type cancelContext struct {
	context.Context
	cancel context.CancelCauseFunc
}

// cancellable gives the cancellable context behind c.
func (c *taskContext) cancellable() *cancelContext {
	if made := c.made.Load(); made != nil {
		return made
	}
	ctx, cancel := context.WithCancelCause(c.parent)
	made := &cancelContext{ctx, cancel}
	if !c.made.CompareAndSwap(nil, made) {
		cancel(nil)
		return c.made.Load()
	}
	// Either end sees the context stored above, or this sees its mark.
	if c.returned.Load() {
		cancel(errReturned)
	}
	return made
}

// end ends the context because the function has returned.
func (c *taskContext) end() {
	c.returned.Store(true)
	if made := c.made.Load(); made != nil {
		made.cancel(errReturned)
	}
}

// current gives the context to ask: the parent, as long as the two cannot differ.
func (c *taskContext) current() context.Context {
	if made := c.made.Load(); made != nil {
		return made.Context
	}
	if c.returned.Load() {
		return c.cancellable().Context
	}
	return c.parent
}

// scope gives the scope of the tasks started on c.
func (c *taskContext) scope() *scope {
	if s := c.children.Load(); s != nil {
		return s
	}
	c.children.CompareAndSwap(nil, new(scope))
	return c.children.Load()
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
