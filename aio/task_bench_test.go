package aio_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// BenchmarkAwait starts a task and awaits it. On a context that can end, as that
// of [aio.Run], the fair bare side selects on it; on one that cannot, it receives.
// Bare channels come with room for the result, as one writes them so that the
// goroutine cannot be left behind, and without.
func BenchmarkAwait(b *testing.B) {
	eachAnswer(b, func(b *testing.B, ctx context.Context, fn aio.Func[int]) {
		ours := func(ctx context.Context) func(n int) {
			return func(n int) {
				for range n {
					v, err := aio.Go(ctx, fn).Await(ctx)
					result{v, err}.check()
				}
			}
		}
		b.Run("select", func(b *testing.B) { compare(b, bareSelect(ctx, fn, 1), ours(ctx)) })
		b.Run("select-unbuffered", func(b *testing.B) { compare(b, bareSelect(ctx, fn, 0), ours(ctx)) })
		ctx = context.Background()
		b.Run("receive", func(b *testing.B) { compare(b, bareReceive(ctx, fn, 1), ours(ctx)) })
		b.Run("receive-unbuffered", func(b *testing.B) { compare(b, bareReceive(ctx, fn, 0), ours(ctx)) })
	})
}

// BenchmarkAwaitBusy is BenchmarkAwait in a program that has a hundred other
// goroutines to run: a task that is done wakes whoever awaits it at once, and
// does not send him to the end of the queue.
func BenchmarkAwaitBusy(b *testing.B) {
	var over atomic.Bool
	others := aio.NewGroup(b.Context())
	defer others.Close()
	defer over.Store(true)
	for range 100 {
		others.Go(func(context.Context) error {
			for !over.Load() {
				for start := time.Now(); time.Since(start) < 10*time.Microsecond; {
				}
				runtime.Gosched()
			}
			return nil
		})
	}
	ctx := b.Context()
	compare(b, bareSelect(ctx, answer, 1), func(n int) {
		for range n {
			v, err := aio.Go(ctx, answer).Await(ctx)
			result{v, err}.check()
		}
	})
}

func bareReceive(ctx context.Context, fn aio.Func[int], room int) func(n int) {
	return func(n int) {
		for range n {
			done := make(chan result, room)
			go func() {
				v, err := fn(ctx)
				done <- result{v, err}
			}()
			(<-done).check()
		}
	}
}

func bareSelect(ctx context.Context, fn aio.Func[int], room int) func(n int) {
	return func(n int) {
		for range n {
			done := make(chan result, room)
			go func() {
				v, err := fn(ctx)
				done <- result{v, err}
			}()
			select {
			case r := <-done:
				r.check()
			case <-ctx.Done():
				panic(ctx.Err())
			}
		}
	}
}
