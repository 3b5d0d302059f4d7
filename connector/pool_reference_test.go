package connector_test

import (
	"fmt"
	"slices"

	"github.com/aiohttp-go/aiohttp/connector"
)

// verdict is what has come of a request for a connection.
type verdict uint8

const (
	waits    verdict = iota // in the queue, or for what it opens
	granted                 // a connection
	refused                 // the pool is closed
	canceled                // by its context
	expired                 // it was in the queue too long
	failed                  // its opening
	over                    // what was granted has been given back
)

var verdictNames = [...]string{"waits", "granted", "refused", "canceled", "expired", "failed", "over"}

// outcome is a verdict and, where it is granted, the number of the connection.
type outcome struct {
	verdict verdict
	conn    int
}

func (o outcome) String() string {
	if o.verdict != granted {
		return verdictNames[o.verdict]
	}
	return fmt.Sprint("conn ", o.conn)
}

const modelHosts = 3

// modelPool says in the plainest way what a pool must do. Time is counted in
// ticks.
type modelPool struct {
	limits  modelLimits
	now     int
	open    [modelHosts]int // connections and rights to open one
	conns   []modelConn
	rest    []int         // numbers of connections, the longest at rest first
	waiting []modelWaiter // in the queue
	openers []modelWaiter // those that would take another than the one they open
	turns   int
	lefts   int
	dials   []modelDial // of each request, there or not
	got     []outcome   // of each request
	drains  []outcome   // of each Drain: waits, granted when all has ended, or canceled
	closed  bool        // gives nothing out
	severed bool        // lets nothing go on
}

type modelLimits struct{ total, perHost, idle, age int }

type modelConn struct {
	host           int
	opened, rested int // when
	busy, closed   bool
	cuts           int // how often the pool was closed while it was in use
}

// modelDial is the opening of a connection.
type modelDial struct {
	host     int
	on       bool // under way
	wanted   bool // its request waits for it
	canceled bool // the request's context has ended
	alone    bool // it was begun as the only one of its host: it ends for another
	aborted  bool // the pool has no use for it
	left     int  // when its request has taken another, by lefts
}

type modelWaiter struct {
	req, host int
	turn      int // its place in the order in which all came
	fresh     bool
	until     int // when it has waited too long; 0 is never
}

func (m *modelPool) clone() *modelPool {
	c := *m
	c.conns, c.rest, c.waiting = slices.Clone(m.conns), slices.Clone(m.rest), slices.Clone(m.waiting)
	c.openers, c.dials = slices.Clone(m.openers), slices.Clone(m.dials)
	c.got, c.drains = slices.Clone(m.got), slices.Clone(m.drains)
	return &c
}

func (m *modelPool) opened() (n int) {
	for _, k := range m.open {
		n += k
	}
	return n
}

// usable reports whether a connection that rests may be given out. Connections
// have up to a tenth less than their age; the test's ticks avoid that tenth.
func (m *modelPool) usable(c modelConn) bool {
	return m.now-c.opened < m.limits.age && m.now-c.rested < m.limits.idle
}

// drop closes a connection and counts it out.
func (m *modelPool) drop(id int) {
	c := &m.conns[id]
	c.busy, c.closed = false, true
	m.open[c.host]--
	m.rest = slices.DeleteFunc(m.rest, func(r int) bool { return r == id })
}

// provide finds what a request can be given: a connection, or the right to open one.
func (m *modelPool) provide(w modelWaiter) bool {
	if !w.fresh && m.provideIdle(w) {
		return true
	}
	victim := func(id int) bool { return true }
	switch {
	case m.full(w.host):
		victim = func(id int) bool { return m.conns[id].host == w.host }
	case m.opened() < m.limits.total:
		m.entitle(w)
		return true
	}
	i := slices.IndexFunc(m.rest, victim)
	if i < 0 {
		return false
	}
	m.drop(m.rest[i])
	m.entitle(w)
	return true
}

// provideIdle gives a connection at rest.
func (m *modelPool) provideIdle(w modelWaiter) bool {
	for _, id := range slices.Backward(slices.Clone(m.rest)) {
		if m.conns[id].host != w.host {
			continue
		}
		if m.usable(m.conns[id]) {
			m.rest = slices.DeleteFunc(m.rest, func(r int) bool { return r == id })
			m.conns[id].busy = true
			m.got[w.req] = outcome{granted, id}
			return true
		}
		m.drop(id)
	}
	return false
}

// entitle lets a request open a connection.
func (m *modelPool) entitle(w modelWaiter) {
	m.open[w.host]++
	m.dials[w.req] = modelDial{host: w.host, on: true, wanted: true}
	if !w.fresh {
		m.openers = append(m.openers, w)
	}
}

func (m *modelPool) full(host int) bool { return m.open[host] >= m.limits.perHost }

// serve gives the first of the waiters what there is, until there is nothing for
// them. One whose host is at its limit lets others pass, no other does. One that is
// opening a connection takes what rests, in its turn.
func (m *modelPool) serve() {
	for i := 0; ; {
		next := -1
		for k, o := range m.openers {
			rests := slices.ContainsFunc(m.rest, func(id int) bool { return m.conns[id].host == o.host && m.usable(m.conns[id]) })
			first := next < 0 || o.turn < m.openers[next].turn
			if rests && first && (i == len(m.waiting) || o.turn < m.waiting[i].turn) {
				next = k
			}
		}
		switch {
		case next >= 0:
			o := m.openers[next]
			m.provideIdle(o)
			m.openers = slices.Delete(m.openers, next, next+1)
			d := &m.dials[o.req]
			m.lefts++
			d.wanted, d.aborted, d.left = false, d.alone, m.lefts
			i = 0
		case i == len(m.waiting):
			return
		case m.provide(m.waiting[i]):
			m.waiting = slices.Delete(m.waiting, i, i+1)
			i = 0
		case m.full(m.waiting[i].host):
			i++
		default:
			m.makeRoom(m.waiting[i].host)
			return
		}
	}
}

// makeRoom ends the opening to another host that was left first.
func (m *modelPool) makeRoom(host int) {
	first := -1
	for i, d := range m.dials {
		if d.on && !d.wanted && d.host != host && (first < 0 || d.left < m.dials[first].left) {
			first = i
		}
	}
	if first >= 0 {
		m.dials[first].aborted = true
	}
}

// dialed ends an opening; id is the connection, or less than zero.
func (m *modelPool) dialed(req, id int) {
	d := &m.dials[req]
	d.on = false
	m.openers = slices.DeleteFunc(m.openers, func(w modelWaiter) bool { return w.req == req })
	switch {
	case id < 0:
		m.open[d.host]--
		if d.wanted {
			m.got[req] = outcome{verdict: failed}
		}
		return
	case d.wanted && !d.canceled:
		m.got[req] = outcome{granted, id}
		return
	case d.wanted:
		m.got[req] = outcome{verdict: canceled}
	}
	m.give(id, true)
}

// shut refuses what is to come, and who waits.
func (m *modelPool) shut() {
	m.closed = true
	for _, w := range m.waiting {
		m.got[w.req] = outcome{verdict: refused}
	}
	m.waiting = nil
	m.closeIdle()
}

func (m *modelPool) closeIdle() {
	for i := range m.dials {
		if d := &m.dials[i]; d.on && !d.wanted {
			d.aborted = true
		}
	}
	for len(m.rest) > 0 {
		m.drop(m.rest[0])
	}
}

// unqueue takes a waiter out of the queue.
func (m *modelPool) unqueue(req int) {
	m.waiting = slices.DeleteFunc(m.waiting, func(w modelWaiter) bool { return w.req == req })
}

// give takes a connection back.
func (m *modelPool) give(id int, reusable bool) {
	c := &m.conns[id]
	c.rested = m.now
	if !reusable || m.closed || !m.usable(*c) {
		m.drop(id)
		return
	}
	c.busy = false
	m.rest = append(m.rest, id)
}

// replace drops a connection and serves its holder before all others.
func (m *modelPool) replace(op poolOp) {
	m.drop(op.conn)
	if m.closed {
		m.got[op.next] = outcome{verdict: refused}
		return
	}
	m.provide(modelWaiter{req: op.next, host: op.host, fresh: op.fresh})
	m.dials[op.next].alone = m.open[op.host] == 1
}

// reap closes what has rested too long.
func (m *modelPool) reap() {
	for _, id := range slices.Clone(m.rest) {
		if m.now-m.conns[id].rested >= m.limits.idle {
			m.drop(id)
		}
	}
}

// due gives how many will have waited too long at the next tick.
func (m *modelPool) due() (n int) {
	for _, w := range m.waiting {
		if w.until == m.now+1 {
			n++
		}
	}
	return n
}

// settle does what every step ends with.
func (m *modelPool) settle() {
	m.serve()
	if m.opened() > 0 {
		return
	}
	for i, d := range m.drains {
		if d.verdict == waits {
			m.drains[i] = outcome{verdict: granted}
		}
	}
}

// stats gives what the pool must report.
func (m *modelPool) stats() connector.Stats {
	s := connector.Stats{Open: m.opened(), Idle: len(m.rest), Waiting: len(m.waiting)}
	for h, n := range m.open {
		if n > 0 || slices.ContainsFunc(m.waiting, func(w modelWaiter) bool { return w.host == h }) {
			s.Hosts++
		}
	}
	return s
}
