package connector

import (
	"context"
	"sync"
	"time"
)

// tick is the beat of a watcher. Most requests are over before two beats have
// passed; they pay nothing for a context that can end.
const tick = 10 * time.Millisecond

// watcher ends the exchanges of a connector whose contexts end. To watch a
// context costs two allocations and a lock that all of its requests share, so
// only what is under way for longer than a beat is watched: a context's end is
// noticed at the next beat at first, and at once from the second beat on.
//
// The timer runs only while there are connections for it.
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
	stop   func() bool     // ends the watch over ctx; nil when it is not watched yet
	late   int32           // callbacks of turns that were over, and that are yet to come
	aged   bool            // it was there at the last beat
	listed bool            // the connection is in watcher.young
	cut    bool            // ctx has ended, and the wire was aborted for it
}

// watch begins the watch over ctx for the request on cn.
func (w *watcher) watch(ctx context.Context, cn *conn) {
	if ctx.Done() == nil {
		return
	}
	cn.watched = true
	own := &cn.watch
	own.mu.Lock()
	own.ctx, own.aged = ctx, false
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
	if !c.watched {
		return true
	}
	c.watched = false
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

// ripen is one beat for a connection, and reports whether it needs another.
func (c *conn) ripen() (again bool) {
	own := &c.watch
	own.mu.Lock()
	defer own.mu.Unlock()
	switch {
	case own.ctx == nil:
		own.listed = false
	case !own.aged && own.ctx.Err() == nil:
		own.aged = true
	default:
		own.stop = context.AfterFunc(own.ctx, c.cancel)
		own.listed = false
	}
	return own.listed
}
