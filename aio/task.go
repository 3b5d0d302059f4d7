package aio

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Func is what a task runs. Its context ends when the task is cancelled, when
// the task's owner is over, and when the function returns.
type Func[T any] = func(ctx context.Context) (T, error)

// A Task is a function that runs in a goroutine of its own, and its result.
// Tasks come from [Go], [Shield], [RunIn] and [Group.Go]. All methods are safe
// for concurrent use, and any number of goroutines may await a task. The zero
// Task is not usable.
type Task[T any] struct {
	ctx   taskContext
	owner *scope // may be nil
	fn    Func[T]

	value T
	err   error
	crash *crash // the panic, if the function did

	started  atomic.Bool // a goroutine executes the task
	finished atomic.Bool // guards the result: set after it is written

	mu    sync.Mutex
	done  chan struct{} // closed when finished; made by the first that waits
	hooks []*hook
}

// A hook is called once when a task is done, if it was not removed before.
type hook struct{ call func() }

// Go starts fn in a goroutine and gives the task to await.
//
// The task is owned by ctx: by the task, the [Group] or the [Run] that ctx comes
// from. When that is over, or ctx ends, the task's context ends, and the owner
// waits for the task. If the owner is over already then fn does not run, and
// the task's error is [ErrClosed]. fn does run if ctx has merely ended.
//
// A short function that is awaited at once costs no more than a go statement and
// a channel; one that has to be waited for, up to 0.4 µs more.
func Go[T any](ctx context.Context, fn Func[T]) *Task[T] {
	t := newTask(ctx, scopeOf(ctx), fn)
	t.start()
	return t
}

// newTask gives a task that start or execute can run.
func newTask[T any](ctx context.Context, owner *scope, fn Func[T]) *Task[T] {
	t := &Task[T]{owner: owner, fn: fn}
	t.ctx.parent = ctx
	return t
}

// start runs the task in its goroutine, unless its owner is over.
func (t *Task[T]) start() {
	if t.owner != nil && !t.owner.enter() {
		t.refuse(&opError{"go", ErrClosed})
		return
	}
	go t.execute()
}

// refuse finishes a task that never ran.
func (t *Task[T]) refuse(err error) {
	t.err = err
	t.ctx.end()
	t.finish()
}

// execute runs the function, joins what it started, and publishes the result.
func (t *Task[T]) execute() {
	t.started.Store(true)
	normal := false
	defer func() {
		if !normal {
			t.abnormal(recover())
		}
		t.join()
		t.finish()
		if t.owner != nil {
			t.owner.leave()
		}
	}()
	t.value, t.err = t.fn(&t.ctx)
	normal = true
}

// abnormal notes how a function ended that did not return: by a panic or, if
// nothing was recovered, by [runtime.Goexit].
func (t *Task[T]) abnormal(recovered any) {
	if recovered == nil {
		t.err = ErrGoexit
		return
	}
	t.crash = &crash{err: panicError(recovered)}
}

// join ends the task's context and waits for the tasks that were started on it.
func (t *Task[T]) join() {
	t.ctx.end()
	if t.ctx.children.CompareAndSwap(nil, sealedScope) {
		return
	}
	children := t.ctx.children.Load()
	children.join()
	lost := children.unseen()
	if len(lost) == 0 {
		return
	}
	if t.crash != nil {
		lost = append([]*PanicError{t.crash.err}, lost...)
	}
	t.crash = &crash{err: joinPanics(lost).out()}
}

// finish makes the result known.
func (t *Task[T]) finish() {
	t.fn = nil // what it holds on to is garbage now, though the task may be kept
	if t.crash != nil {
		if t.owner != nil {
			t.owner.record(t.crash)
		} else {
			t.crash.unseen = runtime.AddCleanup(t, crashProgram, t.crash.err)
		}
	}
	t.mu.Lock()
	t.finished.Store(true)
	done, hooks := t.done, t.hooks
	t.hooks = nil
	t.mu.Unlock()
	if done != nil {
		close(done)
	}
	for _, h := range hooks {
		h.call()
	}
}

// Done gives a channel that is closed when the task is done: its function has
// returned, and so has everything started on its context.
func (t *Task[T]) Done() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done == nil {
		t.done = make(chan struct{})
		if t.finished.Load() {
			close(t.done)
		}
	}
	return t.done
}

// Await waits for the task and gives the result of its function.
//
// If ctx ends first, Await returns an error that is ctx's error and its cause,
// and the task goes on: ctx bounds the waiting only. A task that is done gives
// its result even if ctx has ended.
//
// If the function panicked, Await panics with a [*PanicError]. If it called
// [runtime.Goexit], the error is [ErrGoexit].
func (t *Task[T]) Await(ctx context.Context) (T, error) {
	if t.finished.Load() {
		return t.result()
	}
	if !t.started.Load() {
		// The goroutine that was just made is next in line. To let it pass
		// costs less than to make a channel and select, and is all the
		// waiting there is if the function is short. BenchmarkAwaitTask is
		// then at 0.9 of a bare goroutine and channel; without, at 1.6.
		runtime.Gosched()
		if t.finished.Load() {
			return t.result()
		}
	}
	done := t.Done()
	if ctx.Done() == nil {
		<-done
		return t.result()
	}
	select {
	case <-done:
		return t.result()
	case <-ctx.Done():
	}
	if t.finished.Load() {
		return t.result()
	}
	var zero T
	return zero, ended("await", ctx)
}

// Result gives the result of the function as Await does, but does not wait: the
// error is [ErrNotDone] while the task is running.
func (t *Task[T]) Result() (T, error) {
	if !t.finished.Load() {
		var zero T
		return zero, ErrNotDone
	}
	return t.result()
}

// Cancel ends the context of the task and does not wait; see [Task.Await] for
// that. It does nothing to a task that is done.
func (t *Task[T]) Cancel() {
	if !t.ctx.returned.Load() {
		t.ctx.cancellable().cancel(errCancelled)
	}
}

// result gives the result of a finished task, or lets its panic out.
func (t *Task[T]) result() (T, error) {
	if t.crash != nil {
		t.crash.see()
		panic(t.crash.err.out())
	}
	return t.value, t.err
}

// onDone has call called when the task is done: in the task's goroutine, or at
// once if the task is done already. It returns a function that takes it back.
func (t *Task[T]) onDone(call func()) (remove func()) {
	h := &hook{call}
	t.mu.Lock()
	if t.finished.Load() {
		t.mu.Unlock()
		call()
		return func() {}
	}
	t.hooks = append(t.hooks, h)
	t.mu.Unlock()
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if i := slices.Index(t.hooks, h); i >= 0 {
			t.hooks = slices.Delete(t.hooks, i, i+1)
		}
	}
}
