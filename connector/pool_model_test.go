package connector_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
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
	const length = 160
	for seed := range seeds(t, 2000) {
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
	live   atomic.Int32 // connections open, and being opened
}

// poolRequest is a request for a connection.
type poolRequest struct {
	host     int
	cancel   context.CancelFunc
	canceled bool
	got      outcome
	lease    *connector.Lease
	opening  *connector.Opening // what it has begun to open; nil when that has ended
	aborted  chan struct{}      // of the opening
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
		if r.got.verdict == waits && !r.canceled && !p.t.Failed() {
			p.moment([]poolOp{{kind: opCancel, req: id, host: r.host}})
		}
		r.cancel()
	}
	for id, r := range p.reqs { // some of them were served now
		if r.opening != nil && !p.t.Failed() {
			p.moment([]poolOp{{kind: opFail, req: id, host: r.host}})
		}
		if r.got.verdict == granted && !p.t.Failed() {
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
		if p.alone && op.kind != opGet && op.kind != opReplace && op.kind != opDrain {
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
		d := m.dials[i]
		if on := r.opening != nil; on != d.on || on && isClosed(r.aborted) != d.aborted {
			return fmt.Sprintf("request %d: opening %v, aborted %v, the model says %+v", i, on, isClosed(r.aborted), d)
		}
	}
	for i, d := range p.drains {
		if d.got != m.drains[i] {
			return fmt.Sprintf("drain %d: %v, the model says %v", i, d.got, m.drains[i])
		}
	}
	for i, c := range p.conns {
		n := int(c.closes.Load())
		may := 1 + 2*m.conns[i].cuts // by who used it, and by both steps of waking that one
		if m.severed {
			may += 2 // the pool was closed between two steps of its being opened
		}
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

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
