package aio_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestTimeout(t *testing.T) {
	hour := func(ctx context.Context) error { return aio.Sleep(ctx, time.Hour) }
	for _, tt := range []struct {
		name    string
		fn      func(ctx context.Context) error
		text    string // of the error; empty for none
		timeout bool   // whether it is a TimeoutError
	}{
		{"value", func(context.Context) error { return nil }, "", false},
		{"own-error", func(context.Context) error { return errTest }, "test error", false},
		{"late-value", func(context.Context) error { time.Sleep(time.Hour); return nil }, "", false},
		{"cause", hour, "sleep: timeout after 5s", true},
		{"plain", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "timeout after 5s", true},
		{"wrapped", func(ctx context.Context) error {
			<-ctx.Done()
			return fmt.Errorf("get page: %w", ctx.Err())
		}, "timeout after 5s: get page: context deadline exceeded", true},
		{"other-error", func(ctx context.Context) error {
			<-ctx.Done()
			return errTest
		}, "timeout after 5s: test error", true},
		{"inner", func(ctx context.Context) error {
			_, err := aio.Timeout(ctx, time.Second, func(ctx context.Context) (int, error) { return 0, hour(ctx) })
			return err
		}, "sleep: timeout after 1s", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, err := aio.Timeout(t.Context(), 5*time.Second, func(ctx context.Context) (int, error) {
					return 42, tt.fn(ctx)
				})
				if v != 42 {
					t.Errorf("value %d, want the function's", v)
				}
				if text := fmt.Sprint(err); err != nil && text != tt.text || err == nil && tt.text != "" {
					t.Errorf("error %v, want %q", err, tt.text)
				}
				var timeout *aio.TimeoutError
				var asker interface{ Timeout() bool }
				if errors.As(err, &timeout) != tt.timeout || errors.Is(err, context.DeadlineExceeded) != tt.timeout ||
					errors.As(err, &asker) && asker.Timeout() != tt.timeout {
					t.Errorf("error %v is a timeout: %t, want %t", err, !tt.timeout, tt.timeout)
				}
			})
		})
	}
}

func TestTimeoutLeavesOuterEndAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := aio.Timeout(outer, time.Minute, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		})
		if err != context.DeadlineExceeded {
			t.Errorf("error %v, want the outer context's", err)
		}
	})
}

func TestTimeoutOfTaskLeavesItRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := aio.Go(t.Context(), func(context.Context) (int, error) {
			time.Sleep(time.Minute) // does not look at its context
			return 42, nil
		})
		start := time.Now()
		_, err := aio.Timeout(t.Context(), time.Second, task.Await)
		if got, want := fmt.Sprint(err), "await: timeout after 1s"; got != want || time.Since(start) != time.Second {
			t.Errorf("error %q after %v, want %q after 1s", got, time.Since(start), want)
		}
		if v, err := task.Await(t.Context()); v != 42 || err != nil {
			t.Errorf("the task: %d, %v, want 42", v, err)
		}
	})
}

func TestSleepOnEndedContextFails(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	for range 100 { // by chance it is not
		for _, d := range []time.Duration{-1, 0, time.Hour} {
			if err := aio.Sleep(ctx, d); !errors.Is(err, context.Canceled) || !errors.Is(err, errTest) {
				t.Fatalf("Sleep(%v): %v, want the context's error and its cause", d, err)
			}
		}
	}
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := aio.Sleep(t.Context(), time.Hour); err != nil || time.Since(start) != time.Hour {
			t.Errorf("Sleep: %v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := aio.Sleep(ctx, time.Hour)
		var asker interface{ Timeout() bool }
		if !errors.As(err, &asker) || !asker.Timeout() {
			t.Errorf("error %v is no timeout", err)
		}
		if got, want := fmt.Sprint(err), "sleep: context deadline exceeded"; got != want {
			t.Errorf("error %q, want %q", got, want)
		}
	})
}
