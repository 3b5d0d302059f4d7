package connector

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/trust"
)

// hostKey tells apart what connections may serve: never is one made for one
// key used for another. Policies are compared by identity, so that a
// connection verified under one is unknown to all others.
type hostKey struct {
	tls    bool
	host   string // "name:port", lower case
	policy *trust.Policy
	via    *route // nil is the direct way
}

type poolLimits struct {
	total, perHost int
	idle, age      time.Duration
}

// pool holds the connections at rest and shares out the right to open new ones.
//
// A request that finds neither waits. Waiters are served strictly in the order
// in which they came, even where that costs a connection: what the first one
// needs may have to be opened in the place of what a later one could use. Only
// a waiter whose host is at its own limit does not hold up those behind it that
// ask for other hosts. When the total limit is reached and other hosts have
// connections at rest, the one that has rested longest gives way. A request whose
// connection was dead, or died under it, does not wait again for the next one.
type pool struct {
	limits poolLimits

	mu      sync.Mutex
	hosts   map[hostKey]*host
	busy    list[conn, *conn] // the connections in use
	resting list[conn, *conn] // the idle ones, the longest idle first
	waiting queue
	open    int           // connections open or being opened
	ids     uint64        // given to connections so far
	closed  bool          // nothing is given out any more
	severed bool          // nor may anything go on
	reaper  *time.Timer   // closes what has rested too long; nil when not set
	drained chan struct{} // closed when open falls to zero, while draining
}

// host is the pool's share of one key.
type host struct {
	pool    *pool
	key     hostKey
	idle    []*conn // the last one rested least
	open    int
	opening int                   // of those open, the ones that are still being opened
	memos   sync.Pool             // of *http1.Memo: what the host's heads look like
	waiting list[waiter, *waiter] // the first come first
	place   int                   // in the heap of the pool's queue, from 1; 0 is none
}

// mayOpen is how many connections may be being opened at one time to a host to
// which none is open. One that is down, or hangs, must not take the places of
// all others with it (golang/go#76784); as soon as it has taken a connection,
// only the limits proper hold.
func (l *poolLimits) mayOpen() int { return min(max(l.total/4, 8), 64) }

// full reports whether h is at a limit of its own.
func (l *poolLimits) full(h *host) bool {
	return h.open >= l.perHost || h.open == h.opening && h.opening >= l.mayOpen()
}

// waiter is a request that waits for a connection.
type waiter struct {
	queue links[waiter]
	turn  uint64 // its place in the order in which all came
	host  *host
	fresh bool // wants a new connection, not one that rested
	got   grant
	grant chan grant // gives got; closed when the pool closes
}

// grant is what a request gets of the pool: a connection, or (conn nil) the
// right to open one for host.
type grant struct {
	host *host
	conn *conn
}

func (w *waiter) links() *links[waiter] { return &w.queue }

func newPool(l poolLimits) *pool {
	return &pool{limits: l, hosts: map[hostKey]*host{}}
}

// ask gives a resting connection for key, or the right to open one; fresh asks
// for the latter in any case. Where neither can be had it gives a waiter, whose
// turn is to be waited for.
func (p *pool) ask(now int64, key hostKey, fresh bool) (grant, *waiter, error) {
	var (
		unknown *host   // made when it turns out that it is needed, and not
		w       *waiter // while others wait for the lock
	)
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return grant{}, nil, ErrClosed
		}
		h := p.hosts[key]
		if h == nil && unknown == nil {
			p.mu.Unlock()
			unknown = &host{pool: p, key: key}
			continue
		}
		if h == nil {
			h = unknown
		}
		g, gone, ok := p.provide(now, h, fresh)
		if !ok && w != nil {
			w.host = h
			p.waiting.join(w)
		}
		if h == unknown || len(gone) > 0 {
			p.keep(h) // it may have been forgotten with its last connection
		}
		p.mu.Unlock()
		closeAll(gone)
		switch {
		case ok:
			return g, nil, nil
		case w != nil:
			return grant{}, w, nil
		}
		w = &waiter{fresh: fresh, grant: make(chan grant, 1)}
	}
}

// keep remembers h as long as there is anything of it. The caller holds p.mu.
func (p *pool) keep(h *host) {
	if h.open > 0 || h.waiting.len > 0 {
		p.hosts[h.key] = h
	}
}

// wait blocks until w is served, ctx ends, or limit (negative: none) has passed.
func (p *pool) wait(ctx context.Context, w *waiter, limit time.Duration) (grant, error) {
	var expired <-chan time.Time
	if limit >= 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		expired = t.C
	}
	var err error
	select {
	case g, ok := <-w.grant:
		if !ok {
			return grant{}, ErrClosed
		}
		return g, nil
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-expired:
		err = &limitError{name: "pool", limit: limit}
	}
	p.mu.Lock()
	queued := w.queue.queued
	if queued {
		p.waiting.leave(w)
		p.forget(w.host)
	}
	p.mu.Unlock()
	if !queued { // it was served at the same moment: hand on what it got
		if g, ok := <-w.grant; ok {
			if g.conn != nil {
				p.put(g.conn)
			} else {
				p.giveUp(g.host)
			}
		}
	}
	return grant{}, err
}

// takeIdle gives the connection of h that rested least and is still young
// enough, and those that were found too old. The caller holds p.mu.
func (p *pool) takeIdle(now int64, h *host) (c *conn, stale []*conn) {
	for n := len(h.idle); n > 0; n = len(h.idle) {
		c := h.idle[n-1]
		h.idle[n-1] = nil
		h.idle = h.idle[:n-1]
		p.resting.remove(c)
		if p.usable(now, c) {
			p.busy.pushBack(c)
			return c, stale
		}
		p.lose(h)
		stale = append(stale, c)
	}
	return nil, stale
}

// usable reports whether a connection is young enough and has not rested too
// long.
func (p *pool) usable(now int64, c *conn) bool {
	return now < c.expires && (p.limits.idle == forever || time.Duration(now-c.restedAt) < p.limits.idle)
}

// permit gives the right to open a connection for h, when the limits allow it,
// if need be in the place of the connection that has rested longest. The
// caller holds p.mu.
func (p *pool) permit(h *host) (g grant, evicted *conn, ok bool) {
	if h.open == h.opening && h.opening >= p.limits.mayOpen() {
		return grant{}, nil, false
	}
	if h.open >= p.limits.perHost {
		if len(h.idle) == 0 {
			return grant{}, nil, false
		}
		evicted = h.idle[0]
	} else if p.open >= p.limits.total {
		if evicted = p.resting.front(); evicted == nil {
			return grant{}, nil, false
		}
	}
	if evicted != nil {
		p.evict(evicted)
	}
	h.open++
	h.opening++
	p.open++
	return grant{host: h}, evicted, true
}

// evict takes a resting connection out of the pool. The caller holds p.mu and
// closes the connection.
func (p *pool) evict(c *conn) {
	h := c.host
	if i := slices.Index(h.idle, c); i >= 0 {
		h.idle = slices.Delete(h.idle, i, i+1)
	}
	p.resting.remove(c)
	p.lose(h)
}

// lose counts a connection of h out. The caller holds p.mu.
func (p *pool) lose(h *host) {
	h.open--
	p.open--
	if p.drained != nil && p.open == 0 {
		close(p.drained)
		p.drained = nil
	}
	p.waiting.awaken(h)
	p.forget(h)
}

// forget drops h when nothing is left of it. The caller holds p.mu.
func (p *pool) forget(h *host) {
	if h.open == 0 && h.waiting.len == 0 && p.hosts[h.key] == h {
		delete(p.hosts, h.key)
	}
}

// opened records a connection that was opened by a granted right.
func (p *pool) opened(c *conn) {
	c.expires = int64(forever)
	if p.limits.age != forever {
		// Up to a tenth less, so that connections opened together do not all
		// have to be opened anew together.
		c.expires = clock() + int64(p.limits.age) - rand.Int64N(int64(p.limits.age)/10+1)
	}
	p.mu.Lock()
	p.busy.pushBack(c)
	p.ids++
	c.id = p.ids
	h := c.host
	h.opening--
	var t turn
	if h.waiting.len > 0 && h.open-h.opening == 1 { // the host is alive
		p.waiting.awaken(h)
		t = p.serve()
	}
	severed := p.severed
	p.mu.Unlock()
	t.finish()
	if severed {
		c.cut(ErrClosed)
	}
}

// giveUp takes back a right to open a connection that was not used.
func (p *pool) giveUp(h *host) {
	p.mu.Lock()
	h.opening--
	p.lose(h)
	t := p.serve()
	p.mu.Unlock()
	t.finish()
}

// put takes back a connection in a state to be used again. It gives false when
// the connection was closed instead.
func (p *pool) put(c *conn) bool {
	c.restedAt = clock()
	p.mu.Lock()
	if p.closed || !p.usable(c.restedAt, c) {
		p.mu.Unlock()
		p.discard(c)
		return false
	}
	p.busy.remove(c)
	p.resting.pushBack(c)
	c.host.idle = append(c.host.idle, c)
	p.waiting.awaken(c.host)
	t := p.serve()
	if p.reaper == nil {
		p.wakeReaper()
	}
	p.mu.Unlock()
	t.finish()
	return true
}

// discard closes a connection that was in use and serves who waits. It does
// nothing the second time.
func (p *pool) discard(c *conn) {
	p.mu.Lock()
	if !c.rest.queued {
		p.mu.Unlock()
		return
	}
	p.busy.remove(c)
	p.lose(c.host)
	t := p.serve()
	p.mu.Unlock()
	c.close()
	t.finish()
}

// replace closes a connection that was found dead, and gives what there is in its
// place: another one that rests (unless fresh), or the right to open one. So its
// holder does not lose its turn to those who wait.
func (p *pool) replace(c *conn, fresh bool) (grant, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.discard(c)
		return grant{}, ErrClosed
	}
	p.busy.remove(c)
	g := grant{host: c.host}
	var gone []*conn
	if !fresh {
		g.conn, gone = p.takeIdle(clock(), c.host)
	}
	if g.conn != nil {
		p.lose(c.host)
	} else {
		c.host.opening++
	}
	t := p.serve()
	p.mu.Unlock()
	c.close()
	closeAll(gone)
	t.finish()
	return g, nil
}

// turn is what serve has decided: it is done without p.mu, and in this order,
// so that no connection is opened before the one that gave way is closed.
type turn struct {
	gone   []*conn
	served []*waiter
}

func (t turn) finish() {
	closeAll(t.gone)
	for _, w := range t.served {
		w.grant <- w.got
	}
}

// serve gives to waiters, the first come first, what rests and what the limits
// allow. The caller holds p.mu, and finishes the turn without it.
func (p *pool) serve() (t turn) {
	w := p.waiting.first()
	if w == nil {
		return t
	}
	for now := clock(); w != nil; w = p.waiting.first() {
		g, gone, ok := p.provide(now, w.host, w.fresh)
		t.gone = append(t.gone, gone...)
		switch {
		case ok:
			p.waiting.leave(w)
			w.got = g
			t.served = append(t.served, w)
		case p.limits.full(w.host):
			p.waiting.rest(w.host) // and lets the others pass
		default:
			return t
		}
	}
	return t
}

// provide finds what a request for h can be given. The caller holds p.mu and
// closes the connections that gave way.
func (p *pool) provide(now int64, h *host, fresh bool) (g grant, gone []*conn, ok bool) {
	if !fresh {
		var c *conn
		if c, gone = p.takeIdle(now, h); c != nil {
			return grant{h, c}, gone, true
		}
	}
	g, evicted, ok := p.permit(h)
	if evicted != nil {
		gone = append(gone, evicted)
	}
	return g, gone, ok
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		c.close()
	}
}

func (p *pool) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{Open: p.open, Idle: p.resting.len, Waiting: p.waiting.len, Hosts: len(p.hosts)}
}
