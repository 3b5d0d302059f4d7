package connector

import "math/rand/v2"

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
		p.last = nil
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
	p.occupy(c)
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
