package aio_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestTaskGroupWaitsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var named *aio.Task[int]
		sum := 0
		err := aio.TaskGroup(t.Context(), func(g *aio.Group) error {
			named = aio.Go(g.Context(), after(time.Second, 42, nil))
			g.Go(func(context.Context) error {
				time.Sleep(2 * time.Second)
				g.Go(func(ctx context.Context) error { // after body has returned
					err := aio.Sleep(ctx, time.Minute)
					sum++
					return err
				})
				return nil
			})
			return nil
		})
		if took := time.Since(start); err != nil || sum != 1 || took != 62*time.Second {
			t.Errorf("TaskGroup: %v after %v, want 62s", err, took)
		}
		if v, err := named.Result(); v != 42 || err != nil {
			t.Errorf("Result = %d, %v, want 42", v, err)
		}
		if err := aio.TaskGroup(t.Context(), func(*aio.Group) error { return nil }); err != nil {
			t.Errorf("TaskGroup of nothing: %v", err)
		}
	})
}

func TestTaskGroupFirstErrorCancelsTheRest(t *testing.T) {
	for name, fail := range map[string]func(g *aio.Group) error{
		"body": func(*aio.Group) error { return errTest },
		"task": func(g *aio.Group) error {
			g.Go(func(context.Context) error { return errTest })
			return nil
		},
		"task-awaited": func(g *aio.Group) error {
			_, _ = aio.Go(g.Context(), after(0, 0, errTest)).Await(g.Context())
			return nil
		},
		"late": func(g *aio.Group) error {
			g.Go(func(context.Context) error { time.Sleep(time.Hour); return errors.New("second") })
			g.Go(func(context.Context) error { return errTest })
			_, err := untilDone(g.Context())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				joined := false
				err := aio.TaskGroup(t.Context(), func(g *aio.Group) error {
					g.Go(func(ctx context.Context) error {
						_, err := untilDone(ctx)
						if err != errTest {
							t.Errorf("cause in the cancelled: %v, want the first error", err)
						}
						time.Sleep(time.Second)
						joined = true
						return err
					})
					return fail(g)
				})
				if err != errTest || !joined {
					t.Errorf("TaskGroup: %v, others joined: %t, want the first error", err, joined)
				}
			})
		})
	}
}

func TestTaskGroupPanicAndGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		joined := 0
		others := func(g *aio.Group) {
			g.Go(func(ctx context.Context) error {
				_, err := untilDone(ctx)
				joined++
				return err
			})
		}
		value := recovered(func() {
			_ = aio.TaskGroup(t.Context(), func(g *aio.Group) error {
				others(g)
				g.Go(func(context.Context) error { panic("task") })
				return nil
			})
		})
		if err, ok := value.(*aio.PanicError); !ok || err.Value != "task" || joined != 1 {
			t.Errorf("panic %v, joined %d, want the task's", value, joined)
		}
		value = recovered(func() {
			_ = aio.TaskGroup(t.Context(), func(g *aio.Group) error {
				others(g)
				panic("body")
			})
		})
		if value != "body" || joined != 2 {
			t.Errorf("panic %v, joined %d, want the body's", value, joined)
		}
		err := aio.TaskGroup(t.Context(), func(g *aio.Group) error {
			others(g)
			g.Go(func(context.Context) error { runtime.Goexit(); return nil })
			return nil
		})
		if err != aio.ErrGoexit || joined != 3 {
			t.Errorf("TaskGroup: %v, joined %d, want ErrGoexit", err, joined)
		}
	})
}

func TestTaskGroupEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errTest)
		defer cancel()
		err := aio.TaskGroup(ctx, func(g *aio.Group) error {
			g.Go(func(ctx context.Context) error { return aio.Sleep(ctx, time.Hour) })
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errTest) {
			t.Errorf("TaskGroup: %v, want the context's error and its cause", err)
		}
	})
}
