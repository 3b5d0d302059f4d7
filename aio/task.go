package aio

import (
	"context"
	"runtime"
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

	// The result: written before the task is finished, and not after.
	value T
	err   error // a *crash if the function panicked

	done  chan struct{} // set before hasWaiter; closed when finished
	hooks *hook         // guarded by ctx.mu; see hasHooks
}

// A hook is called once when a task is done, if it was not removed before.
type hook struct {
	call       func()
	next, prev *hook
}

// Go starts fn in a goroutine and gives the task to await.
//
// The task is owned by ctx: by the task, the [Group] or the [Run] that ctx comes
// from. When that is over, or ctx ends, the task's context ends, and the owner
// waits for the task. If the owner is over already then fn does not run, and
// the task's error is [ErrClosed]. fn does run if ctx has merely ended.
//
// A task that is awaited costs at most a fifth more than a go statement and a
// channel; BenchmarkAwait compares them.
func Go[T any](ctx context.Context, fn Func[T]) *Task[T] {
	t := newTask[T](ctx, scopeOf(ctx))
	t.start(fn)
	return t
}

// newTask gives a task that start or execute can run.
func newTask[T any](ctx context.Context, owner *scope) *Task[T] {
	t := &Task[T]{owner: owner}
	t.ctx.parent = ctx
	return t
}

// start runs fn in the task's goroutine, unless its owner is over.
func (t *Task[T]) start(fn Func[T]) {
	if t.owner != nil && !t.owner.enter() {
		t.refuse(&opError{"go", ErrClosed})
		return
	}
	// Not a field of the task, so that what fn holds on to is garbage when it
	// has returned, though the task may be kept.
	go t.execute(fn)
}

// refuse finishes a task that never ran.
func (t *Task[T]) refuse(err error) {
	t.err = err
	t.join()
	t.finish()
}

// execute runs the function, joins what it started, and publishes the result.
func (t *Task[T]) execute(fn Func[T]) {
	normal := false
	defer func() {
		if !normal {
			t.err = abnormal(recover())
		}
		if !normal || !t.finishAlone() {
			t.join()
			t.finish()
		}
		if t.owner != nil {
			t.owner.leave(t.err)
		}
	}()
	t.value, t.err = fn(&t.ctx)
	normal = true
}

// abnormal gives the error of a function that did not return: it panicked or,
// if nothing was recovered, called [runtime.Goexit].
func abnormal(recovered any) error {
	if recovered == nil {
		return ErrGoexit
	}
	return &crash{err: panicError(recovered)}
}

// finishAlone is join and finish in one step, for a task that returned, whose
// context nobody asked to be cancellable, and that started no other. It reports
// false if the task is not so.
func (t *Task[T]) finishAlone() bool {
	for {
		state := t.ctx.state.Load()
		if state&(hasContext|hasChildren) != 0 {
			return false
		}
		if t.ctx.state.CompareAndSwap(state, state|returned|finished) {
			t.tell(state)
			return true
		}
	}
}

// join ends the task's context and waits for the tasks that were started on it.
func (t *Task[T]) join() {
	t.ctx.end()
	if t.ctx.state.Load()&hasChildren == 0 {
		return
	}
	t.ctx.children.join()
	lost := t.ctx.children.unseen()
	if len(lost) == 0 {
		return
	}
	if c, ok := t.err.(*crash); ok {
		lost = append([]*PanicError{c.err}, lost...)
	}
	t.err = &crash{err: joinPanics(lost).out()}
}

// finish makes the result known.
func (t *Task[T]) finish() {
	if c, ok := t.err.(*crash); ok {
		if t.owner != nil {
			t.owner.record(c)
		} else {
			c.unseen = runtime.AddCleanup(t, crashProgram, c.err)
		}
	}
	t.tell(t.ctx.state.Or(finished))
}

// tell wakes those who waited for the task at the moment it was finished, when
// its state was the given one. Who comes later sees for himself.
func (t *Task[T]) tell(state uint32) {
	if state&hasWaiter != 0 {
		close(t.done)
	}
	if state&hasHooks == 0 {
		return
	}
	t.ctx.mu.Lock()
	h := t.hooks
	t.hooks = nil
	t.ctx.mu.Unlock()
	for ; h != nil; h = h.next {
		h.call()
	}
}

// Done gives a channel that is closed when the task is done: its function has
// returned, and so has everything started on its context.
func (t *Task[T]) Done() <-chan struct{} {
	t.ctx.mu.Lock()
	if t.done == nil {
		t.done = make(chan struct{})
		if t.ctx.state.Or(hasWaiter)&finished != 0 {
			close(t.done)
		}
	}
	t.ctx.mu.Unlock()
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
	if t.isDone() {
		return t.result()
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
	if t.isDone() {
		return t.result()
	}
	var zero T
	return zero, ended("await", ctx)
}

// isDone reports whether the result may be read.
func (t *Task[T]) isDone() bool { return t.ctx.state.Load()&finished != 0 }

// Result gives the result of the function as Await does, but does not wait: the
// error is [ErrNotDone] while the task is running.
func (t *Task[T]) Result() (T, error) {
	if !t.isDone() {
		var zero T
		return zero, ErrNotDone
	}
	return t.result()
}

// Cancel ends the context of the task and does not wait; see [Task.Await] for
// that. It does nothing to a task that is done.
func (t *Task[T]) Cancel() {
	if t.ctx.state.Load()&returned == 0 {
		t.ctx.cancellable().cancel(errCancelled)
	}
}

// result gives the result of a finished task, or lets its panic out.
func (t *Task[T]) result() (T, error) {
	if c, ok := t.err.(*crash); ok {
		c.see()
		panic(c.err.out())
	}
	return t.value, t.err
}

// failed reports whether a finished task has an error or panicked.
func (t *Task[T]) failed() bool { return t.err != nil }

// panicked reports whether a finished task panicked, or one that it started.
func (t *Task[T]) panicked() bool { return isCrash(t.err) }

// onDone has the hook called when the task is done: in the task's goroutine, or
// at once if the task is done already.
func (t *Task[T]) onDone(h *hook) {
	t.ctx.mu.Lock()
	// Either end sees that there are hooks, or this sees that it has ended.
	over := t.ctx.state.Or(hasHooks)&finished != 0
	if !over {
		h.next = t.hooks
		if h.next != nil {
			h.next.prev = h
		}
		t.hooks = h
	}
	t.ctx.mu.Unlock()
	if over {
		h.call()
	}
}

// forget takes a hook back. It may be called yet if the task is being finished.
func (t *Task[T]) forget(h *hook) {
	t.ctx.mu.Lock()
	defer t.ctx.mu.Unlock()
	if t.isDone() {
		return // the hooks are no list of ours any more
	}
	if h.next != nil {
		h.next.prev = h.prev
	}
	if h.prev != nil {
		h.prev.next = h.next
	} else {
		t.hooks = h.next
	}
}
