package connector

import (
	"math/rand/v2"
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
	limits poolLimits

	mu      sync.Mutex
	hosts   map[hostKey]*host
	busy    list[conn, *conn] // the connections in use
	resting list[conn, *conn] // the idle ones, the longest idle first
	waiting queue
	spares  list[waiter, *waiter] // the openings that no request waits for
	open    int                   // connections open or being opened
	ids     uint64                // given to connections so far
	closed  bool                  // nothing is given out any more
	severed bool                  // nor may anything go on
	reaper  *time.Timer           // closes what has rested too long; nil when not set
	drained chan struct{}         // closed when open falls to zero, while draining
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
	if h = p.hosts[key]; h != nil {
		c, stale = p.takeIdle(now, h)
	}
	p.mu.Unlock()
	closeAll(stale)
	return c, h, nil
}

// join lets w wait for a connection of h, which the pool may not know yet. It
// reports whether w has to queue: else it has got a connection by now, or the
// right to open one: itself, where it is alone.
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
	if queues = !p.provide(now, w, &t); queues {
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
		p.entitle(w, &t)
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
func (p *pool) permit(h *host) (evicted *conn, ok bool) {
	if h.open == h.opening && h.opening >= p.limits.mayOpen() {
		return nil, false
	}
	if h.open >= p.limits.perHost {
		if len(h.idle) == 0 {
			return nil, false
		}
		evicted = h.idle[0]
	} else if p.open >= p.limits.total {
		if evicted = p.resting.front(); evicted == nil {
			return nil, false
		}
	}
	if evicted != nil {
		p.evict(evicted)
	}
	h.open++
	h.opening++
	p.open++
	return evicted, true
}

// evict takes a connection out of the pool that has rested longest of its host's,
// and costs the same however many there are. The caller holds p.mu and closes the
// connection.
func (p *pool) evict(c *conn) {
	h := c.host
	h.idle[0] = nil
	h.idle = h.idle[1:]
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
		p.serve(nil, &t)
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
	var t turn
	p.mu.Lock()
	h.opening--
	p.lose(h)
	p.serve(nil, &t)
	p.mu.Unlock()
	t.finish()
}

// put takes back a connection in a state to be used again. It gives false when
// the connection was closed instead.
func (p *pool) put(c *conn) bool {
	c.restedAt = clock()
	var t turn
	p.mu.Lock()
	rests := p.rest(c, &t)
	p.mu.Unlock()
	t.finish()
	if !rests {
		p.discard(c)
	}
	return rests
}

// rest lets a connection rest that does so from now on; false means that it is to
// be closed. The caller holds p.mu, and finishes the turn without it.
func (p *pool) rest(c *conn, t *turn) bool {
	if c.uses == 0 {
		// The peer may close it while it rests, so it is like one that was used.
		c.uses, c.early = 1, true
		c.wire.socket.unsure = true // a server may speak first
	}
	if p.closed || !p.usable(c.restedAt, c) {
		return false
	}
	p.busy.remove(c)
	p.resting.pushBack(c)
	c.host.idle = append(c.host.idle, c)
	p.waiting.awaken(c.host)
	p.serve(c.host, t)
	if p.reaper == nil {
		p.wakeReaper()
	}
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
	var t turn
	p.busy.remove(c)
	p.lose(c.host)
	p.serve(nil, &t)
	p.mu.Unlock()
	c.close()
	t.finish()
}

// replace closes a connection that was found dead, and gives what there is in its
// place: another one that rests (unless fresh), or (nil) the right to open one. So
// its holder does not lose its turn to those who wait.
func (p *pool) replace(c *conn, fresh bool) (other *conn, err error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.discard(c)
		return nil, ErrClosed
	}
	p.busy.remove(c)
	var t turn
	if !fresh {
		other, t.gone = p.takeIdle(clock(), c.host)
	}
	if other != nil {
		p.lose(c.host)
	} else {
		c.host.opening++
	}
	p.serve(nil, &t)
	p.mu.Unlock()
	c.close()
	t.finish()
	return other, nil
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
