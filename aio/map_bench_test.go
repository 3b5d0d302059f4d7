package aio_test

import (
	"context"
	"iter"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/aio"
)

// BenchmarkMap maps a thousand inputs with a limit of 64. The bare side is a pool
// of 64 workers between two channels, which looks at the context at each of them.
func BenchmarkMap(b *testing.B) {
	eachAnswer(b, func(b *testing.B, ctx context.Context, fn aio.Func[int]) {
		call := func(ctx context.Context, _ int) (int, error) { return fn(ctx) }
		ours := func(m mapFunc) func(n int) {
			return func(n int) {
				for v, err := range m(ctx, 64, count(n), call) {
					result{v, err}.check()
				}
			}
		}
		bare := func(n int) { barePool(ctx, 64, count(n), call) }
		b.Run("completed", func(b *testing.B) { compare(b, bare, ours(aio.Map[int, int])) })
		b.Run("ordered", func(b *testing.B) { compare(b, bare, ours(aio.MapOrdered[int, int])) })
	})
}

// count gives the numbers below n.
func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func barePool(ctx context.Context, limit int, all iter.Seq[int], fn func(context.Context, int) (int, error)) {
	inputs, results := make(chan int, limit), make(chan result, limit)
	var workers sync.WaitGroup
	for range limit {
		workers.Go(func() {
			for in := range inputs {
				v, err := fn(ctx, in)
				select {
				case results <- result{v, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() {
		defer close(results)
		defer workers.Wait()
		defer close(inputs)
		for in := range all {
			select {
			case inputs <- in:
			case <-ctx.Done():
				return
			}
		}
	}()
	for r := range results {
		r.check()
	}
}
