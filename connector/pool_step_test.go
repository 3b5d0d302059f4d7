package connector_test

import (
	"fmt"
	"slices"
)

type opKind uint8

const (
	opGet       opKind = iota // ask for a connection
	opOpen                    // an opening ends well
	opFail                    // it ends with an error
	opBreak                   // the same, when it was connected already
	opPut                     // give a connection back
	opDiscard                 // the same, for one that cannot be used again
	opCancel                  // end the context of a request that waits
	opReplace                 // change a connection that was found dead for what there is
	opTick                    // let time pass
	opCloseIdle               // close what rests
	opClose                   // close the pool
	opDrain                   // wait for the end of all that is under way
	opEndDrain                // end the context of that
	opReap                    // what has rested too long goes, of itself
	opExpire                  // who has waited too long goes, of itself
)

var opNames = [...]string{"get", "open", "fail", "break", "put", "discard", "cancel", "replace", "tick", "close-idle", "close", "drain", "end-drain", "reap", "expire"}

// poolOp is an operation on a pool.
type poolOp struct {
	kind  opKind
	req   int // the request, or the number of the drain
	host  int
	conn  int
	next  int // the request that takes its place
	fresh bool
	ended bool // the context has ended before
	limit int  // ticks; 0 is none
}

func (o poolOp) String() string {
	s := opNames[o.kind]
	if o.req >= 0 {
		s += fmt.Sprint(" r", o.req)
	}
	switch o.kind {
	case opGet:
		s += fmt.Sprintf(" host %d", o.host)
		if o.fresh {
			s += " fresh"
		}
		if o.ended {
			s += " ended"
		}
		if o.limit > 0 {
			s += fmt.Sprintf(" limit %d", o.limit)
		}
	case opPut, opDiscard, opReplace:
		s += fmt.Sprintf(" conn %d", o.conn)
		if o.fresh {
			s += " fresh"
		}
	}
	return s
}

// after gives the states in which the model may be when ops were done at one
// moment, in whatever order.
func (m *modelPool) after(ops []poolOp) (all []*modelPool) {
	// All requests, drains and connections have their number before.
	m = m.clone()
	for _, op := range ops {
		switch op.kind {
		case opGet:
			m.got, m.dials = append(m.got, outcome{}), append(m.dials, modelDial{})
		case opReplace:
			m.got, m.dials = append(m.got, outcome{}), append(m.dials, modelDial{})
			m.got[op.req] = outcome{verdict: over}
		case opDrain:
			m.drains = append(m.drains, outcome{})
		case opOpen, opBreak:
			m.conns = append(m.conns, modelConn{host: op.host})
		case opPut, opDiscard:
			m.got[op.req] = outcome{verdict: over}
		}
	}
	i := slices.IndexFunc(ops, func(op poolOp) bool { return op.kind == opTick })
	if i < 0 {
		return m.orders(ops)
	}
	m.now++
	ops = append(slices.Delete(slices.Clone(ops), i, i+1), poolOp{kind: opReap})
	for _, w := range slices.Clone(m.waiting) {
		expire := poolOp{kind: opExpire, req: w.req, host: w.host}
		switch {
		case w.until != m.now:
		case len(ops) == 1: // their order is of no account
			m = m.stepEnd(expire, expired)[0].m
		default:
			ops = append(ops, expire)
		}
	}
	for _, w := range m.openers {
		if w.until == m.now {
			ops = append(ops, poolOp{kind: opExpire, req: w.req, host: w.host})
		}
	}
	return m.orders(ops)
}

func (m *modelPool) orders(ops []poolOp) (all []*modelPool) {
	if len(ops) == 0 {
		return []*modelPool{m}
	}
	for i, op := range ops {
		rest := slices.Delete(slices.Clone(ops), i, i+1)
		for _, b := range m.clone().step(op) {
			b.m.settle()
			all = append(all, b.m.orders(slices.Concat(rest, b.more))...)
		}
	}
	return all
}

// branch is a state and what remains to be done in it at the same moment.
type branch struct {
	m    *modelPool
	more []poolOp
}

// step does one operation. There are two branches where a request is served and
// its waiting ends at one moment: it may take what it got, or hand it on.
func (m *modelPool) step(op poolOp) []branch {
	switch op.kind {
	case opGet:
		return m.stepGet(op)
	case opCancel:
		return m.stepEnd(op, canceled)
	case opExpire:
		return m.stepEnd(op, expired)
	case opOpen:
		c := &m.conns[op.conn]
		c.busy, c.opened = true, m.now
		if m.severed {
			c.closed = true
			c.cuts++
		}
		m.dialed(op.req, op.conn)
	case opBreak:
		m.conns[op.conn].closed = true
		m.dialed(op.req, -1)
	case opFail:
		m.dialed(op.req, -1)
	case opPut, opDiscard:
		m.give(op.conn, op.kind == opPut)
	case opReplace:
		m.replace(op)
	case opReap:
		m.reap()
	case opCloseIdle:
		m.closeIdle()
	case opDrain:
		m.shut()
	case opEndDrain:
		return m.stepEndDrain(op)
	case opClose:
		m.shut()
		m.severed = true
		for i := range m.conns {
			if c := &m.conns[i]; c.busy {
				c.closed = true
				c.cuts++
			}
		}
	}
	return []branch{{m: m}}
}

func (m *modelPool) stepGet(op poolOp) []branch {
	if m.closed {
		m.got[op.req] = outcome{verdict: refused}
		return []branch{{m: m}}
	}
	m.turns++
	w := modelWaiter{req: op.req, host: op.host, fresh: op.fresh, turn: m.turns}
	if op.limit > 0 {
		w.until = m.now + op.limit
	}
	if !m.adopt(w) {
		m.waiting = append(m.waiting, w)
		m.serve()
		m.dials[op.req].alone = m.open[op.host] == 1
	}
	if !op.ended {
		return []branch{{m: m}}
	}
	// Also where it is served at once: it may have found nothing at its first look,
	// and then it waits for what it has been given.
	return []branch{{m, []poolOp{{kind: opCancel, req: op.req, host: op.host}}}}
}

// stepEnd ends the waiting of a request, which may have been served before.
func (m *modelPool) stepEnd(op poolOp, why verdict) []branch {
	had := m.got[op.req]
	queues := slices.ContainsFunc(m.waiting, func(w modelWaiter) bool { return w.req == op.req })
	switch {
	case queues:
		m.unqueue(op.req)
		m.got[op.req] = outcome{verdict: why}
		return []branch{{m: m}}
	case why == expired: // it is in the queue no more
		i := slices.IndexFunc(m.openers, func(w modelWaiter) bool { return w.req == op.req && w.until == m.now })
		if i >= 0 {
			m.outgrow(m.openers[i])
		}
		return []branch{{m: m}}
	case m.adopted(op.req) >= 0:
		m.openers = slices.DeleteFunc(m.openers, func(w modelWaiter) bool { return w.req == op.req })
		m.leave(m.adopted(op.req))
		m.got[op.req] = outcome{verdict: why}
		return []branch{{m: m}}
	}
	gone := m.clone()
	gone.got[op.req] = outcome{verdict: why}
	switch had.verdict {
	case waits: // for what it opens; it is told when that has ended
		d := &m.dials[op.req]
		d.canceled, d.aborted = true, true
		m.openers = slices.DeleteFunc(m.openers, func(w modelWaiter) bool { return w.req == op.req })
		return []branch{{m: m}}
	case refused:
		return []branch{{m: m}, {m: gone}}
	case granted:
		return []branch{{m: m}, {gone, []poolOp{{kind: opPut, req: -1, conn: had.conn}}}}
	}
	return []branch{{m: m}} // it has ended otherwise
}

func (m *modelPool) stepEndDrain(op poolOp) []branch {
	gone := m.clone()
	gone.drains[op.req] = outcome{verdict: canceled}
	if m.drains[op.req].verdict == waits {
		return []branch{{m: gone}}
	}
	return []branch{{m: m}, {m: gone}}
}
