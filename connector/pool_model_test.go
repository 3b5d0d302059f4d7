package connector_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// TestPoolDoesWhatTheModelDoes plays random operations, one by one and several at
// a moment, on a pool and on a model of one, and compares what the two have done
// after each: who has got what, who waits, what is open, what was closed.
func TestPoolDoesWhatTheModelDoes(t *testing.T) {
	const runs, length = 2000, 160
	for seed := range uint64(runs) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			script := make([]byte, length)
			for i := range script {
				script[i] = byte(r.Uint32())
			}
			playPool(t, fmt.Sprint("seed ", seed), script)
		})
		if t.Failed() {
			return
		}
	}
}

// FuzzPool plays any operations.
func FuzzPool(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		script := make([]byte, 60)
		for i := range script {
			script[i] = byte(r.Uint32())
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 1000 {
			return
		}
		synctest.Test(t, func(t *testing.T) { playPool(t, "fuzz", script) })
	})
}

const (
	tickTime = 3 * time.Second
	// Six ticks are young enough and seven are not, wherever in the last tenth
	// the end of a connection's age falls.
	modelAge     = 20 * time.Second
	modelAgeTick = 7
)

// poolPlay is a pool, the states in which its model may be, and what was
// observed of the pool. There is more than one state while operations of one
// moment may have taken place in more than one order.
type poolPlay struct {
	t      *testing.T
	name   string
	script []byte
	pool   connector.Pool
	limits modelLimits
	states []*modelPool
	log    [][]poolOp
	reqs   []*poolRequest
	conns  []*poolConn
	drains []*poolDrain
	alone  bool // the moment has one operation
	mu     sync.Mutex
	news   []func()     // what requests and drains came to, to be noted by the test's goroutine
	live   atomic.Int32 // connections open, and rights that were got
}

// poolRequest is a request for a connection.
type poolRequest struct {
	host   int
	cancel context.CancelFunc
	got    outcome
	lease  *connector.Lease
}

type poolDrain struct {
	cancel context.CancelFunc
	got    outcome
}

// poolConn counts how often it is closed.
type poolConn struct {
	net.Conn
	id     int
	play   *poolPlay
	closes atomic.Int32
}

func (c *poolConn) Close() error {
	if c.closes.Add(1) == 1 {
		c.play.live.Add(-1)
	}
	return nil
}

func (c *poolConn) RemoteAddr() net.Addr        { return nil }
func (c *poolConn) SetDeadline(time.Time) error { return nil }

// next gives the next byte of the script, reduced to below n.
func (p *poolPlay) next(n int) int {
	if len(p.script) == 0 {
		return 0
	}
	b := p.script[0]
	p.script = p.script[1:]
	return int(b) % n
}

// playPool runs a script.
func playPool(t *testing.T, name string, script []byte) {
	p := &poolPlay{t: t, name: name, script: script}
	p.limits = modelLimits{total: 1 + p.next(6), perHost: 1 + p.next(4), idle: 2 + p.next(6), age: modelAgeTick}
	p.pool = connector.NewPool(p.limits.total, p.limits.perHost, time.Duration(p.limits.idle)*tickTime, modelAge)
	p.states = []*modelPool{{limits: p.limits}}
	for len(p.script) > 0 && !t.Failed() {
		size := 1
		if n := p.next(8); n < 3 && len(p.states) <= 16 { // else they come to be too many
			size = 2 + n/2
		}
		var ops []poolOp
		for range size {
			if size > 1 && len(ops) == 1 && ops[0].kind == opTick && p.states[0].due() > 2 {
				break
			}
			if op, ok := p.choose(ops); ok {
				ops = append(ops, op)
			}
		}
		p.moment(ops)
	}
	p.end()
}

// end gives everything back and closes the pool, of which nothing may be left.
func (p *poolPlay) end() {
	for id, r := range p.reqs {
		r.cancel()
		if p.t.Failed() {
			continue
		}
		switch {
		case r.got.verdict == waits:
			p.moment([]poolOp{{kind: opCancel, req: id, host: r.host}})
		case r.got.verdict == granted && r.got.conn == noConn:
			p.moment([]poolOp{{kind: opGiveUp, req: id, host: r.host}})
		case r.got.verdict == granted:
			p.moment([]poolOp{{kind: opPut, req: id, conn: r.got.conn}})
		}
	}
	p.pool.Close()
	for _, d := range p.drains {
		d.cancel()
	}
	synctest.Wait()
	if s := p.pool.Stats(); s != (connector.Stats{}) && !p.t.Failed() {
		p.fail("left at the end: %+v", s)
	}
	for _, c := range p.conns {
		if c.closes.Load() == 0 && !p.t.Failed() {
			p.fail("conn %d was never closed", c.id)
		}
	}
}

// moment does operations at one moment, and compares what came of them.
func (p *poolPlay) moment(ops []poolOp) {
	if len(ops) == 0 {
		return
	}
	p.log = append(p.log, ops)
	p.alone = len(ops) == 1
	now := make(chan struct{})
	var pause time.Duration
	for _, op := range ops {
		f := p.prepare(op)
		if op.kind == opTick {
			pause = tickTime
			continue
		}
		if p.alone && op.kind != opGet && op.kind != opDrain {
			f()
			break
		}
		go func() { <-now; time.Sleep(pause); f() }()
	}
	close(now)
	time.Sleep(pause)
	synctest.Wait()
	p.hear()
	var may []*modelPool
	seen := map[string]bool{}
	var why string
	for _, before := range p.states {
		for _, m := range before.after(ops) {
			if diff := p.differs(m); diff != "" {
				why = diff
				continue
			}
			if key := fmt.Sprint(*m); len(p.states) == 1 && p.alone || !seen[key] {
				seen[key] = true
				may = append(may, m)
			}
		}
	}
	if len(may) == 0 {
		p.fail("%s", why)
	}
	p.states = may
}

// tell leaves word of what an operation came to.
func (p *poolPlay) tell(note func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.news = append(p.news, note)
}

// hear notes what was told.
func (p *poolPlay) hear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, note := range p.news {
		note()
	}
	p.news = nil
}

// differs tells in what the pool is not as the model says.
func (p *poolPlay) differs(m *modelPool) string {
	for i, r := range p.reqs {
		if r.got != m.got[i] {
			return fmt.Sprintf("request %d: %v, the model says %v", i, r.got, m.got[i])
		}
	}
	for i, d := range p.drains {
		if d.got != m.drains[i] {
			return fmt.Sprintf("drain %d: %v, the model says %v", i, d.got, m.drains[i])
		}
	}
	for i, c := range p.conns {
		n := int(c.closes.Load())
		may := 1 + m.conns[i].cuts // by who used it, and to wake that one
		if n > may || (n > 0) != m.conns[i].closed {
			return fmt.Sprintf("conn %d: closed %d times, the model says %v", i, n, m.conns[i].closed)
		}
	}
	if got, want := p.pool.Stats(), m.stats(); got != want {
		return fmt.Sprintf("%+v, the model says %+v", got, want)
	}
	return ""
}

func (p *poolPlay) fail(format string, args ...any) {
	p.t.Helper()
	var b strings.Builder
	for _, ops := range p.log {
		fmt.Fprintln(&b, " ", ops)
	}
	p.t.Errorf("%s, limits %+v: %s, after\n%s", p.name, p.limits, fmt.Sprintf(format, args...), b.String())
}

// choose picks an operation that can be done beside those already chosen.
func (p *poolPlay) choose(beside []poolOp) (op poolOp, ok bool) {
	free := func(id int) bool {
		return !slices.ContainsFunc(beside, func(o poolOp) bool { return o.kind != opDrain && o.kind != opEndDrain && o.req == id })
	}
	pick := func(fits func(r *poolRequest) bool) (int, bool) {
		var ids []int
		for id, r := range p.reqs {
			if fits(r) && free(id) {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			return 0, false
		}
		return ids[p.next(len(ids))], true
	}
	busy := func(r *poolRequest) bool { return r.got.verdict == granted && r.got.conn != noConn }
	right := func(r *poolRequest) bool { return r.got.verdict == granted && r.got.conn == noConn }
	switch n := p.next(40); {
	case n < 14:
		op = poolOp{kind: opGet, req: len(p.reqs), host: p.next(modelHosts), fresh: p.next(6) == 0}
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
		return op, true
	case n < 18:
		op.kind = opOpen
		op.req, ok = pick(right)
		if ok {
			op.host = p.reqs[op.req].host
		}
		return op, ok
	case n < 20:
		op.kind = opGiveUp
		op.req, ok = pick(right)
		if ok {
			op.host = p.reqs[op.req].host
		}
		return op, ok
	case n < 28:
		op.kind = opPut
		if n > 25 {
			op.kind = opDiscard
		}
		op.req, ok = pick(busy)
		if ok {
			op.conn = p.reqs[op.req].got.conn
		}
		return op, ok
	case n < 33:
		op.kind = opCancel
		op.req, ok = pick(func(r *poolRequest) bool { return r.got.verdict == waits })
		if ok {
			op.host = p.reqs[op.req].host
		}
		return op, ok
	case n < 37:
		// What is due then has its own order beside the others'.
		first := len(beside) == 0 || p.states[0].due() <= 2 && !slices.ContainsFunc(beside, func(o poolOp) bool { return o.kind == opTick })
		return poolOp{kind: opTick, req: -1}, first
	case n < 38:
		return poolOp{kind: opCloseIdle, req: -1}, true
	}
	return p.chooseEnd(beside)
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
		if slices.ContainsFunc(beside, func(o poolOp) bool { return o.kind == opDrain }) {
			return op, false
		}
		return poolOp{kind: opDrain, req: len(p.drains)}, true
	}
	i := slices.IndexFunc(p.drains, func(d *poolDrain) bool { return d.got.verdict == waits })
	if slices.ContainsFunc(beside, func(o poolOp) bool { return o.kind == opEndDrain }) {
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
	r.got = outcome{verdict: over}
	switch op.kind {
	case opPut:
		return r.lease.Put
	case opDiscard:
		return r.lease.Discard
	}
	return func() { p.live.Add(-1); r.lease.GiveUp() }
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
		var got outcome
		switch {
		case errors.Is(err, connector.ErrClosed):
			got = outcome{verdict: refused}
		case errors.Is(err, context.Canceled):
			got = outcome{verdict: canceled}
		case err != nil:
			got = outcome{verdict: expired}
		case lease.Conn() != nil:
			got = outcome{granted, lease.Conn().(*poolConn).id}
		default:
			got = outcome{granted, noConn}
			// What gave way is closed before.
			if n := int(p.live.Add(1)); n > p.limits.total && p.alone {
				p.t.Errorf("%s: %d connections and rights at one time, limits %+v", p.name, n, p.limits)
			}
		}
		p.tell(func() { r.got, r.lease = got, lease })
	}
}
