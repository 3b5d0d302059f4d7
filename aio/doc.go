// Package aio is goroutines with an owner, in asyncio's words.
//
// A [Task] is a function on its way: [Go] starts it, [Task.Await] gives its
// result. Whatever is started is owned, and its owner ends it and waits for it
// before the owner itself is over:
//
//   - [Run] owns what is started on the context it hands out,
//   - a task owns what is started on the context that its function was given,
//   - a [Group] is an owner for objects that keep goroutines until they are closed,
//   - [TaskGroup], [Gather] and [Map] own what they run: nothing is left of it when
//     they are over.
//
// The owner travels in the context, so there is nothing else to pass along. A
// task started on a context without an owner, such as [context.Background], is
// ended by that context alone and joined by nobody but those who await it.
//
// # Errors, cancellation and panics
//
// A task that fails or is cancelled takes nothing down with it: its error waits
// for whoever awaits the task, and is dropped if nobody does. Only [Gather] and
// [TaskGroup] cancel the others when one fails, because that is what they are for.
//
// Cancelling is asking: the context of the task ends, and the function returns
// when it notices. The context given to a function also ends when the function
// returns; a result must not depend on it. (Read a response's body inside the
// task that requested it.)
//
// A panic in a task is never lost and never ends the program behind the back of
// the code that could handle it. It comes out of [Task.Await], as a
// [*PanicError] with the stacks of both sides. If nobody awaits the task it
// comes out of the owner, when the owner has joined its tasks; and a task that
// has neither ends the program when it is collected as garbage.
//
// An error that this package gives because a context has ended is both the
// context's error and its cause for [errors.Is] and [errors.As].
//
// # From asyncio
//
//	asyncio.run(main())              aio.Run(main)
//	asyncio.create_task(f())         aio.Go(ctx, f)
//	await task                       task.Await(ctx)
//	task.cancel()                    task.Cancel()
//	task.result()                    task.Result()
//	asyncio.TaskGroup()              aio.TaskGroup(ctx, body)
//	asyncio.gather(*aws)             aio.Gather(ctx, fns)
//	gather(return_exceptions=True)   aio.GatherAll(ctx, fns)
//	asyncio.as_completed(tasks)      aio.AsCompleted(ctx, tasks...)
//	asyncio.wait(tasks)              aio.Wait(ctx, aio.AllCompleted, tasks...)
//	asyncio.wait_for(f(), 5)         aio.Timeout(ctx, 5*time.Second, f)
//	asyncio.wait_for(task, 5)        aio.Timeout(ctx, 5*time.Second, task.Await)
//	asyncio.shield(f())              aio.Shield(ctx, f)
//	asyncio.sleep(1)                 aio.Sleep(ctx, time.Second)
//	asyncio.Semaphore(n)             aio.NewSemaphore(n)
//	asyncio.Lock()                   aio.NewSemaphore(1)
//	asyncio.Queue(n)                 aio.NewQueue[T](n)
//	asyncio.PriorityQueue(n)         aio.NewPriorityQueue(n, compare)
//	queue.put_nowait(x)              queue.TryPut(x)
//	queue.shutdown()                 queue.Close()
//	asyncio.to_thread(f)             aio.Go(ctx, f)
//	loop.run_in_executor(pool, f)    aio.RunIn(ctx, pool, f)
//
// (Where wait_for cancels the task that it gives up waiting for, Await leaves it
// alone.) What Go has itself is not here:
//
//	asyncio.timeout_at(when)         context.WithDeadline(ctx, when)
//	asyncio.Event()                  a channel, closed when it is set
//	asyncio.Condition()              a channel, or sync.Cond
//	asyncio.Barrier(n)               sync.WaitGroup
//	loop.call_later(1, f)            time.AfterFunc(time.Second, f)
//	contextvars.ContextVar           context.WithValue
//	create_task(f(), name="name")    pprof.Do(ctx, pprof.Labels("task", "name"), ...) in f
//	run_coroutine_threadsafe(f())    aio.Go(ctx, f): all here is safe for threads
//
// # Limitations
//
// A function that never looks at its context cannot be stopped; its owner waits
// for it. A task that awaits itself waits until the context it gave ends.
//
// Inside a testing/synctest bubble everything works on the bubble's clock, and
// [Run] leaves signals alone, since they come from outside the bubble.
package aio
