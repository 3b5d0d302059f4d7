package connector

import (
	"context"
	"net"
	"net/netip"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// The names below show tests in package connector_test what is not exported.

var (
	Race       = race
	Interleave = interleave
)

// DNSCacheSize is how many names the cache keeps.
const DNSCacheSize = dnsCacheSize

// DNSCacheLen gives the number of names in the cache of c.
func DNSCacheLen(c *Connector) int {
	c.dialer.cache.mu.Lock()
	defer c.dialer.cache.mu.Unlock()
	return len(c.dialer.cache.entries)
}

// LookupDNS asks the cache of c.
func LookupDNS(ctx context.Context, c *Connector, host string) ([]netip.Addr, error) {
	return c.dialer.cache.lookup(ctx, host, nil)
}

// Timing of what has no option.
const (
	DrainTime    = drainTime
	DrainWait    = drainWait
	MostDrains   = mostDrains
	ContinueWait = continueWait
	LastWords    = lastWords
	Glance       = glance
	ProbeTime    = time.Duration(probeTime)
	Tick         = tick
	ProxyWords   = proxyWords
)

// DrainFor sets how long a connector waits for the rests of bodies.
func DrainFor(c *Connector, d time.Duration) { c.pool.drainer.time = d }

// RestedFor sets how long a connection may have rested for a blind request.
func RestedFor(c *Connector, d time.Duration) { c.rested = int64(d) }

// Watched is a connection whose requests' contexts are watched, and ended by hand.
type Watched struct{ c *conn }

// NewWatched wraps nc.
func NewWatched(nc net.Conn) Watched { return Watched{newConn(&host{}, nc)} }

// Begin begins a request whose context is watched. stop tells whether the end of the
// watch comes before that of the context.
func (w Watched) Begin(ctx context.Context, stop func() bool) {
	w.c.watched = true
	w.c.watch.mu.Lock()
	w.c.watch.ctx, w.c.watch.stop = ctx, stop
	w.c.watch.mu.Unlock()
}

// ContextEnded is the callback of a context.
func (w Watched) ContextEnded() { w.c.cancel() }

// End ends the request, and tells whether it was not cut.
func (w Watched) End() bool { return w.c.unwatch() }

// Free ends the request, whose answer is whole, and tells whether another can follow.
func (w Watched) Free() bool { return w.c.free() }

// Aborted reports whether the connection was made unusable.
func (w Watched) Aborted() bool { return w.c.wire.aborted.Load() != nil }

// Revive makes it usable again.
func (w Watched) Revive() bool { return w.c.wire.revive() }

// Cut closes it for good.
func (w Watched) Cut(cause error) { w.c.cut(cause) }

// Read reads from it.
func (w Watched) Read(p []byte) (int, error) { return w.c.wire.Read(p) }

// SpinTries gives in how many exchanges the answer is looked out for.
func SpinTries(exchanges int, alone, found bool) (tries int) {
	var s spinner
	for range exchanges {
		if s.reads(alone) > 0 {
			tries++
			s.learn(found)
		}
	}
	return tries
}

// Pool is a connector's pool by itself. The test opens the connections.
type Pool struct{ p *pool }

// NewPool makes a pool with these limits.
func NewPool(total, perHost int, idle, age time.Duration) Pool {
	return Pool{newPool(poolLimits{total: total, perHost: perHost, idle: idle, age: age})}
}

// Get asks for a connection to host, which begin is called to open, when that is
// to be done.
func (p Pool) Get(ctx context.Context, to string, fresh bool, limit time.Duration, begin func(*Opening)) (*Lease, error) {
	h := &host{pool: p.p, key: hostKey{host: to}}
	if !fresh {
		c, known, err := p.p.take(clock(), h.key)
		if c != nil || err != nil {
			return p.lease(outcome{conn: c}, err)
		}
		if known != nil {
			h = known
		}
	}
	w := p.waiter(fresh, begin)
	if _, err := p.p.join(clock(), w, h); err != nil {
		return nil, err
	}
	return p.wait(ctx, w, limit)
}

func (p Pool) wait(ctx context.Context, w *waiter, limit time.Duration) (*Lease, error) {
	if w.alone {
		w.opener.start()
	}
	return p.lease(p.p.wait(ctx, w, limit))
}

func (p Pool) waiter(fresh bool, begin func(*Opening)) *waiter {
	w := &waiter{fresh: fresh, told: make(chan struct{}, 1)}
	w.opener = &Opening{p: p.p, w: w, begin: begin, Aborted: make(chan struct{})}
	return w
}

func (p Pool) lease(got outcome, err error) (*Lease, error) {
	switch {
	case err != nil:
		return nil, err
	case got.failed != nil:
		return nil, got.failed.err
	}
	return &Lease{p, got.conn}, nil
}

func (p Pool) CloseIdle()                      { p.p.closeIdle() }
func (p Pool) Close()                          { p.p.close() }
func (p Pool) Drain(ctx context.Context) error { return p.p.drain(ctx) }
func (p Pool) Stats() Stats                    { return p.p.stats() }

// Opening is a connection that is to be opened.
type Opening struct {
	Aborted chan struct{} // closed when it is not needed any more
	once    sync.Once
	p       *pool
	w       *waiter
	begin   func(*Opening)
}

func (o *Opening) start()      { o.begin(o) }
func (o *Opening) abort(error) { o.once.Do(func() { close(o.Aborted) }) }

// Wanted reports whether a request waits for it.
func (o *Opening) Wanted() bool { return o.p.wants(o.w) }

// Open ends it well.
func (o *Opening) Open(nc net.Conn) {
	c := newConn(o.w.host, nc)
	o.p.opened(c)
	o.p.deliver(o.w, c)
}

// Fail ends it with an error, before it was connected or after.
func (o *Opening) Fail(nc net.Conn, err error) {
	var c *conn
	if nc != nil {
		c = newConn(o.w.host, nc)
		o.p.opened(c)
	}
	o.p.fail(o.w, c, &failure{err: err})
}

// Lease is a connection of a pool's.
type Lease struct {
	p Pool
	c *conn
}

// Conn gives the connection.
func (l *Lease) Conn() net.Conn { return l.c.wire.Conn }

func (l *Lease) Put()     { l.p.p.put(l.c) }
func (l *Lease) Discard() { l.p.p.discard(l.c) }

// Replace gives another connection for one that was found dead.
func (l *Lease) Replace(ctx context.Context, fresh bool, begin func(*Opening)) (*Lease, error) {
	h := l.c.host
	c, err := l.p.p.replace(l.c, fresh)
	if c != nil || err != nil {
		return l.p.lease(outcome{conn: c}, err)
	}
	w := l.p.waiter(fresh, begin)
	l.p.p.use(w, h)
	return l.p.wait(ctx, w, -1)
}

// A connection at rest fits into 704 octets: the next size class has 768.
var _ [704 - unsafe.Sizeof(conn{})]byte

// What RoundTrip gives fits into 512 octets, the largest size that the allocator
// gives without a header of its own.
var _ [512 - unsafe.Sizeof(responseBox{})]byte

// Leftovers names what a used Call of RoundTrip still holds that another request
// could see. It takes the call out of use.
func Leftovers() (names []string) {
	call := &prepared.Get().(*preparation).call
	x := &call.run
	x.joint, x.own = nil, Timeouts{} // memory, and what says nothing
	released := x.head
	if released.Release(); reflect.DeepEqual(released, x.head) {
		x.head = http1.ResponseHead{} // what is left says nothing
	}
	for _, v := range []reflect.Value{reflect.ValueOf(call).Elem(), reflect.ValueOf(x).Elem()} {
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "run" && !v.Field(i).IsZero() {
				names = append(names, v.Type().Name()+"."+name)
			}
		}
	}
	return names
}
