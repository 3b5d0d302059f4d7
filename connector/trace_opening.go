package connector

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"sync"

	"github.com/aiohttp-go/aiohttp/tracing"
)

// gate is what an opening tells its request's trace through, as long as the request
// waits for it: a request that has got another connection hears no more of it.
type gate struct {
	mu      sync.Mutex // held while a function is called
	muted   bool
	waits   bool // ConnectionQueuedStart was told, and the end was not
	creates bool // the same of ConnectionCreateStart
}

// pass calls f, unless the gate is shut. A nil gate is always open.
func (g *gate) pass(f func()) {
	if g != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.muted {
			return
		}
	}
	f()
}

// shut lets nothing be told any more. It ends what was begun: the request has got
// another connection, or waits in vain for the reason of err.
func (g *gate) shut(t *callTrace, err error) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.muted {
		return
	}
	g.muted = true
	if g.waits {
		t.unqueued(err)
	}
	if g.creates {
		if err == nil {
			err = errOvertaken
		}
		t.createEnd(nil, err)
	}
}

// errOvertaken is what a trace is told of an opening, when another connection has
// come free before.
var errOvertaken = errors.New("another connection came free before this one was open")

// report tells an event of an opening.
func report[E tracing.Event](t *callTrace, e E) {
	t.gate.pass(func() { tracing.Tell(t.own.Tracer, e) })
}

// behind gives the trace for an opening.
func (t *callTrace) behind(g *gate) *callTrace {
	hooks := noHooks
	if t.hooks != noHooks {
		copied := *t.hooks
		hooks = &copied
		guardHook(g, &hooks.DNSStart)
		guardHook(g, &hooks.DNSDone)
		guardHooks(g, &hooks.ConnectStart)
		if done := hooks.ConnectDone; done != nil {
			hooks.ConnectDone = func(network, addr string, err error) { g.pass(func() { done(network, addr, err) }) }
		}
		if start := hooks.TLSHandshakeStart; start != nil {
			hooks.TLSHandshakeStart = func() { g.pass(start) }
		}
		if done := hooks.TLSHandshakeDone; done != nil {
			hooks.TLSHandshakeDone = func(s tls.ConnectionState, err error) { g.pass(func() { done(s, err) }) }
		}
	}
	return &callTrace{hooks: hooks, own: t.own, addr: t.addr, gate: g}
}

func guardHook[A any](g *gate, hook *func(A)) {
	if f := *hook; f != nil {
		*hook = func(a A) { g.pass(func() { f(a) }) }
	}
}

func guardHooks[A, B any](g *gate, hook *func(A, B)) {
	if f := *hook; f != nil {
		*hook = func(a A, b B) { g.pass(func() { f(a, b) }) }
	}
}

// inContext gives the context of an opening: what it calls finds the trace in it,
// and not the request's hooks, which know no gate.
func (t *callTrace) inContext(ctx context.Context) context.Context {
	if t.hooks != noHooks {
		ctx = httptrace.WithClientTrace(unhooked{ctx}, t.hooks)
	}
	return context.WithValue(ctx, dialTraceKey{}, t)
}

// unhooked is a context without its httptrace hooks.
type unhooked struct{ context.Context }

func (c unhooked) Value(key any) any {
	v := c.Context.Value(key)
	if _, ok := v.(*httptrace.ClientTrace); ok {
		return nil
	}
	return v
}

// queued tells that the request has to queue. The caller holds the gate.
func (t *callTrace) queued() {
	if t.traced() {
		t.gate.waits = true
		tracing.Tell(t.own.Tracer, tracing.ConnectionQueuedStart{Moment: t.own.Now(), Host: t.addr})
	}
}

// unqueued tells that this is over. The caller holds the gate.
func (t *callTrace) unqueued(err error) {
	t.gate.waits = false
	tracing.Tell(t.own.Tracer, tracing.ConnectionQueuedEnd{Moment: t.own.Now(), Host: t.addr, Err: err})
}

// creating tells that the opening begins.
func (t *callTrace) creating() {
	if !t.traced() {
		return
	}
	t.gate.pass(func() {
		if t.gate.waits {
			t.unqueued(nil)
		}
		t.gate.creates = true
		tracing.Tell(t.own.Tracer, tracing.ConnectionCreateStart{Moment: t.own.Now(), Host: t.addr})
	})
}

// created tells what has become of it.
func (t *callTrace) created(cn *conn, failed *failure) {
	if !t.traced() {
		return
	}
	t.gate.pass(func() {
		if failed != nil {
			t.createEnd(nil, failed.err)
		} else {
			t.createEnd(cn, nil)
		}
	})
}

// createEnd tells the end of an opening. The caller holds the gate.
func (t *callTrace) createEnd(cn *conn, err error) {
	t.gate.creates = false
	e := tracing.ConnectionCreateEnd{Moment: t.own.Now(), Host: t.addr, Err: err}
	if cn != nil {
		e.ID, e.Addr = cn.id, cn.addr
	}
	tracing.Tell(t.own.Tracer, e)
}

// abandon takes a waiter out of the queue, or gives back what it got.
func (p *pool) abandon(w *waiter) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got, err := p.wait(ctx, w, -1); err == nil && got.conn != nil {
		p.put(got.conn)
	}
}
