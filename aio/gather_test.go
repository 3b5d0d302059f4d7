package aio_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestGatherGivesResultsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := aio.Gather(t.Context(), aio.Each([]int{2, 10, 5},
			func(ctx context.Context, n int) (int, error) {
				return n * n, aio.Sleep(ctx, time.Duration(n)*time.Second)
			}))
		if want := []int{4, 100, 25}; err != nil || !slices.Equal(got, want) {
			t.Errorf("Gather = %v, %v, want %v", got, err, want)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("took %v, want 10s", took)
		}
	})
}

func TestGatherOfNothing(t *testing.T) {
	if got, err := aio.Gather[int](t.Context(), nil); len(got) != 0 || err != nil {
		t.Errorf("Gather = %v, %v", got, err)
	}
	if got, err := aio.GatherAll[int](t.Context(), nil); len(got) != 0 || err != nil {
		t.Errorf("GatherAll = %v, %v", got, err)
	}
}

func TestGatherFirstErrorCancelsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var cause error
		got, err := aio.Gather(t.Context(), []aio.Func[int]{
			after(time.Minute, 1, errors.New("late")),
			func(ctx context.Context) (int, error) {
				_, cause = untilDone(ctx)
				time.Sleep(time.Second) // Gather waits for it
				return 0, cause
			},
			after(2*time.Second, 2, errTest),
			after(time.Second, 3, nil),
		})
		if got != nil || err != errTest {
			t.Errorf("Gather = %v, %v, want the first error", got, err)
		}
		if cause != errTest {
			t.Errorf("cause in the cancelled: %v, want the first error", cause)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %v, want 3s", took)
		}
	})
}

func TestGatherEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := aio.Gather(ctx, []aio.Func[int]{after(time.Hour, 1, nil), untilDone})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Gather: %v, want the context's error", err)
		}
	})
}

func TestGatherPanicCancelsTheRestAndComesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		joined := false
		value := recovered(func() {
			_, _ = aio.Gather(t.Context(), []aio.Func[int]{
				func(ctx context.Context) (int, error) {
					_, err := untilDone(ctx)
					if got, want := err.Error(), "a task beside this one panicked"; got != want {
						t.Errorf("cause in the cancelled: %q, want %q", got, want)
					}
					joined = true
					return 0, err
				},
				func(context.Context) (int, error) { panic("boom") },
			})
		})
		if err, ok := value.(*aio.PanicError); !ok || err.Value != "boom" || !joined {
			t.Errorf("Gather panicked with %v, others joined: %t", value, joined)
		}
	})
}

func TestGatherGoexitIsAnError(t *testing.T) {
	_, err := aio.Gather(t.Context(), []aio.Func[int]{untilDone, func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	}})
	if err != aio.ErrGoexit {
		t.Errorf("Gather: %v, want ErrGoexit", err)
	}
}

func TestGatherAllCollectsAllErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := errors.New("other error")
		got, err := aio.GatherAll(t.Context(), []aio.Func[int]{
			after(3*time.Second, 1, nil), after(time.Second, 0, errTest), after(2*time.Second, 0, other),
		})
		if want := []int{1, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("results %v, want %v", got, want)
		}
		var all *aio.GatherError
		if !errors.As(err, &all) || !slices.Equal(all.Errs, []error{nil, errTest, other}) {
			t.Fatalf("error %v, want a GatherError with each in its place", err)
		}
		if !errors.Is(err, errTest) || !errors.Is(err, other) {
			t.Errorf("error %v is not each of its errors", err)
		}
		if got, want := err.Error(), "gather: 2 of 3 failed\n1: test error\n2: other error"; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
	})
}
