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
	rest    []int           // numbers of connections, the longest at rest first
	waiting []modelWaiter   // in the queue
	openers []modelWaiter   // those that would take another than the one they open, or have adopted
	takes   [modelHosts]int // how long an opening takes, as far as is known
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
	since    int  // when it got the right
	heir     int  // the request that has adopted it, counted from 1
}

type modelWaiter struct {
	req, host int
	turn      int // its place in the order in which all came
	fresh     bool
	until     int // when it has waited too long, or for too long for what it has adopted; 0 is never
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
	ok := m.permit(w.host)
	if ok {
		m.entitle(w)
	}
	return ok
}

// permit reports whether another connection to a host may be opened, and makes room.
func (m *modelPool) permit(host int) bool {
	victim := func(id int) bool { return true }
	switch {
	case m.full(host):
		victim = func(id int) bool { return m.conns[id].host == host }
	case m.opened() < m.limits.total:
		return true
	}
	i := slices.IndexFunc(m.rest, victim)
	if i >= 0 {
		m.drop(m.rest[i])
	}
	return i >= 0
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
	m.begin(w)
	if w.until = 0; !w.fresh {
		m.openers = append(m.openers, w)
	}
}

// begin begins the opening of a request by a right that is counted.
func (m *modelPool) begin(w modelWaiter) {
	m.dials[w.req] = modelDial{host: w.host, on: true, wanted: true, since: m.now}
}

// adopt finds an opening that its request has left.
func (m *modelPool) adopt(w modelWaiter) bool {
	rests := slices.ContainsFunc(m.rest, func(id int) bool { return m.conns[id].host == w.host })
	before := slices.ContainsFunc(m.waiting, func(o modelWaiter) bool { return o.host == w.host || !m.full(o.host) })
	last := -1
	for i, d := range m.dials {
		if d.free() && d.host == w.host && !d.aborted && (last < 0 || d.left > m.dials[last].left) {
			last = i
		}
	}
	if w.fresh || rests || before || last < 0 || m.now-m.dials[last].since >= m.takes[w.host] {
		return false
	}
	m.dials[last].heir = w.req + 1
	w.until = m.now + m.takes[w.host]
	m.openers = append(m.openers, w)
	return true
}

// free reports whether nobody waits for an opening.
func (d modelDial) free() bool { return d.on && !d.wanted && d.heir == 0 }

// adopted gives the opening that a request has adopted, or less than zero.
func (m *modelPool) adopted(req int) int {
	return slices.IndexFunc(m.dials, func(d modelDial) bool { return d.heir == req+1 })
}

// leave lets an opening go on for nobody.
func (m *modelPool) leave(dial int) {
	d := &m.dials[dial]
	m.lefts++
	d.wanted, d.heir, d.left = false, 0, m.lefts
	d.aborted = d.aborted || d.alone
}

// outgrow lets a request open a connection itself, when it has waited for an adopted one for
// long enough: that is ended where it is in the way.
func (m *modelPool) outgrow(w modelWaiter) {
	i := m.adopted(w.req)
	m.openers = slices.DeleteFunc(m.openers, func(o modelWaiter) bool { return o.req == w.req })
	if m.permit(w.host) {
		m.leave(i)
		m.entitle(w)
		slices.SortFunc(m.openers, func(a, b modelWaiter) int { return a.turn - b.turn })
		return
	}
	m.dials[i].aborted = true
	w.until = 0
	m.openers = append(m.openers, w)
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
			if adopted := m.adopted(o.req); adopted >= 0 {
				m.leave(adopted)
			} else {
				m.leave(o.req)
			}
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
		if d.free() && d.host != host && (first < 0 || d.left < m.dials[first].left) {
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
	ends := func(w modelWaiter) bool { return w.req == req || d.heir == w.req+1 }
	heir := slices.IndexFunc(m.openers, func(w modelWaiter) bool { return d.heir == w.req+1 })
	d.on = false
	if id >= 0 {
		took := m.now - d.since
		if known := m.takes[d.host]; known > 0 {
			took = min(took, 2*known)
		}
		m.takes[d.host] = took
	}
	if heir >= 0 && id < 0 { // it has the right now
		m.begin(m.openers[heir])
		m.openers[heir].until, d.heir = 0, 0
		return
	}
	m.openers = slices.DeleteFunc(m.openers, ends)
	switch {
	case heir >= 0:
		m.got[d.heir-1], d.heir = outcome{granted, id}, 0
		return
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
		if d := &m.dials[i]; d.free() {
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
	for _, w := range slices.Concat(m.waiting, m.openers) {
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
