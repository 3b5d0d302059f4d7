package connector

import (
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// What is read of a body that nobody wants any more, so that its connection can be
// used again: as much as Go 1.27's net/http does. Most of the time is spent by a
// goroutine of the connector's. Close itself waits for as long as it takes to open a
// connection to a host nearby, as its caller's next request would do otherwise.
const (
	drainBytes = 256 << 10
	drainTime  = 50 * time.Millisecond
	drainWait  = 5 * time.Millisecond
)

// mostDrains is how many connections of a connector may be drained beside its requests
// at one time: more than the default of MaxConns, while their buffers take 8 MiB at
// most. Beyond it Close takes all of the time itself, and a context's end costs the
// connection.
const mostDrains = 128

// drainer reads what is left of bodies, beside the requests of its connector.
type drainer struct {
	running *workers
	time    time.Duration
	n       atomic.Int32
}

// rest is what is left of a body. It has its connection to itself.
type rest struct {
	cn   *conn
	body http1.Body
	read int
}

// reserve reports whether one more connection may be drained, which is to be started
// then.
func (d *drainer) reserve() bool {
	if d.n.Add(1) <= mostDrains {
		return true
	}
	d.giveUp()
	return false
}

// giveUp is for what was reserved and is not started.
func (d *drainer) giveUp() { d.n.Add(-1) }

// start drains a connection in a goroutine, and gives it back or closes it. It gives
// false where it does not, since the connector is closed.
func (d *drainer) start(left rest) bool {
	if d.running.start(func() {
		defer d.n.Add(-1)
		cn := left.cn
		ended := cn.wire.revive() && left.drain(d.time) == io.EOF
		settle(cn.host.pool, cn, ended && len(cn.rd.Buffered()) == 0)
	}) {
		return true
	}
	d.giveUp()
	return false
}

// drainPhase names the wait for the rest of a body.
const drainPhase = "drain"

// drain reads the rest, for some time. It gives nil when that is over, io.EOF at the
// end of the body, and errTooLong where more is left than is worth reading.
func (d *rest) drain(patience time.Duration) (err error) {
	w := &d.cn.wire
	w.begin(&w.reads, patience, drainPhase)
	if w.socket.raw == nil { // it may only say that it knows deadlines
		over := time.AfterFunc(patience+stare, func() { w.Conn.Close() })
		defer func() {
			if !over.Stop() {
				err = net.ErrClosed
			}
		}()
	}
	buf := copyBuffers.Get().(*copyBuffer)
	defer copyBuffers.Put(buf)
	for d.body.Left() <= drainBytes && d.read <= drainBytes {
		n, err := d.body.Read(buf.b[:])
		d.read += n
		if limit, ok := err.(*limitError); ok && limit.name == drainPhase {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return errTooLong
}

// errTooLong is a body of which too much is left.
const errTooLong = cutError("rest of the body is too long to be read for nothing")

// drainable reports whether the rest of the body may be worth reading.
func (r *Reply) drainable() bool {
	return r.conn != nil && r.reusable && !r.upload().pending() && r.body.Left() <= drainBytes
}

// drain reads the rest of the body, if that is short and here, or hands it over. Where
// too many have been handed over already it reads on itself: to close the connection
// would make room for what opens another one the sooner. Where it does neither, the
// reply has its connection still.
func (r *Reply) drain() {
	if r.err != nil || !r.drainable() {
		return
	}
	left := rest{cn: r.conn, body: r.body}
	err := left.drain(drainWait)
	if (err == nil || err == errCanceled) && r.handOver(left) {
		return
	}
	if err == nil {
		err = left.drain(drainTime)
	}
	if err == io.EOF {
		r.end(err)
	}
}

// handOver lets the rest of the body be read by a goroutine of the connector's, which
// gives the connection back; false means that there are too many already. The trace is
// told now, as nobody is there to be told then.
func (r *Reply) handOver(left rest) bool {
	pool := left.cn.host.pool
	if !pool.drainer.reserve() {
		return false
	}
	cn := r.detach()
	if upload := r.upload(); upload != nil {
		defer upload.cease() // even when the trace panics
	}
	whole := cn.unwatch() || cn.wire.socket.raw != nil
	if cn.bounded {
		cn.wire.bound(0, 0)
		cn.bounded = false
	}
	release := cn.releasing()
	if whole && pool.drainer.start(left) {
		release.tellDrained()
		return true
	}
	if !whole {
		pool.drainer.giveUp()
	}
	pool.discard(cn)
	release.tell(false)
	return true
}

// interruption is why a read was ended by another goroutine, which does not harm the
// stream. For crypto/tls, too, the next read can go on: it asks whether an error is
// temporary.
type interruption string

func (e interruption) Error() string { return string(e) }
func (interruption) Timeout() bool   { return false }
func (interruption) Temporary() bool { return true }

// free ends the watch over the context, and undoes what its end, or a Close, has done
// to the wire where a body has come to its end all the same; false means that the
// connection cannot be used again.
func (c *conn) free() bool {
	return (c.unwatch() || c.wire.socket.raw != nil) && c.wire.revive()
}

// revive undoes an interruption, so that the wire can be read from again by its only
// user. The caller knows that whoever has interrupted is done: it has ended the watch
// over the context, and let go of the reply that could be closed.
func (w *wire) revive() bool {
	switch a := w.aborted.Load(); {
	case a == nil:
		return true
	case a != canceled && a != closedByUser || w.socket.raw == nil: // then it is closed
		return false
	}
	// Who cuts the connection for good meanwhile does not find it whole, and closes it
	// all the same.
	w.aborted.Store(nil)
	w.reads.mu.Lock()
	defer w.reads.mu.Unlock()
	w.writes.mu.Lock()
	defer w.writes.mu.Unlock()
	w.reads.armed, w.writes.armed = 0, 0
	return w.Conn.SetDeadline(time.Time{}) == nil
}
