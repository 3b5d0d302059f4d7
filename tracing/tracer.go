package tracing

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Call is one call of a session as one [Trace] sees it. It is made for the call
// and that trace alone, and is the same for all of the events.
type Call struct {
	// Context is the call's.
	Context context.Context
	// RequestValue is what the request has as its TraceValue: aiohttp's
	// trace_request_ctx.
	RequestValue any
	// Value is the trace's own, to keep from one event of the call to the next
	// what it likes: aiohttp's trace_config_ctx.
	Value any
}

// Tracer tells the traces of one call what happens. It is what a session and a
// connector use, and nothing for programs. It is safe for concurrent use.
type Tracer struct {
	exchanges atomic.Int64

	mu     sync.Mutex // held while a trace is told
	over   bool
	traces []*Trace
	calls  []Call // one for each
}

// Begin makes a tracer for a call. Traces that are nil are left out.
func Begin(ctx context.Context, value any, traces ...[]*Trace) *Tracer {
	t := new(Tracer)
	for _, list := range traces {
		for _, trace := range list {
			if trace != nil {
				t.traces = append(t.traces, trace)
			}
		}
	}
	t.calls = make([]Call, len(t.traces))
	for i := range t.calls {
		t.calls[i] = Call{Context: ctx, RequestValue: value}
	}
	return t
}

// Tell calls the functions that are for an event, unless the call is over. It is
// no method, so that an event which nobody wants is not put on the heap.
func Tell[E Event](t *Tracer, e E) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	for i, trace := range t.traces {
		e.tell(trace, &t.calls[i])
	}
}

// End says that the call is over: nothing is told any more when it returns.
func (t *Tracer) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// Wants reports whether has is true for one of the traces.
func (t *Tracer) Wants(has func(*Trace) bool) bool {
	for _, trace := range t.traces {
		if has(trace) {
			return true
		}
	}
	return false
}

// Now gives the moment for an event of the call as a whole.
func (t *Tracer) Now() Moment { return Moment{Time: time.Now()} }

// Exchange begins an exchange of the call.
func (t *Tracer) Exchange() *Exchange {
	return &Exchange{t, int(t.exchanges.Add(1))}
}

// Exchange is one exchange of a call that is traced.
type Exchange struct {
	*Tracer
	number int
}

// Number is that of the exchange in its call, from 1 on.
func (x *Exchange) Number() int { return x.number }

// Now gives the moment for an event of the exchange.
func (x *Exchange) Now() Moment { return x.At(time.Now()) }

// At gives the moment for an event of the exchange that happened at another
// time.
func (x *Exchange) At(t time.Time) Moment { return Moment{t, x.number} }
