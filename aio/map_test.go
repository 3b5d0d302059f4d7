package aio_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// nap sleeps for the given number of seconds and gives it back.
func nap(ctx context.Context, seconds int) (int, error) {
	return after(time.Duration(seconds)*time.Second, seconds, nil)(ctx)
}

type mapFunc = func(context.Context, int, iter.Seq[int], func(context.Context, int) (int, error)) iter.Seq2[int, error]

// eachMap runs a test with Map and with MapOrdered.
func eachMap(t *testing.T, f func(t *testing.T, ordered bool, m mapFunc)) {
	t.Run("completed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, false, aio.Map[int, int]) })
	})
	t.Run("ordered", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, true, aio.MapOrdered[int, int]) })
	})
}

func TestMapOrder(t *testing.T) {
	eachMap(t, func(t *testing.T, ordered bool, m mapFunc) {
		for range 2 { // a Seq2 can be ranged over again
			start := time.Now()
			got, err := aio.Collect(m(t.Context(), 3, slices.Values([]int{5, 1, 3}), nap))
			want := []int{1, 3, 5}
			if ordered {
				want = []int{5, 1, 3}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("took %v, want 5s", took)
			}
		}
		if got, err := aio.Collect(m(t.Context(), 3, slices.Values[[]int](nil), nap)); len(got) != 0 || err != nil {
			t.Errorf("of nothing: %v, %v", got, err)
		}
	})
}

// However many inputs there are, no more are taken than limit and the one in
// the loop's hands.
func TestMapBackpressure(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		const limit = 4
		taken, most := 0, 0
		var seen, running atomic.Int32
		inputs := func(yield func(int) bool) {
			for i := 0; ; i++ { // without end
				taken++
				if ahead := taken - int(seen.Load()); ahead > limit+1 {
					t.Errorf("%d inputs taken ahead of the loop, want at most %d", ahead, limit+1)
				}
				if !yield(1) {
					return
				}
			}
		}
		for _, err := range m(t.Context(), limit, inputs, func(ctx context.Context, n int) (int, error) {
			running.Add(1)
			defer running.Add(-1)
			return nap(ctx, n)
		}) {
			if err != nil {
				t.Fatal(err)
			}
			seen.Add(1)
			most = max(most, int(running.Load()))
			if seen.Load() == 20 {
				time.Sleep(time.Hour) // a slow loop
			}
			if seen.Load() == 100 {
				break
			}
		}
		if most > limit || most == 0 {
			t.Errorf("%d calls at once, want at most %d", most, limit)
		}
		if running.Load() != 0 {
			t.Errorf("%d calls go on after the loop", running.Load())
		}
	})
}

func TestMapErrorNamesItsInputAndLoopGoesOn(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		good := 0
		for v, err := range m(t.Context(), 2, slices.Values([]int{10, 11, 12, 13}), func(_ context.Context, n int) (int, error) {
			if n == 12 {
				return 0, errTest
			}
			return n, nil
		}) {
			if err == nil {
				good++
				continue
			}
			var failed *aio.InputError[int]
			if !errors.As(err, &failed) || failed.Index != 2 || failed.Input != 12 || !errors.Is(err, errTest) {
				t.Errorf("%d, %v: want an InputError for input 12 at 2", v, err)
			}
			if got, want := err.Error(), "input 2: test error"; got != want {
				t.Errorf("text %q, want %q", got, want)
			}
		}
		if good != 3 {
			t.Errorf("%d results, want 3", good)
		}
	})
}

func TestMapEndsWithContext(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 1500*time.Millisecond, errTest)
		defer cancel()
		var results, failed int
		var last error
		for _, err := range m(ctx, 2, slices.Values([]int{1, 1, 1, 1, 1, 1}), nap) {
			last = err
			if err == nil {
				results++
			} else {
				failed++
			}
		}
		if results != 2 || failed != 3 {
			t.Errorf("%d results and %d errors, want 2 and 3 (two in flight, one for the rest)", results, failed)
		}
		if !errors.Is(last, context.DeadlineExceeded) || !errors.Is(last, errTest) || errors.As(last, new(*aio.InputError[int])) {
			t.Errorf("last error %v, want the context's own", last)
		}
		if got, want := last.Error(), "map: test error"; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
	})
}

func TestMapLeftEarlyCancelsAndJoins(t *testing.T) {
	leave := map[string]func(){
		"panic":  func() { panic("body") },
		"goexit": runtime.Goexit,
	}
	for name, how := range leave {
		t.Run(name, func(t *testing.T) {
			eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
				var joined atomic.Int32
				var value any
				done := make(chan struct{})
				go func() { // Goexit ends it
					defer close(done)
					defer func() { value = recover() }()
					for range m(t.Context(), 3, slices.Values([]int{0, 1, 2}), func(ctx context.Context, n int) (int, error) {
						if n == 0 {
							return n, aio.Sleep(ctx, time.Second)
						}
						<-ctx.Done()
						time.Sleep(time.Duration(n) * time.Second)
						joined.Add(int32(n))
						return 0, ctx.Err()
					}) {
						how()
					}
				}()
				<-done
				if got := joined.Load(); got != 3 {
					t.Errorf("joined %d, want 3", got)
				}
				if name == "panic" && value != "body" {
					t.Errorf("panic %v, want the body's", value)
				}
			})
		})
	}
}

func TestMapPanicOfFunctionComesOut(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		joined := false
		value := recovered(func() {
			for range m(t.Context(), 2, slices.Values([]int{0, 1}), func(ctx context.Context, n int) (int, error) {
				if n == 0 {
					time.Sleep(time.Second) // until the other has started
					explode()
				}
				_, err := untilDone(ctx)
				joined = true
				return 0, err
			}) {
				t.Error("a round without a result")
			}
		})
		if err, ok := value.(*aio.PanicError); !ok || err.Value == nil || len(err.Awaits) != 1 || !joined {
			t.Errorf("Map panicked with %v, others joined: %t", value, joined)
		}
	})
}

func TestMapPanicOfInputsComesOutAfterResults(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		results := 0
		inputs := func(yield func(int) bool) {
			yield(1)
			yield(2)
			panic("inputs")
		}
		value := recovered(func() {
			for _, err := range m(t.Context(), 8, inputs, nap) {
				if err != nil {
					t.Error(err)
				}
				results++
			}
		})
		if err, ok := value.(*aio.PanicError); !ok || err.Value != "inputs" || results != 2 {
			t.Errorf("Map panicked with %v after %d results", value, results)
		}
		value = recovered(func() {
			for range m(t.Context(), 8, inputs, nap) {
				break
			}
		})
		if err, ok := value.(*aio.PanicError); !ok || err.Value != "inputs" {
			t.Errorf("Map left early panicked with %v, want the inputs' panic", value)
		}
	})
}

func TestMapGoexitOfInputsIsAnError(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		inputs := func(yield func(int) bool) {
			yield(1)
			runtime.Goexit()
		}
		got, err := aio.Collect(m(t.Context(), 8, inputs, nap))
		if !errors.Is(err, aio.ErrGoexit) || err.Error() != "map: task called runtime.Goexit" || !slices.Equal(got, []int{1}) {
			t.Errorf("Collect = %v, %v, want ErrGoexit", got, err)
		}
	})
}

// The goroutine that ends was to do the next calls, too.
func TestMapGoexitOfFunctionIsTheErrorOfItsInput(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		for _, limit := range []int{1, 3, 100} {
			failed, done := 0, 0
			for _, err := range m(t.Context(), limit, count(100), func(_ context.Context, n int) (int, error) {
				if n%3 > 0 {
					runtime.Goexit()
				}
				return n, nil
			}) {
				var input *aio.InputError[int]
				switch {
				case err == nil:
					done++
				case errors.As(err, &input) && errors.Is(err, aio.ErrGoexit) && input.Input == input.Index && input.Input%3 > 0:
					failed++
				default:
					t.Errorf("error %v, want ErrGoexit of an input", err)
				}
			}
			if done != 34 || failed != 66 {
				t.Errorf("limit %d: %d done, %d failed, want 34 and 66", limit, done, failed)
			}
		}
	})
}

// A call never waits for another to end, however the calls before it went.
func TestMapSlowCallHoldsNoOtherUp(t *testing.T) {
	eachMap(t, func(t *testing.T, _ bool, m mapFunc) {
		inputs := append(make([]int, 50), 9, 9, 0, 9, 9)
		start := time.Now()
		got, err := aio.Collect(m(t.Context(), 5, slices.Values(inputs), func(ctx context.Context, n int) (int, error) {
			if n == 0 {
				return 0, nil // at once: one worker does many
			}
			return nap(ctx, n)
		}))
		if took := time.Since(start); len(got) != len(inputs) || err != nil || took != 9*time.Second {
			t.Errorf("%d results, %v after %v, want %d after 9s", len(got), err, took, len(inputs))
		}
	})
}

// Whatever goes on at the moment the loop is left, nothing is left behind.
func TestMapLeftEarlyAmidFailures(t *testing.T) {
	for _, m := range []mapFunc{aio.Map[int, int], aio.MapOrdered[int, int]} {
		for round := range 400 {
			stop, seen := 1+round%40, 0
			var running atomic.Int32
			value := recovered(func() {
				for range m(t.Context(), 1+round%23, count(1000), func(ctx context.Context, n int) (int, error) {
					running.Add(1)
					defer running.Add(-1)
					switch late := n > stop; {
					case late && n%5 == 0:
						return untilDone(ctx)
					case late && n%5 == 1 && round%2 == 0:
						panic("amid")
					case n%5 == 2:
						runtime.Goexit()
					case n%5 == 3:
						aio.Go(ctx, untilDone)
					case n%5 == 4:
						runtime.Gosched()
					}
					return n, errTest
				}) {
					if seen++; seen == stop {
						break
					}
				}
			})
			if err, ok := value.(*aio.PanicError); value != nil && (!ok || err.Value != "amid") {
				t.Fatalf("panic %v", value)
			}
			if running.Load() != 0 {
				t.Fatalf("%d calls go on after the loop", running.Load())
			}
		}
	}
}

func TestMapLimitBelowOneIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := aio.Collect(aio.Map(t.Context(), 0, slices.Values([]int{2, 1}), nap))
		if want := []int{2, 1}; err != nil || !slices.Equal(got, want) || time.Since(start) != 3*time.Second {
			t.Errorf("got %v, %v after %v", got, err, time.Since(start))
		}
	})
}

// Inputs may depend on results: the loop feeds the queue that it is fed from.
func TestMapOverQueueThatTheLoopFeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewQueue[int](0)
		q.TryPut(3)
		var got []int
		open := 1
		for n, err := range aio.Map(t.Context(), 2, q.All(t.Context()), nap) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
			for i := range n {
				q.TryPut(i)
				open++
			}
			if open--; open == 0 {
				q.Close()
			}
		}
		if len(got) != 8 {
			t.Errorf("visited %v, want 8", got)
		}
	})
}

func TestCollectStopsAtFirstError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := aio.Collect(aio.MapOrdered(t.Context(), 1, slices.Values([]int{1, 0, 2}),
			func(_ context.Context, n int) (int, error) {
				if n == 0 {
					return 0, errTest
				}
				return n, nil
			}))
		if !errors.Is(err, errTest) || !slices.Equal(got, []int{1}) {
			t.Errorf("Collect = %v, %v", got, err)
		}
	})
}
