package aio

import (
	"context"
	"iter"
	"sync"
)

// Map calls fn for every input, at most limit at once, and gives the results in
// the order in which they are completed:
//
//	for page, err := range aio.Map(ctx, 64, urls, download) { ... }
//
// An input is taken only when a call can start, and a call starts only when
// fewer than limit calls are running or wait for the loop to take their result.
// So memory does not grow with the number of inputs, and a slow loop slows
// everything down. A limit below 1 counts as 1.
//
// When fn fails, the error of that round is an [*InputError], which says for
// which input, and the loop goes on. Let fn return the input with its output
// where a success needs it too.
//
// When ctx ends, no more inputs are taken, the calls in flight end, and, unless
// the inputs were at their end, the last round has an error that is ctx's error
// and its cause. Leaving the loop early cancels the calls in flight and waits
// for them. So does a panic in fn, which comes out of the loop as a
// [*PanicError]; a panic in inputs does when the results of the earlier inputs
// have been taken.
//
// The inputs are taken in a goroutine of their own, so that they may depend on
// what the loop does with results, as a crawler's queue does. Leaving the loop
// waits for that as well: inputs that block should end with ctx, as
// [Queue.All] does, and who leaves such a loop early cancels ctx first.
func Map[In, Out any](
	ctx context.Context, limit int, inputs iter.Seq[In], fn func(ctx context.Context, in In) (Out, error),
) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		m := newMapping(ctx, limit, fn)
		m.run(ctx, inputs, yield)
	}
}

// MapOrdered is [Map] with the results in the order of the inputs. A result
// that is there before its turn waits, and counts as one of limit while it does.
func MapOrdered[In, Out any](
	ctx context.Context, limit int, inputs iter.Seq[In], fn func(ctx context.Context, in In) (Out, error),
) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		m := newMapping(ctx, limit, fn)
		m.ordered = true
		m.run(ctx, inputs, yield)
	}
}

// Collect gives the results of a [Map] or [MapOrdered] as a slice. It leaves
// the loop at the first error and returns it, with the results up to then.
func Collect[T any](results iter.Seq2[T, error]) ([]T, error) {
	var values []T
	for value, err := range results {
		if err != nil {
			return values, err
		}
		values = append(values, value)
	}
	return values, nil
}

// A mapping is one loop over the results of [Map].
type mapping[In, Out any] struct {
	group   *Group
	fn      func(ctx context.Context, in In) (Out, error)
	ordered bool

	slots   *Semaphore      // one for each call that runs or whose result was not taken
	results chan *Task[Out] // holds as many as there are slots, so sending never blocks
	calls   sync.WaitGroup
}

func newMapping[In, Out any](
	ctx context.Context, limit int, fn func(ctx context.Context, in In) (Out, error),
) *mapping[In, Out] {
	limit = max(limit, 1)
	return &mapping[In, Out]{
		group:   newGroup(ctx, false),
		fn:      fn,
		slots:   NewSemaphore(limit),
		results: make(chan *Task[Out], limit),
	}
}

// run gives the results to the loop's body.
func (m *mapping[In, Out]) run(ctx context.Context, inputs iter.Seq[In], yield func(Out, error) bool) {
	defer m.group.end(errOver) // where panics of fn and of inputs come out
	feeder := m.group.Go(func(ctx context.Context) error { return m.feed(ctx, inputs) })
	for task := range m.results {
		<-task.Done()
		m.slots.Release(1)
		if task.panicked() || !yield(task.value, task.err) {
			return
		}
	}
	<-feeder.Done()
	var zero Out
	switch {
	case feeder.panicked() || feeder.err == nil:
	case ctx.Err() != nil:
		yield(zero, ended("map", ctx))
	default: // inputs ended the goroutine
		yield(zero, &opError{"map", feeder.err})
	}
}

// feed starts a call for each input. It fails if the context ends before the
// inputs do.
func (m *mapping[In, Out]) feed(ctx context.Context, inputs iter.Seq[In]) error {
	defer close(m.results)
	defer m.calls.Wait()
	if err := m.slots.Acquire(ctx, 1); err != nil {
		return err
	}
	index := 0
	for in := range inputs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.call(index, in)
		index++
		if err := m.slots.Acquire(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

// call starts fn for one input.
func (m *mapping[In, Out]) call(index int, in In) {
	task := newTask[Out](m.group.ctx, &m.group.scope)
	m.calls.Add(1)
	if m.ordered {
		m.results <- task
	}
	task.onDone(&hook{call: func() {
		if !m.ordered {
			m.results <- task
		}
		m.calls.Done()
	}})
	task.start(func(ctx context.Context) (Out, error) {
		out, err := m.fn(ctx, in)
		if err != nil {
			err = &InputError[In]{Index: index, Input: in, Err: err}
		}
		return out, err
	})
}
