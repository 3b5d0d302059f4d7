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
	busy := func(r *poolRequest) bool { return r.got.verdict == granted }
	opens := func(r *poolRequest) bool { return r.opening != nil }
	switch n := p.next(40); {
	case n < 14:
		return p.chooseGet(beside), true
	case n < 18:
		op, ok = p.pick(opOpen, beside, opens)
		op.conn = p.nextConn(beside)
		return op, ok
	case n < 19:
		return p.pick(opFail, beside, opens)
	case n < 20:
		op, ok = p.pick(opBreak, beside, opens)
		op.conn = p.nextConn(beside)
		return op, ok
	case n < 26:
		return p.pick(opPut, beside, busy)
	case n < 27:
		return p.pick(opDiscard, beside, busy)
	case n < 28:
		op, ok = p.pick(opReplace, beside, busy)
		op.fresh, op.next = p.next(2) == 0, p.nextRequest(beside)
		return op, ok
	case n < 33:
		return p.pick(opCancel, beside, func(r *poolRequest) bool { return r.got.verdict == waits && !r.canceled })
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
		taken := slices.ContainsFunc(beside, func(o poolOp) bool {
			return o.kind != opDrain && o.kind != opEndDrain && o.req == id && o.ofOpening() == poolOp{kind: kind}.ofOpening()
		})
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

// ofOpening tells what is done to an opening from what is done to its request.
func (o poolOp) ofOpening() bool { return o.kind == opOpen || o.kind == opFail || o.kind == opBreak }

// nextRequest and nextConn give the next number, beside the operations that take one.
func (p *poolPlay) nextRequest(beside []poolOp) int {
	n := len(p.reqs)
	for _, o := range beside {
		if o.kind == opGet || o.kind == opReplace {
			n++
		}
	}
	return n
}

func (p *poolPlay) nextConn(beside []poolOp) int {
	n := len(p.conns)
	for _, o := range beside {
		if o.kind == opOpen || o.kind == opBreak {
			n++
		}
	}
	return n
}

func (p *poolPlay) chooseGet(beside []poolOp) poolOp {
	op := poolOp{kind: opGet, req: p.nextRequest(beside), host: p.next(modelHosts), fresh: p.next(6) == 0}
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
		p.reqs[op.req].canceled = true
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
	switch op.kind {
	case opReplace:
		return p.prepareReplace(r, op)
	case opOpen, opFail, opBreak:
		return p.prepareOpening(r, op)
	}
	r.got = outcome{verdict: over}
	if op.kind == opPut {
		return r.lease.Put
	}
	return r.lease.Discard
}

func (p *poolPlay) prepareOpening(r *poolRequest, op poolOp) func() {
	o := r.opening
	r.opening = nil
	if op.kind == opFail {
		return func() { p.live.Add(-1); o.Fail(nil, errDial) }
	}
	c := &poolConn{id: len(p.conns), play: p}
	p.conns = append(p.conns, c)
	if op.kind == opBreak {
		return func() { o.Fail(c, errDial) }
	}
	return func() { o.Open(c) }
}

var errDial = errors.New("cannot be opened")

// request makes a request, which ends with its context.
func (p *poolPlay) request(host int) (context.Context, *poolRequest) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &poolRequest{host: host, cancel: cancel}
	p.reqs = append(p.reqs, r)
	return ctx, r
}

// begin notes that r has got the right to open a connection.
func (p *poolPlay) begin(r *poolRequest) func(*connector.Opening) {
	return func(o *connector.Opening) {
		// What gave way is closed before.
		if n := int(p.live.Add(1)); n > p.limits.total && p.alone {
			p.t.Errorf("%s: %d connections and openings at one time, limits %+v", p.name, n, p.limits)
		}
		p.tell(func() { r.opening, r.aborted = o, o.Aborted })
	}
}

// came notes what a request came to.
func (p *poolPlay) came(r *poolRequest, lease *connector.Lease, err error) {
	got := outcome{verdict: expired}
	switch {
	case errors.Is(err, connector.ErrClosed):
		got.verdict = refused
	case errors.Is(err, context.Canceled):
		got.verdict = canceled
	case err == errDial:
		got.verdict = failed
	case err == nil:
		got = outcome{granted, lease.Conn().(*poolConn).id}
	}
	p.tell(func() { r.got, r.lease = got, lease })
}

func (p *poolPlay) prepareReplace(old *poolRequest, op poolOp) func() {
	old.got = outcome{verdict: over}
	ctx, r := p.request(op.host)
	return func() {
		lease, err := old.lease.Replace(ctx, op.fresh, p.begin(r))
		p.came(r, lease, err)
	}
}

func (p *poolPlay) prepareGet(op poolOp) func() {
	ctx, r := p.request(op.host)
	if op.ended {
		r.canceled = true
		r.cancel()
	}
	limit := time.Duration(-1)
	if op.limit > 0 {
		limit = time.Duration(op.limit) * tickTime
	}
	return func() {
		lease, err := p.pool.Get(ctx, fmt.Sprint("h", op.host), op.fresh, limit, p.begin(r))
		p.came(r, lease, err)
	}
}
