package aio

import (
	"context"
	"sync"
)

// TaskGroup calls body with a group to start tasks on, and returns when body and
// all tasks have returned. It is asyncio.TaskGroup:
//
//	err := aio.TaskGroup(ctx, func(g *aio.Group) error {
//		user := aio.Go(g.Context(), loadUser)
//		for _, page := range pages {
//			g.Go(page.load)
//		}
//		...
//	})
//
// The first error, of body or of a task, cancels the group's context, and is
// what TaskGroup returns, even if the task was awaited. A task that is cancelled
// without being a failure should return nil. If body or tasks panic, the others
// are cancelled too, and the panic comes out of TaskGroup.
//
// See [Gather] for functions that are known beforehand and have results, [Map]
// for a bound on how many run at once, and [NewGroup] for tasks that may fail
// alone.
func TaskGroup(ctx context.Context, body func(g *Group) error) error {
	g := newGroup(ctx, false)
	defer g.end(errOver)
	first := g.failFast()
	if err := body(g); err != nil {
		first.set(err)
	}
	_ = g.scope.wait(context.Background()) // a context that never ends gives no error
	g.scope.join()                         // for tasks that were started since
	return first.err
}

// A firstError keeps the first error of a group's tasks, and cancels the group
// for it.
type firstError struct {
	group *Group
	once  sync.Once
	err   error
}

// failFast has the first error of a task cancel the others. It is to be called
// before there are any. The error may be read when the group has been joined.
func (g *Group) failFast() *firstError {
	f := &firstError{group: g}
	g.scope.failed = f.set
	return f
}

func (f *firstError) set(err error) {
	f.once.Do(func() {
		if isCrash(err) {
			err = errPanicked // the panic itself comes out of the group
		}
		f.err = err
		f.group.cancel(err)
	})
}
