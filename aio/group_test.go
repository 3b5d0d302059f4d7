package aio_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestGroupCloseEndsAndJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := aio.NewGroup(t.Context())
		var ended atomic.Int32
		for range 3 {
			g.Go(func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended.Add(1)
				return nil
			})
		}
		for range 2 {
			if err := g.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if got := ended.Load(); got != 3 {
			t.Errorf("%d tasks done after Close, want 3", got)
		}
		late := g.Go(func(context.Context) error { t.Error("task started on a closed group"); return nil })
		if _, err := late.Await(t.Context()); !errors.Is(err, aio.ErrClosed) || err.Error() != "go: closed" {
			t.Errorf("task on a closed group: %v, want ErrClosed", err)
		}
	})
}

func TestGroupWaitCancelsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := aio.NewGroup(t.Context())
		defer g.Close()
		task := aio.Go(g.Context(), after(time.Minute, 42, nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait on a short context: %v, want its error", err)
		}
		if err := g.Wait(t.Context()); err != nil {
			t.Errorf("Wait: %v", err)
		}
		if v, err := task.Result(); v != 42 || err != nil {
			t.Errorf("Result = %d, %v, want 42", v, err)
		}
		if err := g.Wait(t.Context()); err != nil {
			t.Errorf("Wait without tasks: %v", err)
		}
	})
}

func TestGroupForgottenIsJoinedByItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		task := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			g := aio.NewGroup(ctx) // never closed
			g.Go(func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended.Store(true)
				panic("forgotten")
			})
			return 0, nil
		})
		value := recovered(func() { _, _ = task.Await(t.Context()) })
		if !ended.Load() {
			t.Error("owner is over before the group")
		}
		if err, ok := value.(*aio.PanicError); !ok || err.Value != "forgotten" {
			t.Errorf("Await panicked with %v, want the panic of the group's task", value)
		}
		aio.NewGroup(t.Context()).Close()
	})
}

func TestGroupCloseLetsPanicsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := aio.NewGroup(t.Context())
		for _, d := range []time.Duration{1, 2, 3} {
			g.Go(func(context.Context) error {
				time.Sleep(d)
				panic(d)
			})
		}
		seen := g.Go(func(context.Context) error { panic("seen") })
		if recovered(func() { _, _ = seen.Await(t.Context()) }) == nil {
			t.Error("Await did not panic")
		}
		if err := g.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		err, ok := recovered(func() { g.Close() }).(*aio.PanicError)
		if !ok || err.Value != time.Duration(1) || len(err.More) != 2 {
			t.Fatalf("Close panicked with %v, want three panics", err)
		}
		if strings.Contains(err.Error(), "panic in task: seen") || !strings.Contains(err.Error(), "panic in task: 3ns") {
			t.Errorf("text should hold what nobody awaited:\n%v", err)
		}
		if value := recovered(func() { g.Close() }); value != nil {
			t.Errorf("second Close panicked with %v", value)
		}
	})
}
