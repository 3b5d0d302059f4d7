package aio_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

func TestSemaphoreBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := aio.NewSemaphore(3)
		start := time.Now()
		_, err := aio.Gather(t.Context(), aio.Each(make([]int, 10), func(ctx context.Context, _ int) (int, error) {
			if err := s.Acquire(ctx, 1); err != nil {
				return 0, err
			}
			defer s.Release(1)
			return 0, aio.Sleep(ctx, time.Second)
		}))
		if took := time.Since(start); err != nil || took != 4*time.Second {
			t.Errorf("ten at three a second: %v, %v; want 4s", took, err)
		}
		if !s.TryAcquire(3) {
			t.Error("units are missing in the end")
		}
	})
}

// One who wants much is not overtaken for ever by those who want little.
func TestSemaphoreIsFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := aio.NewSemaphore(3)
		if err := s.Acquire(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []int
		var tasks []*aio.Task[int]
		for _, units := range []int{3, 1, 2} {
			tasks = append(tasks, aio.Go(t.Context(), func(ctx context.Context) (int, error) {
				if err := s.Acquire(ctx, units); err != nil {
					return 0, err
				}
				defer s.Release(units)
				mu.Lock()
				defer mu.Unlock()
				order = append(order, units)
				return 0, nil
			}))
			synctest.Wait()
		}
		if s.TryAcquire(1) {
			t.Error("TryAcquire overtook those who wait")
		}
		s.Release(2)
		if _, _, err := aio.Wait(t.Context(), aio.AllCompleted, tasks...); err != nil {
			t.Fatal(err)
		}
		if order[0] != 3 {
			t.Errorf("order %v, want 3 first", order)
		}
	})
}

func TestSemaphoreCancelledWaiterLetsOthersPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := aio.NewSemaphore(3)
		_ = s.TryAcquire(1)
		big := aio.Go(t.Context(), func(ctx context.Context) (int, error) { return 0, s.Acquire(ctx, 3) })
		synctest.Wait()
		small := aio.Go(t.Context(), func(ctx context.Context) (int, error) { return 0, s.Acquire(ctx, 2) })
		synctest.Wait()
		big.Cancel()
		if _, err := big.Await(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if _, err := small.Await(t.Context()); err != nil {
			t.Errorf("the next: %v", err)
		}
	})
}

func TestSemaphoreRefuses(t *testing.T) {
	s := aio.NewSemaphore(2)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Acquire(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("on an ended context: %v", err)
	}
	if err := s.Acquire(t.Context(), 3); err == nil || err.Error() != "acquire: 3 units of a semaphore of 2" {
		t.Errorf("more than there are: %v", err)
	}
	if s.TryAcquire(3) || !s.TryAcquire(2) || s.TryAcquire(1) {
		t.Error("TryAcquire is wrong about what is free")
	}
	s.Release(2)
	misuse := map[string]func(){
		"new":         func() { aio.NewSemaphore(0) },
		"acquire":     func() { _ = s.Acquire(t.Context(), 0) },
		"try-acquire": func() { s.TryAcquire(-1) },
		"release":     func() { s.Release(0) },
		"too-often":   func() { s.Release(1) },
	}
	var silent []string
	for name, f := range misuse {
		if recovered(f) == nil {
			silent = append(silent, name)
		}
	}
	if slices.Sort(silent); len(silent) > 0 {
		t.Errorf("misuse without a panic: %v", silent)
	}
}

func BenchmarkSemaphoreAcquireFree(b *testing.B) {
	s := aio.NewSemaphore(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Acquire(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
		s.Release(1)
	}
}
