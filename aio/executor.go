package aio

import (
	"context"
	"runtime"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// An Executor runs blocking functions, a bounded number at once. [RunIn] gives
// it one. All methods are safe for concurrent use.
type Executor struct {
	group   *Group
	workers *Semaphore // the functions that run
	places  *Semaphore // the functions that run or are queued; nil without a bound
}

// ExecutorOptions configure an [Executor].
type ExecutorOptions struct {
	// MaxQueued bounds how many functions wait for their turn; [RunIn] blocks
	// while there are as many. Zero means as many as run at once, so that the
	// next is at hand when one is done; negative means no limit.
	MaxQueued int
}

// NewExecutor gives an executor that runs at most workers functions at once.
// If workers is less than 1 it is runtime.NumCPU and four more, up to 32 in all,
// as in Python's ThreadPoolExecutor: blocking functions mostly wait. It takes at most
// one ExecutorOptions and panics if given more.
func NewExecutor(workers int, opts ...ExecutorOptions) *Executor {
	o := options.One("aio: NewExecutor", opts)
	if workers < 1 {
		workers = min(32, runtime.NumCPU()+4)
	}
	e := &Executor{
		group:   newGroup(context.Background(), true),
		workers: NewSemaphore(workers),
	}
	queued := workers
	if o.MaxQueued != 0 {
		queued = o.MaxQueued
	}
	if queued > 0 {
		e.places = NewSemaphore(workers + queued)
	}
	return e
}

// RunIn starts fn as a task when one of the executor's workers is free, in the
// order of the calls. (It is run_in_executor; a method of Go cannot give a task
// of any type.)
//
// RunIn blocks while the executor's queue is full. If ctx ends before there is
// a place in it, or the executor is closed, the task is done at once, with that
// error. A task that is cancelled before its turn gives up its place, and fn is
// not called.
//
// The task is owned by ctx, as with [Go], and by the executor. A function that
// blocks without looking at its context cannot be stopped, but [Task.Await]
// need not wait for it. A function must not wait for another that it gave to
// the same executor.
func RunIn[T any](ctx context.Context, e *Executor, fn Func[T]) *Task[T] {
	owner := scopeOf(ctx)
	if owner == nil {
		owner = &e.group.scope
	}
	t := newTask[T](ctx, owner)
	if err := e.enter(ctx); err != nil {
		t.refuse(err)
		return t
	}
	turn := e.workers.line(1)
	unlink := context.AfterFunc(e.group.ctx, t.Cancel)
	t.onDone(&hook{call: func() {
		unlink()
		if turn != nil {
			e.workers.giveBack(turn)
		}
		e.leave()
	}})
	t.start(func(ctx context.Context) (T, error) {
		if err := e.workers.redeem(ctx, turn); err != nil {
			turn = nil // which redeem has returned
			var zero T
			return zero, err
		}
		return fn(ctx)
	})
	return t
}

// enter takes a place in the queue.
func (e *Executor) enter(ctx context.Context) error {
	if e.places != nil {
		if err := e.places.Acquire(ctx, 1); err != nil {
			return &opError{"run in executor", err}
		}
	}
	if !e.group.scope.enter() {
		if e.places != nil {
			e.places.Release(1)
		}
		return &opError{"run in executor", ErrClosed}
	}
	return nil
}

// leave gives the place back.
func (e *Executor) leave() {
	if e.places != nil {
		e.places.Release(1)
	}
	e.group.scope.leave(nil)
}

// Shutdown takes no more functions and waits for those that it has. If ctx ends
// first it returns an error that is ctx's error and its cause, and the
// functions go on until Close.
func (e *Executor) Shutdown(ctx context.Context) error {
	e.group.scope.seal()
	return e.group.scope.wait(ctx)
}

// Close takes no more functions, drops those that are queued, ends the contexts
// of those that run, and returns when all tasks are done. It may be called
// again, and always returns nil; a function must not close its own executor.
//
// If functions panicked that nobody owned or awaited, Close panics with a
// [*PanicError].
func (e *Executor) Close() error { return e.group.Close() }
