package connector

import (
	"context"
	"sync"
	"time"
)

// wakeReaper sets the timer that closes what has rested too long, when it is
// not set. The caller holds p.mu.
func (p *pool) wakeReaper() {
	if p.reaper != nil || p.limits.idle == forever {
		return
	}
	oldest := p.resting.front()
	if oldest == nil {
		return
	}
	wait := p.limits.idle - time.Duration(clock()-oldest.restedAt)
	p.reaper = time.AfterFunc(max(wait, 0), p.reap)
}

// reap closes the connections that have rested too long and sets the timer for
// the next.
func (p *pool) reap() {
	p.mu.Lock()
	p.reaper = nil
	var stale []*conn
	for c := p.resting.front(); c != nil; c = p.resting.front() {
		if time.Duration(clock()-c.restedAt) < p.limits.idle {
			break
		}
		p.evict(c)
		stale = append(stale, c)
	}
	p.wakeReaper()
	p.mu.Unlock()
	closeAll(stale)
}

// closeIdle closes all resting connections, and ends the openings of such that
// nobody waits for.
func (p *pool) closeIdle() {
	p.mu.Lock()
	t := turn{gone: p.takeAllIdle()}
	p.dismissAll(&t)
	p.mu.Unlock()
	t.finish()
}

// dismissAll ends the openings that nobody waits for. The caller holds p.mu, and
// finishes the turn without it.
func (p *pool) dismissAll(t *turn) {
	for w := p.spares.front(); w != nil; w = w.queue.next {
		w.dismiss(t)
	}
}

// takeAllIdle empties the pool's rest. The caller holds p.mu.
func (p *pool) takeAllIdle() (idle []*conn) {
	for c := p.resting.front(); c != nil; c = p.resting.front() {
		p.evict(c)
		idle = append(idle, c)
	}
	if p.reaper != nil {
		p.reaper.Stop()
		p.reaper = nil
	}
	return idle
}

// shut refuses new requests, lets the queue go with ErrClosed, and what rests or is
// opened for nobody. The caller holds p.mu, and finishes the turn without it.
func (p *pool) shut() turn {
	p.closed = true
	for _, h := range p.hosts {
		for w := h.waiting.front(); w != nil; w = h.waiting.front() {
			p.waiting.leave(w)
			w.stage = settled
			close(w.told)
		}
		p.forget(h)
	}
	t := turn{gone: p.takeAllIdle()}
	p.dismissAll(&t)
	return t
}

// close closes everything; requests under way fail with ErrClosed.
func (p *pool) close() {
	p.mu.Lock()
	p.severed = true
	p.endLookout()
	t := p.shut()
	var busy []*conn
	for c := p.busy.front(); c != nil; c = c.rest.next {
		busy = append(busy, c)
	}
	p.mu.Unlock()
	t.finish()
	var slow sync.WaitGroup // those that say farewell, or may take their time
	for _, c := range busy {
		if c.over.Load() == nil && c.wire.socket.raw != nil {
			c.cut(ErrClosed)
		} else {
			slow.Go(func() { c.cut(ErrClosed) })
		}
	}
	slow.Wait()
}

// drain refuses new requests and waits for those under way.
func (p *pool) drain(ctx context.Context) error {
	p.mu.Lock()
	t := p.shut()
	if p.open > 0 && p.drained == nil {
		p.drained = make(chan struct{})
	}
	done := p.drained
	p.mu.Unlock()
	t.finish()
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
