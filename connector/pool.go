package connector

import (
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
// connections at rest, the one that has rested longest gives way; if none rests, an
// opening to another host that no request waits for any more. A request whose
// connection was dead, or died under it, does not wait again for the next one.
//
// A request that has got the right to open a connection waits as well: for that
// one, or for another of its host that comes free before, in its turn. In the
// latter case the opening goes on, unless it was begun as the only one of its
// host, and what it brings is for who waits next, or rests. Its own is nobody
// else's as long as it waits: so the limits, the errors and the traces of an
// opening are those of the request that has begun it.
type pool struct {
	limits  poolLimits
	drainer drainer

	mu      sync.Mutex
	hosts   map[hostKey]*host
	last    *host             // of hosts, the one that was asked for last; may be nil
	busy    list[conn, *conn] // the connections in use
	resting list[conn, *conn] // the idle ones, the longest idle first
	waiting queue
	spares  list[waiter, *waiter] // the openings that no request waits for
	open    int                   // connections open or being opened
	ids     uint64                // given to connections so far
	closed  bool                  // nothing is given out any more
	severed bool                  // nor may anything go on
	lookout lookout
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
	openers list[waiter, *waiter] // those with an opening, who would take another; the same
	spares  int                   // openings that no request waits for
	left    []*waiter             // those of them that may be adopted, the last one left last
	takes   time.Duration         // how long an opening takes, as far as is known; else 0
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

func newPool(l poolLimits) *pool {
	return &pool{limits: l, hosts: map[hostKey]*host{}}
}

// take gives a connection that rests. Where there is none it gives the host, for
// join: nil when the pool does not know it.
func (p *pool) take(now int64, key hostKey) (c *conn, h *host, err error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	var stale []*conn
	if h = p.find(key); h != nil {
		c, stale = p.takeIdle(now, h)
	}
	p.mu.Unlock()
	closeAll(stale)
	return c, h, nil
}

// find gives the host of a key; nil when the pool does not know it. The caller holds
// p.mu.
func (p *pool) find(key hostKey) *host {
	if h := p.last; h != nil && h.key == key {
		return h
	}
	h := p.hosts[key]
	p.last = h
	return h
}

// join lets w wait for a connection of h, which the pool may not know yet. It
// reports whether w has to queue, or to wait for another's opening: else it has got
// a connection by now, or the right to open one: itself, where it is alone.
func (p *pool) join(now int64, w *waiter, h *host) (queues bool, err error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return false, ErrClosed
	}
	if known := p.hosts[h.key]; known != nil {
		h = known
	}
	w.host = h
	p.waiting.number(w)
	var t turn
	if queues = p.adopt(now, w); !queues && !p.provide(now, w, &t) {
		queues = true
		p.waiting.join(w)
		p.giveWay(&t)
	}
	p.leaveAlone(w, &t)
	p.keep(h) // it may have been forgotten with its last connection
	p.mu.Unlock()
	t.finish()
	return queues, nil
}

// use lets w wait for the connection that it opens by a right which its request
// holds: it has had its turn, and comes before all who wait.
func (p *pool) use(w *waiter, h *host) {
	var t turn
	p.mu.Lock()
	w.host = h
	if w.fresh || !p.provideIdle(clock(), w, &t) {
		p.entitle(clock(), w, &t)
		p.leaveAlone(w, &t)
	} else { // it has come to rest meanwhile
		h.opening--
		p.lose(h)
		p.serve(nil, &t)
	}
	p.mu.Unlock()
	t.finish()
}

// keep remembers h as long as there is anything of it. The caller holds p.mu.
func (p *pool) keep(h *host) {
	if h.open > 0 || h.waiting.len > 0 {
		p.hosts[h.key] = h
	}
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
			p.occupy(c)
			return c, stale
		}
		p.lose(h)
		stale = append(stale, c)
	}
	return nil, stale
}

// occupy notes that a connection is in use from now on. The caller holds p.mu.
func (p *pool) occupy(c *conn) {
	p.busy.pushBack(c)
	c.wire.socket.alone = p.busy.len == 1
	p.beginLookout(c)
}

// usable reports whether a connection is young enough and has not rested too
// long.
func (p *pool) usable(now int64, c *conn) bool {
	return now < c.expires && (p.limits.idle == forever || time.Duration(now-c.restedAt) < p.limits.idle)
}
