package connector_test

import (
	"fmt"
	"slices"
)

type opKind uint8

const (
	opGet       opKind = iota // ask for a connection
	opOpen                    // use a right
	opGiveUp                  // give a right back
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

var opNames = [...]string{"get", "open", "give-up", "put", "discard", "replace", "cancel", "tick", "close-idle", "close", "drain", "end-drain", "reap", "expire"}

// poolOp is an operation on a pool.
type poolOp struct {
	kind  opKind
	req   int // the request, or the number of the drain
	host  int
	conn  int
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
			m.got = append(m.got, outcome{})
		case opDrain:
			m.drains = append(m.drains, outcome{})
		case opOpen:
			m.got[op.req].conn = len(m.conns)
			m.conns = append(m.conns, modelConn{host: op.host})
		case opGiveUp, opPut, opDiscard:
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
		id := m.got[op.req].conn
		m.conns[id].busy, m.conns[id].opened = true, m.now
		if m.severed {
			m.conns[id].closed = true
			m.conns[id].cuts++
		}
	case opGiveUp:
		m.open[op.host]--
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
	w := modelWaiter{req: op.req, host: op.host, fresh: op.fresh}
	if op.limit > 0 {
		w.until = m.now + op.limit
	}
	m.waiting = append(m.waiting, w)
	m.serve()
	if op.ended && m.got[op.req].verdict == waits {
		return []branch{{m, []poolOp{{kind: opCancel, req: op.req, host: op.host}}}}
	}
	return []branch{{m: m}}
}

// stepEnd ends the waiting of a request, which may have been served before.
func (m *modelPool) stepEnd(op poolOp, why verdict) []branch {
	had := m.got[op.req]
	gone := m.clone()
	gone.got[op.req] = outcome{verdict: why}
	switch {
	case had.verdict == waits:
		gone.unqueue(op.req)
		return []branch{{m: gone}}
	case had.verdict == refused:
		return []branch{{m: m}, {m: gone}}
	case had.verdict != granted: // it has ended otherwise
		return []branch{{m: m}}
	case had.conn == noConn:
		return []branch{{m: m}, {gone, []poolOp{{kind: opGiveUp, req: -1, host: op.host}}}}
	}
	return []branch{{m: m}, {gone, []poolOp{{kind: opPut, req: -1, conn: had.conn}}}}
}

func (m *modelPool) stepEndDrain(op poolOp) []branch {
	gone := m.clone()
	gone.drains[op.req] = outcome{verdict: canceled}
	if m.drains[op.req].verdict == waits {
		return []branch{{m: gone}}
	}
	return []branch{{m: m}, {m: gone}}
}
