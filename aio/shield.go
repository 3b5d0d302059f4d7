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
		t := newTask(inner, nil, fn)
		t.start()
		return t
	}
	inner, cancel := context.WithCancelCause(inner)
	stop := context.AfterFunc(group.ctx, func() { cancel(context.Cause(group.ctx)) })
	t := newTask(inner, &group.scope, fn)
	t.onDone(func() {
		stop()
		cancel(errReturned)
	})
	t.start()
	return t
}
