package aio_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestShieldOutlivesItsCaller(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		err := aio.Run(func(ctx context.Context) error {
			var work *aio.Task[any]
			caller := aio.Go(ctx, func(ctx context.Context) (any, error) {
				ctx = context.WithValue(ctx, key{}, "value")
				work = aio.Shield(ctx, func(ctx context.Context) (any, error) {
					if _, ok := ctx.Deadline(); ok {
						t.Error("shielded task has the caller's deadline")
					}
					return ctx.Value(key{}), aio.Sleep(ctx, time.Minute)
				})
				return work.Await(ctx)
			})
			synctest.Wait()
			caller.Cancel()
			if _, err := caller.Await(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("caller: %v, want context.Canceled", err)
			}
			if v, err := work.Await(ctx); v != "value" || err != nil {
				t.Errorf("shielded: %v, %v, want the caller's value", v, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestShieldEndsWithRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var work *aio.Task[int]
		_ = aio.Run(func(ctx context.Context) error {
			_, err := aio.Gather(ctx, []aio.Func[int]{func(ctx context.Context) (int, error) {
				work = aio.Shield(ctx, untilDone)
				return 0, nil
			}})
			synctest.Wait()
			if _, err := work.Result(); err != aio.ErrNotDone {
				t.Errorf("shielded task ended with Gather: %v", err)
			}
			return err
		})
		if _, err := work.Result(); err == nil || err.Error() != "owner closed" {
			t.Errorf("shielded task after Run: %v, want the end of its owner", err)
		}
	})
}

func TestShieldWithoutOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		task := aio.Shield(ctx, func(ctx context.Context) (int, error) { return 42, ctx.Err() })
		if v, err := task.Await(t.Context()); v != 42 || err != nil {
			t.Errorf("Await = %d, %v, want 42", v, err)
		}
		task = aio.Shield(ctx, untilDone)
		task.Cancel()
		if _, err := task.Await(t.Context()); err == nil {
			t.Error("cancelled task has no error")
		}
	})
}
