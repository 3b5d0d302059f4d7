package connector

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
	c.lieFallow()
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

// lieFallow notes that c is not, or not at once, used by who has opened it.
func (c *conn) lieFallow() {
	if c.uses == 0 {
		// The peer may close it while it rests, so it is like one that was used.
		c.uses, c.early = 1, true
		c.wire.socket.unsure = true // a server may speak first
	}
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
