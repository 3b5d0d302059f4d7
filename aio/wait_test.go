package aio_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// sleepers gives a task for each number of seconds; a negative one fails.
func sleepers(ctx context.Context, seconds ...int) []*aio.Task[int] {
	var tasks []*aio.Task[int]
	for _, s := range seconds {
		var err error
		if s < 0 {
			err = errTest
		}
		tasks = append(tasks, aio.Go(ctx, after(time.Duration(max(s, -s))*time.Second, s, err)))
	}
	return tasks
}

func TestAsCompletedOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		for task := range aio.AsCompleted(t.Context(), sleepers(t.Context(), 3, 1, -4, 2)...) {
			v, err := task.Await(t.Context())
			if (err != nil) != (v < 0) {
				t.Errorf("task %d: %v", v, err)
			}
			got = append(got, v)
		}
		if want := []int{1, 2, 3, -4}; !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
		for range aio.AsCompleted[int](t.Context()) {
			t.Error("a round without tasks")
		}
	})
}

func TestAsCompletedGivesTheRestWhenContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		done, failed := 0, 0
		for task := range aio.AsCompleted(ctx, sleepers(t.Context(), 3, 1, 4, 2)...) {
			if _, err := task.Await(ctx); errors.Is(err, context.DeadlineExceeded) {
				failed++
			} else {
				done++
			}
		}
		if done != 2 || failed != 2 {
			t.Errorf("%d done and %d not, want 2 and 2", done, failed)
		}
	})
}

func TestAsCompletedLeftEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tasks := sleepers(t.Context(), 2, 1)
		for range aio.AsCompleted(t.Context(), tasks...) {
			break
		}
		if v, err := tasks[0].Await(t.Context()); v != 2 || err != nil {
			t.Errorf("the other task: %d, %v; want it to go on", v, err)
		}
	})
}

func TestWait(t *testing.T) {
	for _, tt := range []struct {
		name          string
		when          aio.When
		seconds       []int
		timeout       time.Duration
		done, pending int
		took          time.Duration
		wantErr       error
	}{
		{"none", aio.AllCompleted, nil, time.Hour, 0, 0, 0, nil},
		{"all", aio.AllCompleted, []int{3, -1, 2}, time.Hour, 3, 0, 3 * time.Second, nil},
		{"first", aio.FirstCompleted, []int{3, 1, 2}, time.Hour, 1, 2, time.Second, nil},
		{"first-of-done", aio.FirstCompleted, []int{3, 0, 0}, time.Hour, 2, 1, 0, nil},
		{"exception", aio.FirstException, []int{3, 1, -2}, time.Hour, 2, 1, 2 * time.Second, nil},
		{"no-exception", aio.FirstException, []int{3, 1, 2}, time.Hour, 3, 0, 3 * time.Second, nil},
		{"context", aio.AllCompleted, []int{3, 1, 5}, 4 * time.Second, 2, 1, 4 * time.Second, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
				defer cancel()
				start := time.Now()
				tasks := sleepers(t.Context(), tt.seconds...)
				synctest.Wait()
				done, pending, err := aio.Wait(ctx, tt.when, tasks...)
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if len(done) != tt.done || len(pending) != tt.pending || !errors.Is(err, tt.wantErr) {
					t.Errorf("Wait = %d done, %d pending, %v; want %d, %d, %v",
						len(done), len(pending), err, tt.done, tt.pending, tt.wantErr)
				}
			})
		})
	}
}

func TestWaitCountsPanicAsFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tasks := append(sleepers(t.Context(), 5), aio.Go(t.Context(), func(context.Context) (int, error) { panic("boom") }))
		done, pending, err := aio.Wait(t.Context(), aio.FirstException, tasks...)
		if len(done) != 1 || len(pending) != 1 || err != nil {
			t.Fatalf("Wait = %v, %v, %v", done, pending, err)
		}
		if recovered(func() { _, _ = done[0].Result() }) == nil {
			t.Error("the panic did not come out")
		}
	})
}
