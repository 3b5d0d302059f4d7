package aio

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
)

// Map calls fn for every input, at most limit at once, and gives the results in
// the order in which they are completed:
//
//	for page, err := range aio.Map(ctx, 64, slices.Values(urls), download) { ... }
//
// An input is taken only when a call can start, and a call starts only when
// fewer than limit calls are running or wait for the loop to take their result.
// So memory does not grow with the number of inputs, and a slow loop slows
// everything down. A limit below 1 counts as 1. Room for as many results as
// limit says is made at once.
//
// When fn fails, the error of that round is an [*InputError], which says for
// which input, and the loop goes on. Let fn return the input with its output
// where a success needs it too. Calls may share a goroutine, one after another.
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

// maxWaitingCalls bounds the room for calls between the feeder and the workers.
// It only lets the feeder go on for a while before a worker has its turn: every
// call finds a worker.
const maxWaitingCalls = 64

// A mapping is one loop over the results of [Map].
type mapping[In, Out any] struct {
	group   *Group
	fn      func(ctx context.Context, in In) (Out, error)
	ordered bool

	slots   chan struct{}       // holds one for each call whose result was not taken
	calls   chan mapCall[In]    // on their way to a worker
	results chan mapResult[Out] // has room for one for each slot, so sending never blocks

	// There are as many workers as there were ever calls at once, so that no
	// call waits for another to end. A worker spares its next call the making
	// of a goroutine and the growing of its stack.
	workers sync.WaitGroup
	count   int          // of workers; only the feeder knows
	open    atomic.Int64 // calls that are not done
}

// A mapCall is a call to be made, for the input at index.
type mapCall[In any] struct {
	index int
	in    In
}

// A mapResult is a call that is done.
type mapResult[Out any] struct {
	index int
	task  *Task[Out]
}

func newMapping[In, Out any](
	ctx context.Context, limit int, fn func(ctx context.Context, in In) (Out, error),
) *mapping[In, Out] {
	limit = max(limit, 1)
	return &mapping[In, Out]{
		group:   newGroup(ctx, false),
		fn:      fn,
		slots:   make(chan struct{}, limit),
		calls:   make(chan mapCall[In], min(limit, maxWaitingCalls)),
		results: make(chan mapResult[Out], limit),
	}
}

// run gives the results to the loop's body.
func (m *mapping[In, Out]) run(ctx context.Context, inputs iter.Seq[In], yield func(Out, error) bool) {
	defer m.group.end(errOver) // where panics of fn and of inputs come out
	feeder := m.group.Go(func(ctx context.Context) error { return m.feed(ctx, inputs) })
	done := m.completed
	if m.ordered {
		done = m.inOrder
	}
	for task := range done {
		<-m.slots
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

// completed gives the calls as they are done.
func (m *mapping[In, Out]) completed(yield func(*Task[Out]) bool) {
	for result := range m.results {
		if !yield(result.task) {
			return
		}
	}
}

// inOrder gives the calls in the order of their inputs. No more than there are
// slots are done before their turn.
func (m *mapping[In, Out]) inOrder(yield func(*Task[Out]) bool) {
	early := make([]*Task[Out], cap(m.slots))
	next := 0
	for result := range m.results {
		early[result.index%len(early)] = result.task
		for turn := &early[next]; *turn != nil; turn = &early[next] {
			task := *turn
			*turn = nil
			next = (next + 1) % len(early)
			if !yield(task) {
				return
			}
		}
	}
}

// feed starts a call for each input. It fails if the context ends before the
// inputs do.
func (m *mapping[In, Out]) feed(ctx context.Context, inputs iter.Seq[In]) error {
	defer close(m.results)
	defer m.workers.Wait()
	defer close(m.calls)
	if !m.takeSlot(ctx) {
		return ctx.Err()
	}
	index := 0
	for in := range inputs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m.call(index, in)
		index++
		if !m.takeSlot(ctx) {
			return ctx.Err()
		}
	}
	return nil
}

// takeSlot waits until a call may start. It reports false if ctx ends first, or
// has ended.
func (m *mapping[In, Out]) takeSlot(ctx context.Context) bool {
	select {
	case m.slots <- struct{}{}:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// call has a worker call fn for one input, a new one if all may be busy.
func (m *mapping[In, Out]) call(index int, in In) {
	if !m.group.scope.enter() {
		return // the loop was left
	}
	if m.open.Add(1) > int64(m.count) {
		m.count++
		m.workers.Add(1)
		go m.work()
	}
	m.calls <- mapCall[In]{index, in}
}

// work does calls until there are no more.
func (m *mapping[In, Out]) work() {
	ended := false
	defer func() {
		if !ended {
			go m.work() // in the place of this goroutine, which fn has ended
			return
		}
		m.workers.Done()
	}()
	for call := range m.calls {
		m.do(call)
	}
	ended = true
}

// do calls fn for one input.
func (m *mapping[In, Out]) do(call mapCall[In]) {
	task := newTask[Out](m.group.ctx, &m.group.scope)
	defer func() { // since fn may end the goroutine
		if task.failed() && !task.panicked() {
			task.err = &InputError[In]{Index: call.index, Input: call.in, Err: task.err}
		}
		m.open.Add(-1)
		m.results <- mapResult[Out]{call.index, task}
	}()
	task.execute(func(ctx context.Context) (Out, error) { return m.fn(ctx, call.in) })
}
