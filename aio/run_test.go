package aio_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// children are the parts that the test binary plays for a test of this package.
var children = map[string]func(){
	// Ends well at the first signal.
	"graceful": func() {
		err := aio.Run(func(ctx context.Context) error {
			fmt.Println("ready")
			<-ctx.Done()
			return fmt.Errorf("get page: %w", ctx.Err())
		})
		fmt.Println(err)
		var sig *aio.SignalError
		if errors.As(err, &sig) {
			os.Exit(sig.ExitCode())
		}
	},
	// Does not look at its context.
	"stubborn": func() {
		_ = aio.Run(func(ctx context.Context) error {
			fmt.Println("ready")
			<-ctx.Done()
			fmt.Println("ended")
			select {}
		})
	},
	// Has a task without an owner panic, and nobody who awaits it.
	"lost": func() {
		done := func() <-chan struct{} {
			return aio.Go(context.Background(), func(context.Context) (int, error) {
				panic("nobody saw this")
			}).Done()
		}()
		<-done
		for range 1000 {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	},
	// Dies of a panic that was awaited.
	"panic": func() {
		_, _ = aio.Go(context.Background(), func(context.Context) (int, error) {
			explode()
			return 0, nil
		}).Await(context.Background())
	},
}

func TestRunGivesMainsError(t *testing.T) {
	for _, want := range []error{nil, errTest} {
		if got := aio.Run(func(context.Context) error { return want }); got != want {
			t.Errorf("Run = %v, want %v", got, want)
		}
	}
}

func TestRunEndsAndJoinsTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Int32
		straggler := func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Minute)
			ended.Add(1)
			return 0, nil
		}
		var kept context.Context
		err := aio.Run(func(ctx context.Context) error {
			kept = ctx
			inner, cancel := context.WithCancel(ctx)
			defer cancel()
			aio.Go(ctx, straggler)
			aio.Go(inner, straggler)
			aio.Go(context.WithoutCancel(ctx), after(time.Hour, 0, nil)) // joined, not cancelled
			return nil
		})
		if err != nil || ended.Load() != 2 {
			t.Errorf("Run: %v with %d of 2 tasks done", err, ended.Load())
		}
		if _, err := aio.Go(kept, answer).Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("task after Run: %v, want ErrClosed", err)
		}
	})
}

func TestRunJoinsTasksWhenMainPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		value := recovered(func() {
			_ = aio.Run(func(ctx context.Context) error {
				aio.Go(ctx, func(ctx context.Context) (int, error) {
					<-ctx.Done()
					time.Sleep(time.Second)
					ended = true
					return 0, nil
				})
				panic("main")
			})
		})
		if value != "main" || !ended {
			t.Errorf("Run panicked with %v, task done: %t", value, ended)
		}
	})
}

func TestRunLetsPanicOutThatNobodyAwaited(t *testing.T) {
	value := recovered(func() {
		_ = aio.Run(func(ctx context.Context) error {
			<-aio.Go(ctx, func(context.Context) (int, error) { panic("task") }).Done()
			return nil
		})
	})
	if err, ok := value.(*aio.PanicError); !ok || err.Value != "task" {
		t.Errorf("Run panicked with %v, want the task's panic", value)
	}
}

func TestSignalError(t *testing.T) {
	for _, tt := range []struct {
		signal os.Signal
		code   int
	}{{os.Interrupt, 130}, {syscall.SIGTERM, 143}, {os.Kill, 1}} {
		err := error(&aio.SignalError{Signal: tt.signal})
		if !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not context.Canceled alone", err)
		}
		if got := err.(*aio.SignalError).ExitCode(); got != tt.code {
			t.Errorf("%v: exit code %d, want %d", err, got, tt.code)
		}
	}
}
