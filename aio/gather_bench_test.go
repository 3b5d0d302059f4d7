package aio_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/aio"
)

// BenchmarkGather gathers a hundred functions at a time; an operation is one of
// them. The bare side waits for all with a WaitGroup, and, in errgroup's way,
// also keeps the first error and cancels the rest for it.
func BenchmarkGather(b *testing.B) {
	eachAnswer(b, func(b *testing.B, ctx context.Context, fn aio.Func[int]) {
		fns := slices.Repeat([]aio.Func[int]{fn}, 100)
		ours := func(n int) {
			for range n / len(fns) {
				results, err := aio.Gather(ctx, fns)
				result{results[len(fns)-1], err}.check()
			}
		}
		b.Run("waitgroup", func(b *testing.B) {
			compare(b, func(n int) {
				for range n / len(fns) {
					bareWaitGroup(ctx, fns)
				}
			}, ours)
		})
		b.Run("errgroup", func(b *testing.B) {
			compare(b, func(n int) {
				for range n / len(fns) {
					results, err := bareErrGroup(ctx, fns)
					result{results[len(fns)-1], err}.check()
				}
			}, ours)
		})
	})
}

func bareWaitGroup(ctx context.Context, fns []aio.Func[int]) {
	var wg sync.WaitGroup
	results := make([]result, len(fns))
	for i, fn := range fns {
		wg.Go(func() {
			v, err := fn(ctx)
			results[i] = result{v, err}
		})
	}
	wg.Wait()
	results[len(fns)-1].check()
}

func bareErrGroup(ctx context.Context, fns []aio.Func[int]) ([]int, error) {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]int, len(fns))
	for i, fn := range fns {
		wg.Go(func() {
			v, err := fn(ctx)
			if err != nil {
				once.Do(func() {
					first = err
					cancel(err)
				})
			}
			results[i] = v
		})
	}
	wg.Wait()
	return results, first
}
