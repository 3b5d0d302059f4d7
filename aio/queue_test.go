package aio_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestQueueFirstInFirstOut(t *testing.T) {
	q := aio.NewQueue[int](0)
	next := 0
	for round := range 100 { // grows and shrinks
		for i := range round {
			if err := q.Put(t.Context(), round*1000+i); err != nil {
				t.Fatal(err)
			}
		}
		if q.Len() != round {
			t.Fatalf("Len = %d, want %d", q.Len(), round)
		}
		for i := range round {
			if got, err := q.Get(t.Context()); got != round*1000+i || err != nil {
				t.Fatalf("Get = %d, %v, want %d", got, err, round*1000+i)
			}
			next++
		}
	}
	if _, ok := q.TryGet(); ok || next != 4950 {
		t.Errorf("took %d items, want 4950", next)
	}
	errs := aio.NewQueue[error](1)
	errs.TryPut(nil)
	if err, ok := errs.TryGet(); err != nil || !ok {
		t.Errorf("a nil item came back as %v, %t", err, ok)
	}
}

func TestPriorityQueueGivesTheLeastFirst(t *testing.T) {
	type item struct{ priority, order int }
	byPriority := func(a, b item) int { return a.priority - b.priority }
	for _, capacity := range []int{0, 7} {
		q := aio.NewPriorityQueue(capacity, byPriority)
		var held []item // what the queue should hold
		next := uint32(1)
		for order := range 2000 {
			next = next*1664525 + 1013904223 // arbitrary, and the same each time
			in := item{int(next >> 29), order}
			if q.TryPut(in) {
				held = append(held, in)
			} else if capacity == 0 || len(held) != capacity {
				t.Fatalf("capacity %d: full with %d items", capacity, len(held))
			}
			if next>>24&3 > 0 {
				continue
			}
			want := slices.MinFunc(held, byPriority) // the first of the least
			if got, ok := q.TryGet(); !ok || got != want {
				t.Fatalf("capacity %d: got %v, want %v", capacity, got, want)
			}
			held = slices.DeleteFunc(held, func(i item) bool { return i == want })
		}
		q.Close()
		slices.SortStableFunc(held, byPriority)
		if got := slices.Collect(q.All(t.Context())); !slices.Equal(got, held) {
			t.Errorf("capacity %d: rest %v, want %v", capacity, got, held)
		}
	}
}

// Who waits to put has no place in the queue yet, whatever the priority.
func TestPriorityQueueTakesThoseWhoWaitInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewPriorityQueue(1, cmp.Compare[int])
		for _, n := range []int{5, 9, 1, 3} {
			aio.Go(t.Context(), func(ctx context.Context) (int, error) { return 0, q.Put(ctx, n) })
			synctest.Wait()
		}
		var got []int
		for range 4 {
			n, err := q.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		if want := []int{5, 9, 1, 3}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestQueueBackpressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewQueue[int](2)
		producer := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			defer q.Close()
			for i := range 10 {
				if err := q.Put(ctx, i); err != nil {
					return i, err
				}
			}
			return 10, nil
		})
		synctest.Wait()
		if q.Len() != 2 || q.TryPut(100) {
			t.Errorf("queue of 2 holds %d", q.Len())
		}
		got := slices.Collect(q.All(t.Context()))
		if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if n, err := producer.Await(t.Context()); n != 10 || err != nil {
			t.Errorf("producer: %d, %v", n, err)
		}
	})
}

func TestQueueGettersAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewQueue[int](1)
		var getters []aio.Func[int]
		for range 3 {
			getters = append(getters, aio.Go(t.Context(), q.Get).Await)
			synctest.Wait()
		}
		for i := range 3 {
			if err := q.Put(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		got, err := aio.Gather(t.Context(), getters)
		if want := []int{0, 1, 2}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	})
}

func TestQueueWaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewQueue[int](1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get: %v", err)
		}
		if got := slices.Collect(q.All(ctx)); len(got) != 0 {
			t.Errorf("All gave %v", got)
		}
		if err := q.Put(ctx, 1); !errors.Is(err, context.DeadlineExceeded) || q.Len() != 0 {
			t.Errorf("Put on an ended context: %v", err)
		}
		q.TryPut(1)
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := q.Put(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Put: %v", err)
		}
		if err := q.Join(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Join: %v", err)
		}
		if v, ok := q.TryGet(); v != 1 || !ok || q.Len() != 0 {
			t.Errorf("what was given up is in the queue")
		}
	})
}

func TestQueueClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full, empty := aio.NewQueue[int](1), aio.NewQueue[int](1)
		full.TryPut(1)
		putter := aio.Go(t.Context(), func(ctx context.Context) (int, error) { return 0, full.Put(ctx, 2) })
		getter := aio.Go(t.Context(), empty.Get)
		synctest.Wait()
		for range 2 {
			if err := errors.Join(full.Close(), empty.Close()); err != nil {
				t.Error(err)
			}
		}
		for _, task := range []*aio.Task[int]{putter, getter} {
			if _, err := task.Await(t.Context()); !errors.Is(err, aio.ErrClosed) {
				t.Errorf("one who waited: %v, want ErrClosed", err)
			}
		}
		if err := full.Put(t.Context(), 3); !errors.Is(err, aio.ErrClosed) || full.TryPut(3) {
			t.Errorf("Put: %v, want ErrClosed", err)
		}
		if v, err := full.Get(t.Context()); v != 1 || err != nil {
			t.Errorf("what was in: %d, %v, want 1", v, err)
		}
		if _, err := full.Get(t.Context()); !errors.Is(err, aio.ErrClosed) {
			t.Errorf("Get: %v, want ErrClosed", err)
		}
	})
}

func TestQueueJoinWaitsForTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aio.NewQueue[int](1)
		if err := q.Join(t.Context()); err != nil {
			t.Errorf("Join of an unused queue: %v", err)
		}
		worker := aio.Go(t.Context(), func(ctx context.Context) (int, error) {
			n := 0
			for range q.All(ctx) {
				time.Sleep(time.Second)
				n++
				q.TaskDone()
			}
			return n, nil
		})
		start := time.Now()
		for i := range 5 {
			if err := q.Put(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Join(t.Context()); err != nil || time.Since(start) != 5*time.Second {
			t.Errorf("Join: %v after %v, want 5s", err, time.Since(start))
		}
		q.Close()
		if n, err := worker.Await(t.Context()); n != 5 || err != nil {
			t.Errorf("worker: %d, %v", n, err)
		}
		if recovered(q.TaskDone) == nil {
			t.Error("one TaskDone too many does not panic")
		}
	})
}

func BenchmarkQueuePutGet(b *testing.B) {
	q := aio.NewQueue[int](64)
	producer := aio.Go(b.Context(), func(ctx context.Context) (int, error) {
		for q.Put(ctx, 0) == nil {
		}
		return 0, nil
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := q.Get(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	q.Close()
	<-producer.Done()
}
