package aio_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/aio"
)

// The benchmarks of this package compare its words with the Go that one would
// write without them: a go statement and a channel, a [sync.WaitGroup], a pool of
// workers. The bare side hands on a value and an error too, and gives the same
// function the same context; it has no owner, joins nothing and catches no panic.
//
// What counts is the metric x-bare: how many times as long ours takes as the bare
// side. The speed of a machine drifts, and drifts more than the two differ, so
// the sides take turns every half millisecond, each pair of turns gives a ratio,
// and the metric is the median. That leaves out the turns in which the garbage
// collector ran; what it has to collect is said by aio-B/op and bare-B/op.

// turn is the number of operations after which the sides take turns.
const turn = 1000

// compare measures two ways to do the same operation n times.
func compare(b *testing.B, bare, ours func(n int)) {
	sides := [2]func(int){bare, ours}
	var ratios []float64
	var total time.Duration
	for b.Loop() {
		var took [2]time.Duration
		for i := range sides {
			side := (i + len(ratios)) % 2 // so that neither is always first
			start := time.Now()
			sides[side](turn)
			took[side] = time.Since(start)
		}
		ratios = append(ratios, float64(took[1])/float64(took[0]))
		total += took[1]
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-bare")
	b.ReportMetric(float64(total)/float64(turn*len(ratios)), "ns/op")
	b.ReportMetric(allocated(bare), "bare-B/op")
	b.ReportMetric(allocated(ours), "aio-B/op")
}

// allocated gives the bytes that one operation allocates.
func allocated(side func(n int)) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	side(turn)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / turn
}

// A result is what the bare sides send through their channels.
type result struct {
	value int
	err   error
}

// check panics for a result that is not answer's.
func (r result) check() {
	if r.value != 42 || r.err != nil {
		panic(r)
	}
}

// answer is a function that is short.
func answer(context.Context) (int, error) { return 42, nil }

// answerLate lets others run first, so that whoever awaits it has to park.
func answerLate(context.Context) (int, error) {
	runtime.Gosched()
	return 42, nil
}

// eachAnswer runs a benchmark with a function that is short, and with one that
// is late.
func eachAnswer(b *testing.B, f func(b *testing.B, ctx context.Context, fn aio.Func[int])) {
	_ = aio.Run(func(ctx context.Context) error {
		b.Run("short", func(b *testing.B) { f(b, ctx, answer) })
		b.Run("parked", func(b *testing.B) { f(b, ctx, answerLate) })
		return nil
	})
}
