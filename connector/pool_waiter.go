package connector

import (
	"context"
	"time"
)

// waiter is a request that waits for a connection, and the opening of one by a
// right of its own. It is the pool's until it is told what has become of the
// request; the opening may go on after that.
type waiter struct {
	queue  links[waiter] // in one of host.waiting, host.openers, pool.spares
	turn   uint64        // its place in the order in which all came
	host   *host
	fresh  bool // wants a new connection, not one that rested
	stage  stage
	got    outcome
	told   chan struct{} // says that got stands; closed when the pool closes
	alone  bool          // opens the only connection of the host, in its own goroutine
	opener opener
	since  int64 // by clock: when it got the right to open

	heir     *waiter       // for whom its opening goes on
	adopted  *waiter       // whose opening it waits for
	patience time.Duration // how long, before it begins its own; 0 where it has adopted none
}

// opener opens the connection of a waiter.
type opener interface {
	// start begins the opening in a goroutine of its own; it is called once at most.
	start()
	// abort ends it, whether it was begun or not, and may be called at any time.
	abort(cause error)
}

// stage is how far a waiter has come.
type stage uint8

const (
	queues  stage = iota // for a connection or the right to open one
	opens                // has the right, and its request waits
	adopts               // waits for an opening that another has left
	spare                // the opening goes on without the request
	adopted              // it goes on for another
	settled              // both are over
)

// outcome is what a request gets: a connection, or why its opening has failed.
type outcome struct {
	conn   *conn
	failed *failure
}

func (w *waiter) links() *links[waiter] { return &w.queue }

// wait blocks until w is served, ctx ends, or it has been in the queue for longer
// than limit (negative: none). Where w is opening a connection its end is waited
// for, too, so that the outcome tells what ctx has ended.
func (p *pool) wait(ctx context.Context, w *waiter, limit time.Duration) (outcome, error) {
	var expired <-chan time.Time
	if w.patience > 0 {
		limit = w.patience
	}
	if limit >= 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		expired = t.C
	}
	done := ctx.Done()
	var end error
	for {
		select {
		case _, ok := <-w.told:
			got := w.got
			switch {
			case !ok:
				return outcome{}, ErrClosed
			case end != nil && got.conn != nil: // at the same moment: hand it on
				p.put(got.conn)
				return outcome{}, end
			}
			return got, nil
		case <-done:
			end, done, expired = context.Cause(ctx), nil, nil
			if p.leave(w, end) {
				return outcome{}, end
			}
		case <-expired:
			expired = nil
			if p.overdue(w) {
				return outcome{}, &limitError{name: "pool", limit: limit}
			}
		}
	}
}

// leave is called when a request waits no longer, for a reason. It reports whether
// w was in the queue; else its outcome is there, or comes when its opening, which
// is made to end, has ended.
func (p *pool) leave(w *waiter, cause error) bool {
	var t turn
	p.mu.Lock()
	stage := w.stage
	switch {
	case stage == queues:
		p.quit(w, &t)
	case stage == adopts:
		p.dequeue(w)
		p.disown(w, &t)
		w.stage = settled
		p.giveWay(&t)
	case stage == opens && w.queue.queued:
		w.host.openers.remove(w) // it is given nothing any more
	}
	p.mu.Unlock()
	t.finish()
	if stage == opens {
		w.opener.abort(cause)
	}
	return stage == queues || stage == adopts
}

// overdue takes w out of the queue, if it is there still. An opening that it has
// adopted has had the time that one of its own would have taken.
func (p *pool) overdue(w *waiter) bool {
	var t turn
	p.mu.Lock()
	queues := w.stage == queues
	switch {
	case queues:
		p.quit(w, &t)
	case w.stage == adopts:
		p.outgrow(w, &t)
	}
	p.mu.Unlock()
	t.finish()
	return queues
}

// quit takes w out of the queue. The caller holds p.mu, and finishes the turn
// without it.
func (p *pool) quit(w *waiter, t *turn) {
	p.waiting.leave(w)
	w.stage = settled
	p.forget(w.host)
	p.giveWay(t)
}

// wants reports whether somebody waits for what w would open, be it another request.
func (p *pool) wants(w *waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return w.stage != spare || w.host.waiting.len+w.host.openers.len > 0
}

// deliver gives the connection that w has opened to its request, or, when that
// waits no more, to who waits next, or lets it rest.
func (p *pool) deliver(w *waiter, c *conn) {
	c.restedAt = clock()
	var t turn
	p.mu.Lock()
	w.host.learn(time.Duration(c.restedAt - w.since))
	heir := w.heir
	waits := w.stage == opens
	p.settle(w, outcome{conn: c})
	if heir != nil {
		p.bequeath(heir, c)
	}
	// At once: who comes in between would end another opening for want of this one.
	rests := !waits && heir == nil && p.rest(c, &t)
	p.mu.Unlock()
	t.finish()
	switch {
	case heir != nil:
		heir.told <- struct{}{}
	case waits:
		w.told <- struct{}{}
	case !rests:
		p.discard(c)
	}
}

// fail tells the request of w, if it waits still, why its opening has failed. c
// is the connection, when that was open already.
func (p *pool) fail(w *waiter, c *conn, why *failure) {
	var t turn
	p.mu.Lock()
	h, heir := w.host, w.heir
	if w.stage == opens {
		t.served = append(t.served, w)
	}
	p.settle(w, outcome{failed: why})
	if c != nil {
		p.busy.remove(c)
		h.opening++
	}
	if heir != nil { // opens one itself now
		p.inherit(heir, &t)
	} else {
		h.opening--
		p.lose(h)
		p.serve(nil, &t)
	}
	p.mu.Unlock()
	if c != nil {
		c.close()
	}
	t.finish()
}

// settle ends an opening, with what its request gets when it waits still. The
// caller holds p.mu, and sends it without.
func (p *pool) settle(w *waiter, got outcome) {
	switch {
	case w.stage == spare:
		p.takeUp(w)
	case w.queue.queued:
		w.host.openers.remove(w)
	}
	if w.stage == opens {
		w.got = got
	}
	w.stage, w.heir = settled, nil
}
