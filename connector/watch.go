package connector

import (
	"context"
	"sync"
	"time"
)

// tick is the beat of a watcher. Most requests are over before two beats have
// passed; they pay nothing for a context that can end.
const tick = 5 * time.Millisecond

// watcher ends the exchanges of a connector whose contexts end. To watch a
// context costs two allocations and a lock that all of its requests share, so
// only what is under way for longer than a beat is watched: a context's end is
// noticed at the next beat at first, and at once from the second beat on.
//
// What a blind exchange may have overlooked is looked for then, too.
//
// The timer runs only while there are connections whose request is young.
type watcher struct {
	mu    sync.Mutex
	young []*conn
	timer *time.Timer // nil until the first beat is due
	on    bool
}

// watch is a connection's share of it: the request under way.
type watch struct {
	mu     sync.Mutex
	ctx    context.Context // nil when there is none
	blind  bool            // it was sent without a look at the connection
	aged   bool            // it was there at the last beat
	listed bool            // the connection is in watcher.young
	stop   func() bool     // ends the watch over ctx; nil when it is not watched yet
}

// watch begins the watch over ctx for the request on cn.
func (w *watcher) watch(ctx context.Context, cn *conn, blind bool) {
	if ctx.Done() == nil && !blind {
		return
	}
	own := &cn.watch
	own.mu.Lock()
	own.ctx, own.blind, own.aged = ctx, blind, false
	listed := own.listed
	own.listed = true
	own.mu.Unlock()
	if listed {
		return
	}
	w.mu.Lock()
	w.young = append(w.young, cn)
	if !w.on {
		w.on = true
		if w.timer == nil {
			w.timer = time.AfterFunc(tick, w.beat)
		} else {
			w.timer.Reset(tick)
		}
	}
	w.mu.Unlock()
}

// unwatch ends the watch; false means that the context has ended, and has cut
// the connection or is about to.
func (c *conn) unwatch() bool {
	own := &c.watch
	own.mu.Lock()
	stop := own.stop
	own.ctx, own.stop = nil, nil
	own.mu.Unlock()
	return stop == nil || stop()
}

// close ends the beats.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
	w.young, w.on = nil, false
}

// beat watches over what is not young any more, and forgets what has ended.
func (w *watcher) beat() {
	w.mu.Lock()
	defer w.mu.Unlock()
	young := w.young[:0]
	for _, cn := range w.young {
		if cn.ripen() {
			young = append(young, cn)
		}
	}
	clear(w.young[len(young):])
	w.young = young
	if w.on = w.on && len(young) > 0; w.on {
		w.timer.Reset(tick)
	}
}

// ripen is one beat for a connection; false means that it needs no other.
func (c *conn) ripen() bool {
	own := &c.watch
	own.mu.Lock()
	defer own.mu.Unlock()
	switch {
	case own.ctx == nil:
		own.listed = false
	case !own.aged && own.ctx.Err() == nil:
		own.aged = true
	default:
		if own.blind && c.wire.socket.peekBeside() != silent {
			c.wire.nudge()
		}
		if own.ctx.Done() != nil {
			own.stop = context.AfterFunc(own.ctx, c.cancel)
		}
		own.listed = false
	}
	return own.listed
}
