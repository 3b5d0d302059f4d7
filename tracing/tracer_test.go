package tracing_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/tracing"
)

func TestTracerTellsEachInItsTurnUntilTheEnd(t *testing.T) {
	var told []string // without a lock: the race detector looks on
	trace := func(name string) *tracing.Trace {
		return &tracing.Trace{OnRequestChunkSent: func(*tracing.Call, tracing.RequestChunkSent) { told = append(told, name) }}
	}
	tr := tracing.Begin(context.Background(), nil, []*tracing.Trace{trace("a"), nil}, nil, []*tracing.Trace{trace("b")})
	x := tr.Exchange()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { tracing.Tell(x.Tracer, tracing.RequestChunkSent{Moment: x.Now()}) })
	}
	all.Wait()
	tracing.Tell(tr, tracing.TLSStart{}) // for nobody
	tr.End()
	tracing.Tell(x.Tracer, tracing.RequestChunkSent{})
	if got := fmt.Sprint(told); got != "[a b a b a b a b]" {
		t.Errorf("got %v", got)
	}
	if first, second := x.Number(), tr.Exchange().Number(); first != 1 || second != 2 || x.Now().Exchange != 1 || tr.Now().Exchange != 0 {
		t.Errorf("numbers %d and %d", first, second)
	}
}
