package aio

import "context"

// A Group owns tasks until it is closed. It is for objects that keep goroutines
// (start them on the group, close the group in Close) and for code outside
// [Run]. All methods are safe for concurrent use.
//
// A group that is opened on the context of another owner and never closed is
// ended and joined by that owner.
type Group struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	scope  scope
}

// groupKey is the context key under which a context names the [Group] that
// shielded tasks go to.
type groupKey struct{}

// A groupContext is the cancellable context of a group, and names the group.
type groupContext struct {
	context.Context
	group   *Group
	shields bool // owns shielded tasks too: Run and NewGroup, not Gather and Map
}

func (c *groupContext) Value(key any) any {
	switch {
	case key == scopeKey{}:
		return &c.group.scope
	case c.shields && key == groupKey{}:
		return c.group
	}
	return c.Context.Value(key)
}

// NewGroup opens a group on ctx: when ctx ends, so do the contexts of the
// group's tasks.
func NewGroup(ctx context.Context) *Group {
	g := newGroup(ctx, true)
	g.scope.parent = scopeOf(ctx)
	return g
}

func newGroup(ctx context.Context, shields bool) *Group {
	g := &Group{}
	ctx, g.cancel = context.WithCancelCause(ctx)
	g.ctx = &groupContext{ctx, g, shields}
	return g
}

// Context gives the context whose tasks the group owns. It ends when the group
// is closed.
func (g *Group) Context() context.Context { return g.ctx }

// Go starts a function without a result as a task of the group. It is [Go] on
// the group's context.
func (g *Group) Go(fn func(ctx context.Context) error) *Task[struct{}] {
	return Go(g.ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, fn(ctx)
	})
}

// Wait returns when the group has no task, and cancels none. If ctx ends first
// it returns an error that is ctx's error and its cause.
func (g *Group) Wait(ctx context.Context) error { return g.scope.wait(ctx) }

// Close ends the contexts of the group's tasks and returns when all of them are
// done. From then on, tasks on the group's context do not start. It may be
// called again, and always returns nil; a task must not close its own group.
//
// If tasks panicked that nobody awaited, Close panics with a [*PanicError].
func (g *Group) Close() error {
	g.end(errOver)
	return nil
}

// end closes the group, for the given cause.
func (g *Group) end(cause error) {
	g.scope.seal() // first, so that who sees the context end finds the group closed
	g.cancel(cause)
	g.scope.join()
	if lost := joinPanics(g.scope.unseen()); lost != nil {
		panic(lost.out())
	}
}
