package connector_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// choose picks an operation that can be done beside those already chosen.
func (p *poolPlay) choose(beside []poolOp) (op poolOp, ok bool) {
	busy := func(r *poolRequest) bool { return r.got.verdict == granted && r.got.conn != noConn }
	right := func(r *poolRequest) bool { return r.got.verdict == granted && r.got.conn == noConn }
	switch n := p.next(40); {
	case n < 14:
		return p.chooseGet(beside), true
	case n < 18:
		return p.pick(opOpen, beside, right)
	case n < 20:
		return p.pick(opGiveUp, beside, right)
	case n < 26:
		return p.pick(opPut, beside, busy)
	case n < 27:
		return p.pick(opDiscard, beside, busy)
	case n < 28:
		op, ok = p.pick(opReplace, beside, busy)
		op.fresh = p.next(2) == 0
		return op, ok
	case n < 33:
		return p.pick(opCancel, beside, func(r *poolRequest) bool { return r.got.verdict == waits })
	case n < 37:
		// What is due then has its own order beside the others'.
		first := len(beside) == 0 || p.states[0].due() <= 2 && !has(beside, opTick)
		return poolOp{kind: opTick, req: -1}, first
	case n < 38:
		return poolOp{kind: opCloseIdle, req: -1}, true
	}
	return p.chooseEnd(beside)
}

// pick picks a request that fits, and for which nothing else is done.
func (p *poolPlay) pick(kind opKind, beside []poolOp, fits func(*poolRequest) bool) (op poolOp, ok bool) {
	var ids []int
	for id, r := range p.reqs {
		taken := slices.ContainsFunc(beside, func(o poolOp) bool { return o.kind != opDrain && o.kind != opEndDrain && o.req == id })
		if fits(r) && !taken {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return op, false
	}
	id := ids[p.next(len(ids))]
	return poolOp{kind: kind, req: id, host: p.reqs[id].host, conn: p.reqs[id].got.conn}, true
}

func (p *poolPlay) chooseGet(beside []poolOp) poolOp {
	op := poolOp{kind: opGet, req: len(p.reqs), host: p.next(modelHosts), fresh: p.next(6) == 0}
	for _, o := range beside {
		if o.kind == opGet {
			op.req++
		}
	}
	if n := p.next(8); n < 3 {
		op.limit = n
	} else {
		op.ended = n == 3
	}
	return op
}

func has(ops []poolOp, kind opKind) bool {
	return slices.ContainsFunc(ops, func(o poolOp) bool { return o.kind == kind })
}

// chooseEnd picks one of the rare operations.
func (p *poolPlay) chooseEnd(beside []poolOp) (op poolOp, ok bool) {
	if len(p.log) < 10 {
		return op, false
	}
	switch p.next(4) {
	case 0:
		return poolOp{kind: opClose, req: -1}, true
	case 1:
		if has(beside, opDrain) {
			return op, false
		}
		return poolOp{kind: opDrain, req: len(p.drains)}, true
	}
	i := slices.IndexFunc(p.drains, func(d *poolDrain) bool { return d.got.verdict == waits })
	if has(beside, opEndDrain) {
		return op, false
	}
	return poolOp{kind: opEndDrain, req: i}, i >= 0
}

// prepare gives what does an operation on the pool. It notes what the model
// needs to know before any operation of the moment is done.
func (p *poolPlay) prepare(op poolOp) func() {
	switch op.kind {
	case opGet:
		return p.prepareGet(op)
	case opCloseIdle:
		return p.pool.CloseIdle
	case opClose:
		return p.pool.Close
	case opTick:
		return nil // the whole moment is later
	case opCancel:
		return p.reqs[op.req].cancel
	case opDrain:
		ctx, cancel := context.WithCancel(context.Background())
		d := &poolDrain{cancel: cancel}
		p.drains = append(p.drains, d)
		return func() {
			got := outcome{verdict: granted}
			if err := p.pool.Drain(ctx); err != nil {
				got.verdict = canceled
			}
			p.tell(func() { d.got = got })
		}
	case opEndDrain:
		return p.drains[op.req].cancel
	}
	r := p.reqs[op.req]
	if op.kind == opOpen {
		c := &poolConn{id: len(p.conns), play: p}
		p.conns = append(p.conns, c)
		r.got.conn = c.id
		return func() { r.lease.Open(c) }
	}
	if op.kind == opReplace {
		return p.prepareReplace(r, op.fresh)
	}
	r.got = outcome{verdict: over}
	switch op.kind {
	case opPut:
		return r.lease.Put
	case opDiscard:
		return r.lease.Discard
	}
	return func() { p.live.Add(-1); r.lease.GiveUp() }
}

func (p *poolPlay) prepareReplace(r *poolRequest, fresh bool) func() {
	r.got = outcome{verdict: waits}
	return func() {
		err := r.lease.Replace(fresh)
		got := p.outcomeOf(r.lease, err)
		p.tell(func() { r.got = got })
	}
}

// outcomeOf gives what a request came to.
func (p *poolPlay) outcomeOf(lease *connector.Lease, err error) outcome {
	switch {
	case errors.Is(err, connector.ErrClosed):
		return outcome{verdict: refused}
	case errors.Is(err, context.Canceled):
		return outcome{verdict: canceled}
	case err != nil:
		return outcome{verdict: expired}
	case lease.Conn() != nil:
		return outcome{granted, lease.Conn().(*poolConn).id}
	}
	// What gave way is closed before.
	if n := int(p.live.Add(1)); n > p.limits.total && p.alone {
		p.t.Errorf("%s: %d connections and rights at one time, limits %+v", p.name, n, p.limits)
	}
	return outcome{granted, noConn}
}

func (p *poolPlay) prepareGet(op poolOp) func() {
	ctx, cancel := context.WithCancel(context.Background())
	r := &poolRequest{host: op.host, cancel: cancel}
	p.reqs = append(p.reqs, r)
	if op.ended {
		cancel()
	}
	limit := time.Duration(-1)
	if op.limit > 0 {
		limit = time.Duration(op.limit) * tickTime
	}
	return func() {
		lease, err := p.pool.Get(ctx, fmt.Sprint("h", op.host), op.fresh, limit)
		got := p.outcomeOf(lease, err)
		p.tell(func() { r.got, r.lease = got, lease })
	}
}
