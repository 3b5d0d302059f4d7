package aio_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/aiohttp-go/aiohttp/aio"
)

// The benchmarks come in pairs: a task that is awaited, and the goroutine and
// channel that one would write without this package. Each pair is there with a
// function that returns at once, and with one that lets others run first, so
// that whoever awaits it has to park.

func answer(context.Context) (int, error) { return 42, nil }

func answerLate(context.Context) (int, error) {
	runtime.Gosched()
	return 42, nil
}

func BenchmarkAwaitTask(b *testing.B)            { benchmarkTask(b, answer) }
func BenchmarkAwaitLateTask(b *testing.B)        { benchmarkTask(b, answerLate) }
func BenchmarkBareGoroutineChannel(b *testing.B) { benchmarkChannel(b, answer) }
func BenchmarkBareLateChannel(b *testing.B)      { benchmarkChannel(b, answerLate) }
func BenchmarkBareGoroutineSelect(b *testing.B)  { benchmarkSelect(b, answer) }
func BenchmarkBareLateSelect(b *testing.B)       { benchmarkSelect(b, answerLate) }

func benchmarkTask(b *testing.B, fn aio.Func[int]) {
	_ = aio.Run(func(ctx context.Context) error {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := aio.Go(ctx, fn).Await(ctx); v != 42 || err != nil {
				b.Fatal(v, err)
			}
		}
		return nil
	})
}

type result struct {
	value int
	err   error
}

func benchmarkChannel(b *testing.B, fn aio.Func[int]) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		done := make(chan result, 1)
		go func() {
			v, err := fn(ctx)
			done <- result{v, err}
		}()
		if r := <-done; r.value != 42 || r.err != nil {
			b.Fatal(r)
		}
	}
}

// benchmarkSelect is benchmarkChannel where the waiting also ends with the
// context, as Await's does.
func benchmarkSelect(b *testing.B, fn aio.Func[int]) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		done := make(chan result, 1)
		go func() {
			v, err := fn(ctx)
			done <- result{v, err}
		}()
		select {
		case r := <-done:
			if r.value != 42 || r.err != nil {
				b.Fatal(r)
			}
		case <-ctx.Done():
			b.Fatal(ctx.Err())
		}
	}
}
