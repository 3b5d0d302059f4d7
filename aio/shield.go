package aio

import "context"

// Shield starts fn as a task that does not end with ctx, though it has ctx's
// values. It belongs to the [Run] or the [Group] that ctx comes from, and ends
// with that. Awaiting it with ctx gives up the waiting, not the work:
//
//	receipt, err := aio.Shield(ctx, pay).Await(ctx)
//
// Where ctx comes from neither, nothing but [Task.Cancel] ends the task.
func Shield[T any](ctx context.Context, fn Func[T]) *Task[T] {
	inner := context.WithoutCancel(ctx)
	group, _ := ctx.Value(groupKey{}).(*Group)
	if group == nil {
		t := newTask[T](inner, nil)
		t.start(fn)
		return t
	}
	inner, cancel := context.WithCancelCause(inner)
	stop := context.AfterFunc(group.ctx, func() { cancel(context.Cause(group.ctx)) })
	t := newTask[T](inner, &group.scope)
	t.onDone(&hook{call: func() {
		stop()
		cancel(errReturned)
	}})
	t.start(fn)
	return t
}
