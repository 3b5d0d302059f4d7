package connector

import "errors"

// turn is what was decided under p.mu: it is done without it, and in this order,
// so that no connection is opened before the one that gave way is closed.
type turn struct {
	gone   []*conn
	served []*waiter // have their outcome
	begin  []*waiter // have a right
	spare  []*waiter // open what nobody will need
}

func (t *turn) finish() {
	closeAll(t.gone)
	for _, w := range t.served {
		w.told <- struct{}{}
	}
	for _, w := range t.begin {
		w.opener.start()
	}
	for _, w := range t.spare {
		w.opener.abort(errNotNeeded)
	}
}

// errNotNeeded ends an opening that no request waits for.
var errNotNeeded = errors.New("connection is not needed any more")

// serve gives to those who wait, the first come first, what rests and what the
// limits allow. free is the host of a connection that has come to rest, or nil.
// The caller holds p.mu, and finishes the turn without it.
func (p *pool) serve(free *host, t *turn) {
	w := p.waiting.first()
	if w == nil && (free == nil || free.openers.len == 0) {
		return
	}
	for now := clock(); ; w = p.waiting.first() {
		if free != nil {
			if o := free.openers.front(); o != nil && (w == nil || o.turn < w.turn) {
				if !p.overtake(now, o, t) {
					free = nil
				}
				continue
			}
		}
		if w == nil {
			return
		}
		h := w.host
		switch {
		case p.provide(now, w, t):
		case p.limits.full(h):
			p.waiting.rest(h) // and lets the others pass
		default:
			p.makeRoom(h, t)
			return
		}
	}
}

// giveWay lets an opening that nobody waits for make room for who is the first to
// wait now. The caller holds p.mu, and finishes the turn without it.
func (p *pool) giveWay(t *turn) {
	if p.spares.len > 0 {
		p.serve(nil, t)
	}
}

// makeRoom ends, for a request to h that the total limit holds up, the opening that
// nobody waits for any more for longest: its place is free when it has ended, and
// then the next one of those who wait has its turn. One to h itself is as good as the
// place. The caller holds p.mu.
func (p *pool) makeRoom(h *host, t *turn) {
	for w := p.spares.front(); w != nil; w = w.queue.next {
		if w.host != h {
			w.dismiss(t)
			return
		}
	}
}

// overtake gives a connection that rests to a request which is opening one. The
// caller holds p.mu.
func (p *pool) overtake(now int64, w *waiter, t *turn) bool {
	if !p.provideIdle(now, w, t) {
		return false
	}
	if w.adopted != nil {
		p.disown(w, t)
	} else {
		p.leaveBehind(w, t)
	}
	return true
}

// provide serves w, who came now or is the first in the queue, if there is
// anything for it. The caller holds p.mu.
func (p *pool) provide(now int64, w *waiter, t *turn) bool {
	if !w.fresh && p.provideIdle(now, w, t) {
		return true
	}
	evicted, ok := p.permit(w.host)
	if evicted != nil {
		t.gone = append(t.gone, evicted)
	}
	if ok {
		p.dequeue(w)
		p.entitle(now, w, t)
	}
	return ok
}

// provideIdle serves w with what rests. The caller holds p.mu.
func (p *pool) provideIdle(now int64, w *waiter, t *turn) bool {
	c, stale := p.takeIdle(now, w.host)
	t.gone = append(t.gone, stale...)
	if c == nil {
		return false
	}
	p.dequeue(w)
	w.stage, w.got = settled, outcome{conn: c}
	t.served = append(t.served, w)
	return true
}

// dequeue takes w out of the list that it waits in, if it is in one. The caller holds p.mu.
func (p *pool) dequeue(w *waiter) {
	switch {
	case !w.queue.queued:
	case w.stage == opens, w.stage == adopts:
		w.host.openers.remove(w)
	default:
		p.waiting.leave(w)
	}
}

// entitle lets w open a connection by a right that is counted already. The caller
// holds p.mu.
func (p *pool) entitle(now int64, w *waiter, t *turn) {
	w.stage, w.since = opens, now
	if !w.fresh {
		at := w.host.openers.tail // who came last is entitled last, as a rule
		for at != nil && at.turn > w.turn {
			at = at.queue.prev
		}
		w.host.openers.insert(w, at)
	}
	t.begin = append(t.begin, w)
}

// leaveAlone lets w, which came now and has the right to open the only connection of
// its host, do so in the goroutine that it came in: nothing else of the host's can
// come free soon, and a goroutine costs more than all else that the pool does for an
// opening. If another connection comes free all the same, the opening is ended for
// it. The caller holds p.mu.
func (p *pool) leaveAlone(w *waiter, t *turn) {
	if w.stage == opens && w.host.open == 1 {
		w.alone, t.begin = true, nil
	}
}
