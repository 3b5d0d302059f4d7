package aio_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestExecutorBoundsAndKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(2, aio.ExecutorOptions{MaxQueued: -1})
		defer e.Close()
		start := time.Now()
		var tasks []*aio.Task[time.Duration]
		for range 6 {
			tasks = append(tasks, aio.RunIn(t.Context(), e, func(context.Context) (time.Duration, error) {
				began := time.Since(start)
				time.Sleep(time.Second) // blocks
				return began, nil
			}))
		}
		var got []time.Duration
		for _, task := range tasks {
			v, err := task.Await(t.Context())
			if err != nil {
				t.Error(err)
			}
			got = append(got, v/time.Second)
		}
		if want := []time.Duration{0, 0, 1, 1, 2, 2}; !slices.Equal(got, want) {
			t.Errorf("began at %v, want %v", got, want)
		}
	})
}

func TestExecutorBackpressure(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts []aio.ExecutorOptions
		free int // calls that do not block
	}{
		{"default", nil, 2},
		{"three", []aio.ExecutorOptions{{MaxQueued: 3}}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := aio.NewExecutor(1, tt.opts...)
				defer e.Close()
				start := time.Now()
				second := func(context.Context) (int, error) { time.Sleep(time.Second); return 0, nil }
				for range tt.free {
					aio.RunIn(t.Context(), e, second)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("%d calls took %v", tt.free, took)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
				defer cancel()
				task := aio.RunIn(ctx, e, second)
				if _, err := task.Result(); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("call that found no place: %v", err)
				}
				aio.RunIn(t.Context(), e, second)
				if took := time.Since(start); took != time.Second {
					t.Errorf("call that waited for a place took until %v, want 1s", took)
				}
			})
		})
	}
}

func TestExecutorCancelledInQueueGivesUpItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(1)
		defer e.Close()
		first := aio.RunIn(t.Context(), e, after(time.Hour, 1, nil))
		queued := aio.RunIn(t.Context(), e, func(context.Context) (int, error) {
			t.Error("a cancelled function ran")
			return 0, nil
		})
		queued.Cancel()
		if _, err := queued.Await(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		start := time.Now()
		next := aio.RunIn(t.Context(), e, after(time.Hour, 2, nil))
		if took := time.Since(start); took != 0 {
			t.Errorf("the place was free after %v", took)
		}
		first.Cancel()
		if v, err := next.Await(t.Context()); v != 2 || err != nil {
			t.Errorf("next: %d, %v", v, err)
		}
	})
}

func TestExecutorCloseEndsAndJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(1)
		var ended atomic.Bool
		running := aio.RunIn(t.Context(), e, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			ended.Store(true)
			return 1, nil
		})
		queued := aio.RunIn(t.Context(), e, after(0, 2, nil))
		blocked := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			return aio.RunIn(ctx, e, after(0, 3, nil)).Await(ctx)
		})
		synctest.Wait()
		for range 2 {
			if err := e.Close(); err != nil || !ended.Load() {
				t.Errorf("Close: %v, running function done: %t", err, ended.Load())
			}
		}
		if v, err := running.Result(); v != 1 || err != nil {
			t.Errorf("running: %d, %v", v, err)
		}
		if _, err := queued.Result(); !errors.Is(err, context.Canceled) {
			t.Errorf("queued: %v, want context.Canceled", err)
		}
		if _, err := blocked.Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("blocked: %v, want ErrClosed", err)
		}
		if _, err := aio.RunIn(t.Context(), e, answer).Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("after Close: %v, want ErrClosed", err)
		}
	})
}

func TestExecutorShutdownLetsFunctionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(1)
		defer e.Close()
		tasks := []*aio.Task[int]{
			aio.RunIn(t.Context(), e, after(time.Minute, 1, nil)), aio.RunIn(t.Context(), e, after(time.Minute, 2, nil)),
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := e.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown with too little time: %v", err)
		}
		if err := e.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		for i, task := range tasks {
			if v, err := task.Result(); v != i+1 || err != nil {
				t.Errorf("task %d: %d, %v", i, v, err)
			}
		}
		if _, err := aio.RunIn(t.Context(), e, answer).Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("after Shutdown: %v, want ErrClosed", err)
		}
	})
}

func TestExecutorTaskIsOwnedByRunToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(1)
		defer e.Close()
		var running, queued *aio.Task[int]
		_ = aio.Run(func(ctx context.Context) error {
			running, queued = aio.RunIn(ctx, e, untilDone), aio.RunIn(ctx, e, answer)
			return nil
		})
		if _, err := running.Result(); err == nil || err == aio.ErrNotDone {
			t.Errorf("running task after Run: %v", err)
		}
		if _, err := queued.Result(); err == aio.ErrNotDone {
			t.Errorf("queued task after Run: %v", err)
		}
		if v, err := aio.RunIn(t.Context(), e, answer).Await(t.Context()); v != 42 || err != nil {
			t.Errorf("the executor afterwards: %d, %v, want 42", v, err)
		}
	})
}

func TestExecutorPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := aio.NewExecutor(0)
		boom := func(context.Context) (int, error) { panic("boom") }
		task := aio.RunIn(t.Context(), e, boom)
		if recovered(func() { _, _ = task.Await(t.Context()) }) == nil {
			t.Error("Await did not panic")
		}
		<-aio.RunIn(t.Context(), e, boom).Done()
		if recovered(func() { e.Close() }) == nil {
			t.Error("Close did not let the panic out that nobody awaited")
		}
		if recovered(func() { aio.NewExecutor(1, aio.ExecutorOptions{}, aio.ExecutorOptions{}) }) == nil {
			t.Error("two options do not panic")
		}
	})
}
