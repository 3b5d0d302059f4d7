package connector

import "time"

// lookoutTick is the beat for what a blind exchange may have overlooked. That is rare,
// and to look for it costs as much as to have looked before: so it is done where
// the answer is long in coming, not where the machine is busy.
const lookoutTick = 100 * time.Millisecond

// lookout wakes the blind exchanges that have overlooked the end of their
// connection: the poller had told of it before, and never tells again. It looks at
// each exchange once, at the second beat that it is there for, and rests when there is
// none that it has not looked at.
type lookout struct {
	timer *time.Timer // nil until the first beat is due
	on    bool
}

// turns are how a lookout tells the exchanges of a connection apart. The pool's mu
// guards them.
type turns struct {
	now    uint32 // the one under way
	met    uint32 // the one at the last beat
	looked uint32 // the one that was looked at
}

// beginLookout lets the lookout know of a connection that is taken into use. The
// caller holds p.mu.
func (p *pool) beginLookout(c *conn) {
	c.turns.now++
	if !p.lookout.on && !p.severed {
		p.lookout.on, p.lookout.timer = true, again(p.lookout.timer, lookoutTick, p.lookOut)
	}
}

// endLookout ends the beats. The caller holds p.mu.
func (p *pool) endLookout() {
	if p.lookout.timer != nil {
		p.lookout.timer.Stop()
	}
}

// lookOut is one beat.
func (p *pool) lookOut() {
	p.mu.Lock()
	p.lookout.on = false
	var late []*conn
	for c := p.busy.front(); c != nil; c = c.rest.next {
		switch t := &c.turns; {
		case t.looked == t.now:
		case t.met != t.now:
			t.met = t.now
			p.lookout.on = true
		default:
			t.looked = t.now
			if c.blind.Load() {
				late = append(late, c)
			}
		}
	}
	if p.lookout.on = p.lookout.on && !p.severed; p.lookout.on {
		p.lookout.timer.Reset(lookoutTick)
	}
	p.mu.Unlock()
	for _, c := range late {
		if c.wire.socket.peekBeside() != silent {
			c.wire.nudge() // also where it is another exchange's by now: that does no harm
		}
	}
}

// sends notes whether the exchange that begins is sent without a look at the
// connection.
func (c *conn) sends(blind bool) {
	c.wire.socket.blind = blind
	if c.blind.Load() != blind { // as a rule it is as it was
		c.blind.Store(blind)
	}
}
