package connector

import (
	"context"
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
}

type poolLimits struct {
	total, perHost int
	idle, age      time.Duration
}

// pool holds the connections at rest and shares out the right to open new ones.
//
// A request that finds neither waits. Waiters are served in the order in which
// they came; one whose host is at its own limit does not hold up those behind
// it that ask for other hosts. When the total limit is reached and other hosts
// have connections at rest, the one that has rested longest gives way.
type pool struct {
	limits poolLimits

	mu      sync.Mutex
	hosts   map[hostKey]*host
	conns   map[*conn]struct{}    // every open connection
	resting list[conn, *conn]     // of those, the idle ones, the longest idle first
	waiting list[waiter, *waiter] // the first come first
	open    int                   // connections open or being opened
	closed  bool
	reaper  *time.Timer   // closes what has rested too long; nil when not set
	drained chan struct{} // closed when open falls to zero, while draining
}

// host is the pool's share of one key.
type host struct {
	key     hostKey
	idle    []*conn // the last one rested least
	open    int
	waiting int
}

// waiter is a request that waits for a connection.
type waiter struct {
	queue links[waiter]
	host  *host
	fresh bool // wants a new connection, not one that rested
	grant chan grant
}

// grant is what a request gets of the pool: a connection, or (conn nil) the
// right to open one for host.
type grant struct {
	host *host
	conn *conn
}

func (w *waiter) links() *links[waiter] { return &w.queue }

func newPool(l poolLimits) *pool {
	return &pool{limits: l, hosts: map[hostKey]*host{}, conns: map[*conn]struct{}{}}
}

// get gives a resting connection for key, or the right to open one. It waits
// until ctx ends or limit (negative: none) has passed. fresh asks for a new
// connection in any case.
func (p *pool) get(ctx context.Context, key hostKey, fresh bool, limit time.Duration) (grant, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return grant{}, ErrClosed
	}
	h := p.hosts[key]
	if h == nil {
		h = &host{key: key}
		p.hosts[key] = h
	}
	var stale []*conn
	if !fresh {
		var c *conn
		if c, stale = p.takeIdle(h); c != nil {
			p.mu.Unlock()
			closeAll(stale)
			return grant{h, c}, nil
		}
	}
	if g, evicted, ok := p.permit(h); ok {
		p.mu.Unlock()
		closeAll(append(stale, evicted))
		return g, nil
	}
	w := &waiter{host: h, fresh: fresh, grant: make(chan grant, 1)}
	p.waiting.pushBack(w)
	h.waiting++
	p.mu.Unlock()
	closeAll(stale)
	return p.wait(ctx, w, limit)
}

// wait blocks until w is served.
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
		p.dequeue(w)
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
func (p *pool) takeIdle(h *host) (c *conn, stale []*conn) {
	for n := len(h.idle); n > 0; n = len(h.idle) {
		c := h.idle[n-1]
		h.idle[n-1] = nil
		h.idle = h.idle[:n-1]
		p.resting.remove(c)
		if p.usable(c) {
			return c, stale
		}
		delete(p.conns, c)
		p.lose(h)
		stale = append(stale, c)
	}
	return nil, stale
}

// usable reports whether a connection is young enough and has not rested too
// long.
func (p *pool) usable(c *conn) bool {
	if p.limits.idle != forever && time.Duration(clock()-c.restedAt) >= p.limits.idle {
		return false
	}
	return p.limits.age == forever || time.Duration(clock()-c.openedAt) < p.limits.age
}

// permit gives the right to open a connection for h, when the limits allow it,
// if need be in the place of the connection that has rested longest. The
// caller holds p.mu.
func (p *pool) permit(h *host) (g grant, evicted *conn, ok bool) {
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
	p.open++
	return grant{host: h}, evicted, true
}

// evict takes a resting connection out of the pool. The caller holds p.mu and
// closes the connection.
func (p *pool) evict(c *conn) {
	h := c.host
	for i, other := range h.idle {
		if other == c {
			h.idle = append(h.idle[:i], h.idle[i+1:]...)
			break
		}
	}
	p.resting.remove(c)
	delete(p.conns, c)
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
	p.forget(h)
}

// forget drops h when nothing is left of it. The caller holds p.mu.
func (p *pool) forget(h *host) {
	if h.open == 0 && h.waiting == 0 && p.hosts[h.key] == h {
		delete(p.hosts, h.key)
	}
}

// opened records a connection that was opened by a granted right.
func (p *pool) opened(c *conn) {
	p.mu.Lock()
	p.conns[c] = struct{}{}
	closed := p.closed && p.drained == nil
	p.mu.Unlock()
	if closed {
		c.wire.abort(&abort{ErrClosed})
	}
}

// giveUp takes back a right to open a connection that was not used.
func (p *pool) giveUp(h *host) {
	p.mu.Lock()
	p.lose(h)
	evicted := p.serve()
	p.mu.Unlock()
	closeAll(evicted)
}

// put takes back a connection in a state to be used again.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	if p.closed || p.limits.age != forever && time.Duration(clock()-c.openedAt) >= p.limits.age {
		p.mu.Unlock()
		p.discard(c)
		return
	}
	h := c.host
	c.restedAt = clock()
	if h.waiting > 0 {
		if w := p.firstWaiter(h); w != nil {
			p.dequeue(w)
			w.grant <- grant{h, c}
			p.mu.Unlock()
			return
		}
	}
	p.resting.pushBack(c)
	h.idle = append(h.idle, c)
	p.wakeReaper()
	var evicted []*conn
	if p.waiting.len > 0 {
		evicted = p.serve()
	}
	p.mu.Unlock()
	closeAll(evicted)
}

// firstWaiter gives the first request that waits for h and takes a used
// connection. The caller holds p.mu.
func (p *pool) firstWaiter(h *host) *waiter {
	for w := p.waiting.front(); w != nil; w = w.queue.next {
		if w.host == h && !w.fresh {
			return w
		}
	}
	return nil
}

func (p *pool) dequeue(w *waiter) {
	p.waiting.remove(w)
	w.host.waiting--
}

// discard closes a connection that was in use and serves who waits.
func (p *pool) discard(c *conn) {
	p.mu.Lock()
	delete(p.conns, c)
	p.lose(c.host)
	evicted := p.serve()
	p.mu.Unlock()
	c.close()
	closeAll(evicted)
}

// serve grants rights to waiters, the first come first, as far as the limits
// allow. The caller holds p.mu and closes the connections that gave way.
func (p *pool) serve() (evicted []*conn) {
	if p.closed {
		return nil
	}
	for w := p.waiting.front(); w != nil; {
		next := w.queue.next
		if p.open >= p.limits.total && p.resting.front() == nil {
			return evicted
		}
		if g, gone, ok := p.permit(w.host); ok {
			p.dequeue(w)
			w.grant <- g
			if gone != nil {
				evicted = append(evicted, gone)
			}
		}
		w = next
	}
	return evicted
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		if c != nil {
			c.close()
		}
	}
}

func (p *pool) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{Open: p.open, Idle: p.resting.len, Waiting: p.waiting.len, Hosts: len(p.hosts)}
}
