package connector

import (
	"slices"
	"time"
)

// An opening that its request has left for another connection (a spare) goes on. It
// is adopted by the next request that comes and finds nothing at rest: that waits for
// it as for one of its own, which would be begun later and so come later, as a rule,
// and which is one connection less. An exception would be an opening whose packets are lost:
// so one is not adopted that has taken for as long as its host's openings take by
// now, and in the same time again its heir begins one of its own. An heir has no right
// to open; it gets that of the opening which has failed it.

// sated reports whether h has as many openings that nobody waits for as it may. A
// host which answers, but takes no new connections, could have any number else.
func (l *poolLimits) sated(h *host) bool { return h.spares >= l.mayOpen() }

// adopt lets w, which came now, wait for an opening that another request has left.
// The newest is the most likely to come; the others serve w as well, when they come
// before. The caller holds p.mu.
func (p *pool) adopt(now int64, w *waiter) bool {
	h := w.host
	if w.fresh || len(h.left) == 0 || len(h.idle) > 0 || h.waiting.len > 0 || p.waiting.first() != nil {
		return false // or it would come before who waits
	}
	o := h.left[len(h.left)-1]
	if time.Duration(now-o.since) >= h.takes {
		return false
	}
	p.takeUp(o)
	o.stage, o.heir = adopted, w
	w.stage, w.adopted, w.patience = adopts, o, h.takes
	h.openers.pushBack(w)
	return true
}

// disown gives the opening that w has adopted back. The caller holds p.mu.
func (p *pool) disown(w *waiter, t *turn) {
	o := w.adopted
	w.adopted, o.heir = nil, nil
	p.leaveBehind(o, t)
}

// outgrow lets w open a connection itself, since the opening that it has adopted has
// not come in time: by a right of its own, or in the place of that. The caller holds p.mu.
func (p *pool) outgrow(w *waiter, t *turn) {
	evicted, ok := p.permit(w.host)
	if evicted != nil {
		t.gone = append(t.gone, evicted)
	}
	if !ok {
		t.spare = append(t.spare, w.adopted) // it fails, and w inherits
		return
	}
	p.dequeue(w)
	p.disown(w, t)
	p.entitle(clock(), w, t)
}

// bequeath gives the connection of an opening to its heir, who is told of it without
// p.mu. The caller holds that.
func (p *pool) bequeath(heir *waiter, c *conn) {
	c.lieFallow()
	p.dequeue(heir)
	heir.adopted = nil
	heir.stage, heir.got = settled, outcome{conn: c}
}

// inherit lets the heir of a failed opening open one itself, by the right of that.
// The caller holds p.mu.
func (p *pool) inherit(heir *waiter, t *turn) {
	heir.adopted = nil
	p.dequeue(heir)
	p.entitle(clock(), heir, t)
}

// leaveBehind lets the opening of w go on without its request. The caller holds p.mu.
func (p *pool) leaveBehind(w *waiter, t *turn) {
	h := w.host
	if w.alone || p.limits.sated(h) {
		t.spare = append(t.spare, w)
	} else {
		h.left = append(h.left, w)
	}
	w.stage = spare
	p.spares.pushBack(w)
	h.spares++
}

// takeUp is the opposite of leaveBehind. The caller holds p.mu.
func (p *pool) takeUp(w *waiter) {
	p.spares.remove(w)
	w.host.spares--
	w.unleave()
}

// dismiss ends an opening that no request waits for. The caller holds p.mu.
func (w *waiter) dismiss(t *turn) {
	t.spare = append(t.spare, w)
	w.unleave()
}

// unleave lets the opening of w be adopted no more. The caller holds the pool's mu.
func (w *waiter) unleave() {
	h := w.host
	if i := slices.Index(h.left, w); i >= 0 {
		h.left = slices.Delete(h.left, i, i+1)
	}
}

// learn notes how long an opening has taken. One that took much longer than those
// before may be an exception, and counts for twice as long as them at most.
func (h *host) learn(took time.Duration) {
	if h.takes > 0 {
		took = min(took, 2*h.takes)
	}
	h.takes = took
}
