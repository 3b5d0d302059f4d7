package connector

import (
	"context"
	"sync"
	"time"
)

// tick is the beat of a watcher. Most requests are over before two beats have
// passed; they pay nothing for a context that can end.
const tick = 10 * time.Millisecond

// slowTick is the beat for what a blind exchange may have overlooked. That is rare,
// and to look for it costs as much as to have looked before: so it is done where
// the answer is long in coming, not where the machine is busy.
const slowTick = 100 * time.Millisecond

// watcher ends the exchanges of a connector whose contexts end. To watch a
// context costs two allocations and a lock that all of its requests share, so
// only what is under way for longer than a beat is watched: a context's end is
// noticed at the next beat at first, and at once from the second beat on.
//
// What a blind exchange may have overlooked is looked for later still.
//
// The timers run only while there are connections for them.
type watcher struct {
	mu    sync.Mutex
	young []*conn
	blind []*conn
	timer *time.Timer // nil until the first beat is due
	slow  *time.Timer // the same, for the slow beat
	on    bool
	ended bool
}

// watch is a connection's share of it: the request under way.
type watch struct {
	mu     sync.Mutex
	ctx    context.Context // nil when there is none
	turn   uint            // which one it is
	blind  bool            // it was sent without a look at the connection
	aged   bool            // it was there at the last beat
	listed bool            // the connection is in watcher.young
	doubt  bool            // the connection is in watcher.blind
	met    uint            // the turn at the last slow beat
	stop   func() bool     // ends the watch over ctx; nil when it is not watched yet
	cut    bool            // ctx has ended, and the wire was aborted for it
	late   int             // callbacks of turns that were over, and that are yet to come
}

// watch begins the watch over ctx for the request on cn.
func (w *watcher) watch(ctx context.Context, cn *conn, blind bool) {
	if ctx.Done() == nil && !blind {
		return
	}
	own := &cn.watch
	own.mu.Lock()
	own.ctx, own.blind, own.aged = ctx, blind, false
	own.turn++
	listed := own.listed
	own.listed = true
	own.mu.Unlock()
	if listed {
		return
	}
	w.mu.Lock()
	w.young = append(w.young, cn)
	if !w.on {
		w.on, w.timer = true, again(w.timer, tick, w.beat)
	}
	w.mu.Unlock()
}

// again sets a timer, which is made the first time.
func again(t *time.Timer, d time.Duration, f func()) *time.Timer {
	if t == nil {
		return time.AfterFunc(d, f)
	}
	t.Reset(d)
	return t
}

// unwatch ends the watch; false means that the context has ended and the wire is
// aborted. The context's end has no effect on it afterwards.
func (c *conn) unwatch() bool {
	own := &c.watch
	own.mu.Lock()
	defer own.mu.Unlock()
	stop, cut := own.stop, own.cut
	own.ctx, own.stop, own.cut = nil, nil, false
	if stop != nil && !cut && !stop() {
		own.late++
	}
	return !cut
}

// contextEnded is called when a context that was watched has ended, it may be after
// the turn that it was for. Callbacks cannot be told apart, and need not be: one that
// comes in the place of another is followed by that one.
func (c *conn) contextEnded() {
	own := &c.watch
	own.mu.Lock()
	if own.late > 0 {
		own.late--
		own.mu.Unlock()
		return
	}
	own.cut = true
	if c.wire.socket.raw == nil { // to close it may take long
		own.mu.Unlock()
		c.wire.abort(canceled)
		return
	}
	c.wire.abort(canceled) // under the lock, so that unwatch finds it done
	own.mu.Unlock()
}

// close ends the beats.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range []*time.Timer{w.timer, w.slow} {
		if t != nil {
			t.Stop()
		}
	}
	w.young, w.blind, w.on, w.ended = nil, nil, false, true
}

// beat watches over what is not young any more, and forgets what has ended.
func (w *watcher) beat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	doubted := len(w.blind)
	young := w.young[:0]
	for _, cn := range w.young {
		again, doubtful := cn.ripen()
		if again {
			young = append(young, cn)
		}
		if doubtful {
			w.blind = append(w.blind, cn)
		}
	}
	clear(w.young[len(young):])
	w.young = young
	if w.on = w.on && len(young) > 0; w.on {
		w.timer.Reset(tick)
	}
	if doubted == 0 && len(w.blind) > 0 && !w.ended {
		w.slow = again(w.slow, slowTick, w.slowBeat)
	}
}

// ripen is one beat for a connection: whether it needs another, and whether it has
// come to need a slow one.
func (c *conn) ripen() (again, doubtful bool) {
	own := &c.watch
	own.mu.Lock()
	defer own.mu.Unlock()
	switch {
	case own.ctx == nil:
		own.listed = false
	case !own.aged && own.ctx.Err() == nil:
		own.aged = true
	default:
		if own.ctx.Done() != nil {
			own.stop = context.AfterFunc(own.ctx, c.cancel)
		}
		own.listed = false
		doubtful = own.blind && !own.doubt
		own.doubt = own.doubt || doubtful
	}
	return own.listed, doubtful
}

// slowBeat looks at the connections whose blind exchange is still under way since
// the last one, and forgets them.
func (w *watcher) slowBeat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	doubtful := w.blind[:0]
	for _, cn := range w.blind {
		if cn.lookAgain() {
			doubtful = append(doubtful, cn)
		}
	}
	clear(w.blind[len(doubtful):])
	w.blind = doubtful
	if len(doubtful) > 0 {
		w.slow.Reset(slowTick)
	}
}

// lookAgain is one slow beat for a connection, and reports whether it needs another.
// Its exchange has not looked at it, and is woken where there is something to see.
func (c *conn) lookAgain() bool {
	own := &c.watch
	own.mu.Lock()
	defer own.mu.Unlock()
	switch {
	case own.ctx == nil || !own.blind:
		own.doubt = false
	case own.met != own.turn:
		own.met = own.turn
	default:
		if c.wire.socket.peekBeside() != silent {
			c.wire.nudge()
		}
		own.doubt = false
	}
	return own.doubt
}
