package aio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

var errTest = errors.New("test error")

// after gives a function that takes d and then returns v and err, or ends with
// its context.
func after[T any](d time.Duration, v T, err error) aio.Func[T] {
	return func(ctx context.Context) (T, error) {
		if err := aio.Sleep(ctx, d); err != nil {
			var zero T
			return zero, err
		}
		return v, err
	}
}

// untilDone waits for the end of its context and gives the cause.
func untilDone(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

func TestTaskAwaitGivesResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, want := range []error{nil, errTest} {
			task := aio.Go(t.Context(), after(time.Second, 42, want))
			if _, err := task.Result(); err != aio.ErrNotDone {
				t.Errorf("Result of a running task: %v, want ErrNotDone", err)
			}
			for range 2 {
				if v, err := task.Await(t.Context()); v != 42 || err != want {
					t.Errorf("Await = %d, %v, want 42, %v", v, err, want)
				}
			}
			if v, err := task.Result(); v != 42 || err != want {
				t.Errorf("Result = %d, %v, want 42, %v", v, err, want)
			}
			<-task.Done()
		}
	})
}

func TestTaskAwaitByManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := aio.Go(t.Context(), after(time.Second, 42, nil))
		sum, err := aio.Gather(t.Context(), []aio.Func[int]{task.Await, task.Await, task.Await})
		if err != nil || len(sum) != 3 || sum[2] != 42 {
			t.Errorf("Gather = %v, %v", sum, err)
		}
	})
}

func TestTaskAwaitEndsWithItsContextAndTaskGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := aio.Go(t.Context(), after(time.Minute, 42, nil))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errTest)
		defer cancel()
		start := time.Now()
		_, err := task.Await(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errTest) {
			t.Errorf("Await error %v is not the context's error and its cause", err)
		}
		if got, want := err.Error(), "await: test error"; got != want {
			t.Errorf("error text %q, want %q", got, want)
		}
		if got := time.Since(start); got != time.Second {
			t.Errorf("Await took %v, want 1s", got)
		}
		if v, err := task.Await(context.Background()); v != 42 || err != nil {
			t.Errorf("the task itself: %d, %v, want 42", v, err)
		}
		if v, err := task.Await(ctx); v != 42 || err != nil {
			t.Errorf("a task that is done, on an ended context: %d, %v, want 42", v, err)
		}
	})
}

func TestTaskCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := aio.Go(t.Context(), after(time.Minute, 1, nil))
		task := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 7, ctx.Err()
		})
		task.Cancel()
		task.Cancel()
		if v, err := task.Await(t.Context()); v != 7 || err != context.Canceled {
			t.Errorf("Await = %d, %v, want 7, context.Canceled", v, err)
		}
		if v, err := other.Await(t.Context()); v != 1 || err != nil {
			t.Errorf("the other task: %d, %v, want 1", v, err)
		}
		task.Cancel() // does nothing
	})
}

func TestTaskFailureTakesNothingDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := aio.Run(func(ctx context.Context) error {
			aio.Go(ctx, after(time.Second, 0, errTest)) // never awaited
			v, err := aio.Go(ctx, after(time.Minute, 42, nil)).Await(ctx)
			if v != 42 {
				t.Errorf("Await = %d, %v, want 42", v, err)
			}
			return err
		})
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestTaskEndsAndJoinsItsChildrenFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		task := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			aio.Go(ctx, func(ctx context.Context) (int, error) {
				<-ctx.Done()
				time.Sleep(time.Minute) // cleaning up takes its time
				ended.Store(true)
				return 0, nil
			})
			return 42, nil
		})
		if v, err := task.Await(t.Context()); v != 42 || err != nil {
			t.Errorf("Await = %d, %v, want 42", v, err)
		}
		if !ended.Load() {
			t.Error("task done before its child")
		}
	})
}

func TestTaskContextEndsWhenFunctionReturns(t *testing.T) {
	for _, watched := range []bool{false, true} {
		var kept context.Context
		_, err := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			kept = ctx
			if watched {
				_ = ctx.Done()
			}
			return 0, ctx.Err()
		}).Await(t.Context())
		if err != nil {
			t.Errorf("watched %t: context ended inside the task: %v", watched, err)
		}
		if err := kept.Err(); err != context.Canceled {
			t.Errorf("watched %t: Err = %v, want context.Canceled", watched, err)
		}
		if got, want := context.Cause(kept).Error(), "the task that owned this context has returned"; got != want {
			t.Errorf("watched %t: cause %q, want %q", watched, got, want)
		}
		<-kept.Done()
		task := aio.Go(kept, answer)
		if _, err := task.Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("watched %t: task without a living owner: %v, want ErrClosed", watched, err)
		}
		<-task.Done()
	}
}

// Package context must take the lazily made context for one of its own:
// children attach to it without goroutines, and causes go through.
func TestTaskContextIsOneOfPackageContext(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
		defer cancel()
		task := aio.Go(parent, func(ctx context.Context) (int, error) {
			if got := ctx.Value(key{}); got != "value" {
				t.Errorf("Value = %v, want the parent's", got)
			}
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) != time.Hour {
				t.Errorf("Deadline = %v, %t, want the parent's", deadline, ok)
			}
			before := runtime.NumGoroutine()
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			if got := runtime.NumGoroutine(); got > before {
				t.Errorf("a child context costs %d goroutines", got-before)
			}
			<-child.Done()
			return 0, context.Cause(child)
		})
		synctest.Wait()
		task.Cancel()
		if _, err := task.Await(t.Context()); err == nil || err.Error() != "task cancelled" {
			t.Errorf("cause in the child: %v, want %q", err, "task cancelled")
		}
	})
}

func TestTaskContextEndsWithParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancelCause(t.Context())
		watching := aio.Go(parent, untilDone)
		asking := aio.Go(parent, func(ctx context.Context) (int, error) {
			for ctx.Err() == nil {
				time.Sleep(time.Second)
			}
			return 0, context.Cause(ctx)
		})
		synctest.Wait()
		cancel(errTest)
		for _, task := range []*aio.Task[int]{watching, asking} {
			if _, err := task.Await(t.Context()); err != errTest {
				t.Errorf("cause %v, want %v", err, errTest)
			}
		}
	})
}

func explode() { panic(io.ErrUnexpectedEOF) }

func awaitHere(ctx context.Context, task *aio.Task[int]) { _, _ = task.Await(ctx) }

func TestTaskPanicComesOutWhereAwaited(t *testing.T) {
	inner := aio.Go(t.Context(), func(context.Context) (int, error) {
		explode()
		return 0, nil
	})
	outer := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
		awaitHere(ctx, inner)
		return 0, nil
	})
	value := recovered(func() { _, _ = outer.Await(t.Context()) })
	err, ok := value.(*aio.PanicError)
	if !ok {
		t.Fatalf("Await panicked with %T %v, want *PanicError", value, value)
	}
	if err.Value != io.ErrUnexpectedEOF || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Value = %v, want io.ErrUnexpectedEOF", err.Value)
	}
	if !bytes.Contains(err.Stack, []byte("aio_test.explode")) {
		t.Errorf("Stack does not show the panic:\n%s", err.Stack)
	}
	if len(err.Awaits) != 2 {
		t.Fatalf("%d stacks of awaits, want 2", len(err.Awaits))
	}
	if !bytes.Contains(err.Awaits[0], []byte("aio_test.awaitHere")) {
		t.Errorf("Awaits[0] does not show the inner await:\n%s", err.Awaits[0])
	}
	if !bytes.Contains(err.Awaits[1], []byte("TestTaskPanicComesOutWhereAwaited")) {
		t.Errorf("Awaits[1] does not show the outer await:\n%s", err.Awaits[1])
	}
	text := err.Error()
	if !strings.HasPrefix(text, "panic in task: unexpected EOF\n") ||
		strings.Count(text, "awaited at:") != 2 || !strings.Contains(text, "aio_test.explode") {
		t.Errorf("text lacks a side:\n%s", text)
	}
	again := recovered(func() { _, _ = outer.Result() })
	if e, ok := again.(*aio.PanicError); !ok || len(e.Awaits) != 2 {
		t.Errorf("a second await gives %v", again)
	}
}

func TestTaskPanicOfChildComesOutOfParent(t *testing.T) {
	task := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
		aio.Go(ctx, func(context.Context) (int, error) { panic("child") })
		return 0, nil
	})
	value := recovered(func() { _, _ = task.Await(t.Context()) })
	if err, ok := value.(*aio.PanicError); !ok || err.Value != "child" {
		t.Errorf("Await panicked with %v, want the child's panic", value)
	}
}

// Whoever comes at the moment a task ends is told, once, or sees for himself.
func TestTaskEndsAmidWaitersAndCallers(t *testing.T) {
	for round := range 2000 {
		var ready sync.WaitGroup
		ready.Add(1)
		var kept context.Context
		task := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			kept = ctx
			if round%2 == 0 {
				aio.Go(ctx, answer)
			}
			ready.Done()
			if round%3 == 0 {
				runtime.Gosched()
			}
			return 42, nil
		})
		ready.Wait()
		var others sync.WaitGroup
		for _, f := range []func(){
			func() { <-task.Done() },
			func() { <-kept.Done() },
			task.Cancel,
			func() {
				if v, err := task.Await(context.Background()); v != 42 || err != nil {
					t.Errorf("Await = %d, %v, want 42", v, err)
				}
			},
			func() {
				if done, _, err := aio.Wait(t.Context(), aio.AllCompleted, task, task); len(done) != 2 || err != nil {
					t.Errorf("Wait = %v, %v", done, err)
				}
			},
			func() {
				for range aio.AsCompleted(t.Context(), task, task) {
					break
				}
			},
			func() { <-aio.Go(kept, answer).Done() },
		} {
			others.Go(f)
		}
		others.Wait()
		if kept.Err() != context.Canceled || context.Cause(kept) == nil {
			t.Fatalf("context of a task that is done: %v", kept.Err())
		}
	}
}

// A hook that is hung up or taken down while the task ends is called, or the task
// is seen to be done. The work is of any length, so that some rounds hit the
// moment.
func TestTaskEndsWhileWatched(t *testing.T) {
	for round := range 20_000 {
		task := aio.Go(t.Context(), func(context.Context) (int, error) {
			for i := 0; i < round%500*4; i++ {
				runtime.KeepAlive(i)
			}
			return 42, nil
		})
		for range aio.AsCompleted(t.Context(), task, task) {
			break
		}
		task = aio.Go(t.Context(), answer)
		for i := 0; i < round%300*4; i++ {
			runtime.KeepAlive(i)
		}
		if done, _, err := aio.Wait(t.Context(), aio.FirstCompleted, task); len(done) != 1 || err != nil {
			t.Fatalf("Wait = %v, %v", done, err)
		}
	}
}

// Whoever waits for a group's tasks is told when the last has left, while others
// come and go.
func TestGroupWaitAmidTasks(t *testing.T) {
	owner := aio.NewGroup(t.Context())
	defer owner.Close()
	for _, on := range []context.Context{t.Context(), owner.Context()} {
		g := aio.NewGroup(on)
		for range 2000 {
			var over atomic.Bool
			g.Go(func(context.Context) error { runtime.Gosched(); over.Store(true); return nil })
			others, err := aio.Gather(t.Context(), []aio.Func[int]{
				func(ctx context.Context) (int, error) { return 0, g.Wait(ctx) },
				func(ctx context.Context) (int, error) { return 0, g.Wait(ctx) },
				func(context.Context) (int, error) {
					g.Go(func(context.Context) error { return nil })
					return 0, nil
				},
			})
			if len(others) != 3 || err != nil || !over.Load() {
				t.Fatalf("Gather: %v; the task over: %t", err, over.Load())
			}
		}
		g.Close()
	}
}

func TestTaskGoexit(t *testing.T) {
	task := aio.Go(t.Context(), func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	})
	if _, err := task.Await(t.Context()); err != aio.ErrGoexit {
		t.Errorf("Await error %v, want ErrGoexit", err)
	}
}

// Trees of tasks that end, fail, panic and are cancelled at once leave nothing
// behind when Run returns.
func TestTaskStorm(t *testing.T) {
	var running atomic.Int32
	var grow func(depth int) aio.Func[int]
	grow = func(depth int) aio.Func[int] {
		return func(ctx context.Context) (int, error) {
			running.Add(1)
			defer running.Add(-1)
			if depth == 0 {
				return untilDone(ctx)
			}
			defer func() { _ = recover() }()
			for i := range 3 {
				task := aio.Go(ctx, grow(depth-1))
				switch (depth + i) % 3 {
				case 0:
					go task.Cancel()
				case 1:
					task.Cancel()
					_, _ = task.Await(ctx)
				}
			}
			panic(depth)
		}
	}
	_ = aio.Run(func(ctx context.Context) error {
		_, err := aio.GatherAll(ctx, []aio.Func[int]{grow(5), grow(4), grow(5)})
		return err
	})
	if got := running.Load(); got != 0 {
		t.Errorf("%d tasks run after Run", got)
	}
}
