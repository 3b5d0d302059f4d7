package connector

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	"github.com/aiohttp-go/aiohttp/trust"
)

// opening is a connection on its way to be opened, which is done in a goroutine
// of its own, unless it is the only one of its host: so the request that has
// begun it may take another connection that comes free before, and leave it to
// those who come after. It has all that it needs of the exchange, which it may
// outlast. Its time-outs are those of the phases; the request's context and total
// time-out end it by way of the pool, as long as the request waits.
type opening struct {
	waiter
	c      *Connector
	addr   string // the call's Host
	limits *Timeouts
	trace  *callTrace
	gate   *gate // of trace; nil when there is none
	life   lifetime

	conn  *conn // nil until it is connected
	begun time.Time
	took  took
}

// took is where the time of an opening went.
type took struct{ dns, connect, tls time.Duration }

// failure is why a connection could not be opened.
type failure struct {
	phase    Phase
	addr     string // of the peer, where one was connected
	err      error
	panicked any // what a function of the user's panicked with, or nil
}

// vanished is what becomes of an opening whose goroutine a function of the user's
// has ended.
var vanished = &failure{phase: PhaseConnect, err: errVanished}

var errVanished = errors.New("goroutine that opens the connection was ended by runtime.Goexit")

// newOpening makes a waiter for the exchange, with what it may have to open.
func (x *exchange) newOpening(fresh bool) *opening {
	o := &opening{c: x.c, addr: x.call.Host, limits: x.limits}
	if x.limits == &x.own {
		limits := x.own // the exchange is reused
		o.limits = &limits
	}
	o.fresh, o.told, o.opener = fresh, make(chan struct{}, 1), o
	ctx := x.ctx
	if x.call.trace != nil {
		o.gate = new(gate)
		o.trace = x.call.trace.behind(o.gate)
		ctx = o.trace.inContext(ctx)
	}
	o.life.Context = ctx
	return o
}

// start begins the opening, by a right that the pool has granted.
func (o *opening) start() {
	if !o.c.running.join() {
		o.c.pool.fail(&o.waiter, nil, &failure{phase: PhasePool, err: ErrClosed})
		return
	}
	go o.runBeside()
}

func (o *opening) runBeside() {
	defer o.c.running.done()
	deepen(0)
	o.run()
}

// deepen makes the stack of a new goroutine as large as it will have to be, while
// there is nothing on it: else it grows twice on the way down into package net, and
// all its frames are copied each time.
//
//go:noinline
func deepen(i int) byte {
	var room [3 << 10]byte
	return room[i]
}

// abort ends it.
func (o *opening) abort(cause error) { o.life.end(cause) }

// run opens the connection and hands it to the pool.
func (o *opening) run() {
	failed := vanished
	defer func() {
		if v := recover(); v != nil {
			failed = &failure{panicked: v}
		}
		o.c.dialer.end(&o.life)
		o.abort(nil)
		if failed != nil {
			o.c.pool.fail(&o.waiter, o.conn, failed)
		} else {
			o.c.pool.deliver(&o.waiter, o.conn)
		}
	}()
	if !o.c.pool.wants(&o.waiter) { // on a busy machine the goroutine may come late
		failed = &failure{phase: PhaseConnect, err: errNotNeeded}
		return
	}
	o.begun = time.Now()
	o.c.dialer.begin(&o.life)
	o.trace.creating()
	failed = o.open()
	o.trace.created(o.conn, failed)
}

// runAlone is run in the goroutine of the request, whose context ends it.
func (o *opening) runAlone(ctx context.Context) {
	returned := false
	defer func() {
		if !returned { // a function of the user's ends the goroutine: of what it has been given, too
			o.c.pool.abandon(&o.waiter)
		}
	}()
	if ctx.Done() != nil {
		defer o.life.follow(ctx)()
	}
	o.run()
	returned = true
}

func (o *opening) open() *failure {
	key := &o.host.key
	cn, failed := o.dial(o.host)
	if failed != nil {
		return failed
	}
	cn.trusted = o.c.local != nil
	cn.wire.lenient = o.c.opts.AllowTruncation
	o.conn = cn
	o.c.pool.opened(cn)
	if key.tls && key.via == nil && o.c.dialer.secure != nil {
		cn.dialedTLS()
	} else if key.tls && !cn.trusted {
		if err := o.secure(key.policy); err != nil {
			if a := cn.wire.aborted.Load(); a != nil {
				err = a.cause
			}
			return &failure{phase: PhaseTLS, addr: cn.addr, err: err}
		}
	}
	return nil
}

// secure puts TLS on the new connection.
func (o *opening) secure(policy *trust.Policy) error {
	name, _, err := splitPort(o.addr)
	if err != nil {
		return err
	}
	cn := o.conn
	o.trace.tlsStart()
	_, err = phase(&o.life, o.limits.TLS, "tls", &o.took.tls, func(ctx context.Context) (struct{}, error) {
		tc, err := policy.Client(ctx, cn.carrier(), name, "http/1.1")
		if err == nil {
			cn.secured(tc)
		}
		return struct{}{}, err
	})
	var state *tls.ConnectionState
	if err == nil {
		state = cn.tls
	}
	o.trace.tlsDone(state, err)
	return err
}

// await gives a connection for which there is none at rest: the one that it opens,
// or another that comes free before.
func (x *exchange) await(h *host, fresh bool, start time.Time) (*conn, error) {
	ctx, cancel := x.bounded()
	defer cancel()
	o := x.newOpening(fresh)
	limit := time.Duration(-1)
	if right := x.right; right != nil {
		x.right = nil
		x.c.pool.use(&o.waiter, right)
	} else {
		queues, err := x.enqueue(o, h)
		if err != nil {
			return nil, x.failed(PhasePool, err, false)
		}
		if queues {
			limit = x.limits.Pool
		}
	}
	var got outcome
	var err error
	if o.alone {
		o.runAlone(ctx)
		<-o.told
		got = o.got
	} else {
		got, err = x.c.pool.wait(ctx, &o.waiter, limit)
	}
	x.now = clock()
	if got.conn != nil && ctx.Err() != nil { // at the same moment: nothing is sent any more
		x.c.pool.put(got.conn)
		got, err = outcome{}, context.Cause(ctx)
	}
	if got.failed != nil && got.failed.panicked != nil {
		panic(got.failed.panicked)
	}
	x.conn, x.held = got.conn, got.conn != nil // which a panicking function must not take with it
	o.gate.shut(o.trace, err)
	x.conn, x.held = nil, false
	switch {
	case err != nil:
		return nil, x.failed(PhasePool, err, false)
	case got.failed != nil:
		return nil, x.unopened(got.failed)
	}
	if t := x.call.Timings; t != nil && got.conn.uses == 0 {
		t.Pool, t.DNS, t.Connect, t.TLS = o.begun.Sub(start), o.took.dns, o.took.connect, o.took.tls
	} else if t != nil {
		t.Pool = time.Since(start)
	}
	return got.conn, nil
}

// unopened makes the error of an opening that has failed.
func (x *exchange) unopened(f *failure) *Error {
	e := x.failed(f.phase, f.err, false)
	e.Addr = f.addr
	return e
}

// enqueue lets o wait for a connection of h, and tells of it when it has to queue.
func (x *exchange) enqueue(o *opening, h *host) (queues bool, err error) {
	if o.gate == nil {
		return x.c.pool.join(x.now, &o.waiter, h)
	}
	told := false
	defer func() {
		if !told { // the function has panicked
			x.c.pool.abandon(&o.waiter)
		}
	}()
	o.gate.mu.Lock() // nothing is told of the opening before
	defer func() {
		o.gate.muted = !told
		o.gate.mu.Unlock()
	}()
	if queues, err = x.c.pool.join(x.now, &o.waiter, h); queues {
		o.trace.queued()
	}
	told = true
	return queues, err
}
