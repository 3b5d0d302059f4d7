package aio

import (
	"context"
	"iter"
)

// AsCompleted gives each task once, in the order in which they are done:
//
//	for task := range aio.AsCompleted(ctx, tasks...) {
//		v, err := task.Await(ctx)
//	}
//
// When ctx ends it gives the remaining tasks at once, so that awaiting them
// with ctx, as above, gives the error. It cancels none, and leaving the loop
// early leaves nothing behind.
func AsCompleted[T any](ctx context.Context, tasks ...*Task[T]) iter.Seq[*Task[T]] {
	return func(yield func(*Task[T]) bool) {
		w := watch(tasks)
		defer w.stop()
		for range tasks {
			i, ok := w.next(ctx)
			if !ok {
				break
			}
			if !yield(tasks[i]) {
				return
			}
		}
		for i, pending := range w.pending {
			if pending && !yield(tasks[i]) {
				return
			}
		}
	}
}

// When says what [Wait] waits for.
type When int

// What [Wait] waits for.
const (
	AllCompleted   When = iota // until all tasks are done
	FirstCompleted             // until one task is done
	FirstException             // until one task has failed, or all are done
)

// Wait waits for tasks and splits them into those that are done and those that
// are pending, each in the order given. It cancels none. If ctx ends first, err
// is its error and its cause, and the tasks are split as they are then.
//
// A task that panicked has failed; its panic comes out where it is awaited.
func Wait[T any](ctx context.Context, when When, tasks ...*Task[T]) (done, pending []*Task[T], err error) {
	w := watch(tasks)
	defer w.stop()
	for range tasks {
		i, ok := w.next(ctx)
		if !ok {
			err = ended("wait", ctx)
			break
		}
		if when == FirstCompleted || when == FirstException && tasks[i].failed() {
			break
		}
	}
	w.drain()
	for i, task := range tasks {
		if w.pending[i] {
			pending = append(pending, task)
		} else {
			done = append(done, task)
		}
	}
	return done, pending, err
}

// A watcher receives the indexes of tasks as they are done.
type watcher struct {
	done    chan int
	pending []bool // whether the index is still to be received
	stop    func() // ends the watching
}

// watch watches tasks until the watcher's stop is called.
func watch[T any](tasks []*Task[T]) *watcher {
	w := &watcher{
		done:    make(chan int, len(tasks)),
		pending: make([]bool, len(tasks)),
	}
	hooks := make([]hook, len(tasks))
	for i, task := range tasks {
		w.pending[i] = true
		hooks[i].call = func() { w.done <- i }
		task.onDone(&hooks[i])
	}
	w.stop = func() {
		for i, task := range tasks {
			task.forget(&hooks[i])
		}
	}
	return w
}

// next waits for a task to be done and gives its index, or reports false when
// ctx ends first.
func (w *watcher) next(ctx context.Context) (int, bool) {
	select {
	case i := <-w.done:
		w.pending[i] = false
		return i, true
	default:
	}
	select {
	case i := <-w.done:
		w.pending[i] = false
		return i, true
	case <-ctx.Done():
		return 0, false
	}
}

// drain notes the tasks that are done by now.
func (w *watcher) drain() {
	for {
		select {
		case i := <-w.done:
			w.pending[i] = false
		default:
			return
		}
	}
}
