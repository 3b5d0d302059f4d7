package aio

import (
	"context"
	"fmt"
	"strings"
)

// Gather runs all functions at once, each in a task of its own, and gives their
// results in the order of the functions.
//
// The first error cancels the others; Gather returns it as it is, without
// results, when all functions have returned. If functions panic, the others are
// cancelled too, and Gather panics with a [*PanicError].
//
// There is no bound on how many run at once; see [Map] for that. Tasks that are
// running already can be gathered by their Await methods:
//
//	aio.Gather(ctx, []aio.Func[int]{a.Await, b.Await})
func Gather[T any](ctx context.Context, fns []Func[T]) ([]T, error) {
	g := newGroup(ctx, false)
	defer g.end(errOver)
	first := g.failFast()
	tasks := gather(g, fns)
	if first.err != nil {
		return nil, first.err
	}
	results := make([]T, len(tasks))
	for i, task := range tasks {
		results[i] = task.value
	}
	return results, nil
}

// GatherAll is [Gather] where an error cancels nothing: all functions run to
// their end. It gives the results of all functions and a [*GatherError] if any
// of them failed.
func GatherAll[T any](ctx context.Context, fns []Func[T]) ([]T, error) {
	g := newGroup(ctx, false)
	defer g.end(errOver)
	tasks := gather(g, fns)
	results := make([]T, len(tasks))
	errs := make([]error, len(tasks))
	failed := false
	for i, task := range tasks {
		results[i], errs[i] = task.value, task.err
		failed = failed || task.err != nil
	}
	if failed {
		return results, &GatherError{Errs: errs}
	}
	return results, nil
}

// gather runs all functions as tasks of the group and waits for them.
func gather[T any](g *Group, fns []Func[T]) []*Task[T] {
	tasks := make([]*Task[T], len(fns))
	for i, fn := range fns {
		tasks[i] = newTask[T](g.ctx, &g.scope)
		tasks[i].start(fn)
	}
	_ = g.scope.wait(context.Background()) // a context that never ends gives no error
	return tasks
}

// Each makes one function for each input, for [Gather] and [GatherAll].
func Each[In, Out any](
	inputs []In, fn func(ctx context.Context, in In) (Out, error),
) []Func[Out] {
	fns := make([]Func[Out], len(inputs))
	for i, in := range inputs {
		fns[i] = func(ctx context.Context) (Out, error) { return fn(ctx, in) }
	}
	return fns
}

// A GatherError is the error of [GatherAll]: it holds the errors of all
// functions.
type GatherError struct {
	// Errs has one element for each function, in their order: nil for those
	// that succeeded.
	Errs []error
}

// Error counts the errors and gives them one a line, with the index of the
// function, from 0.
func (e *GatherError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gather: %d of %d failed", len(e.Unwrap()), len(e.Errs))
	for i, err := range e.Errs {
		if err != nil {
			fmt.Fprintf(&b, "\n%d: %v", i, err)
		}
	}
	return b.String()
}

// Unwrap gives the errors that are not nil.
func (e *GatherError) Unwrap() []error {
	var errs []error
	for _, err := range e.Errs {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
