package connector

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// end settles the connection when the body has ended, well or not.
func (r *Reply) end(err error) {
	err = r.closure(err)
	r.err = err
	r.received()
	if err != io.EOF {
		r.err = r.failure(err)
		if (err == errCanceled || err == errBodyClosed) && r.drainable() {
			r.handOver(rest{cn: r.conn, body: r.body})
		}
		r.drop()
		return
	}
	r.own.Release()
	r.closeSource()
	upload := r.upload()
	reusable := r.reusable && (upload == nil || upload.settled(lastWords))
	cn := r.detach()
	if cn == nil {
		return
	}
	if upload != nil {
		defer upload.cease() // even when the trace panics
	}
	free := cn.free()
	cn.wire.socket.unsure = true // when the last octets came is the reader's secret
	settle(cn.host.pool, cn, reusable && free && len(cn.rd.Buffered()) == 0)
}

// detach lets go of the connection. After it no Close of another goroutine's
// can cut it.
func (r *Reply) detach() *conn {
	if !r.bound {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	cn := r.conn
	r.conn = nil
	if cn != nil {
		cn.reading = reading{}
	}
	return cn
}

func (r *Reply) received() {
	if m := r.more; m != nil && m.timings != nil {
		m.timings.Receive = time.Since(m.first)
		m.timings = nil
	}
}

// failure makes the error of a body that could not be read.
func (r *Reply) failure(err error) error {
	phase := PhaseBody
	var key hostKey
	if r.conn != nil {
		key = r.conn.host.key
	}
	switch {
	case r.upload().failedItself():
		phase, err = PhaseWrite, r.upload().blame()
	case err == errUnclosed:
	case err == io.ErrUnexpectedEOF && r.Length > 0:
		err = cutError(fmt.Sprintf("server closed the connection after %d of %d bytes of the body", r.Length-r.body.Left(), r.Length))
	case err == io.ErrUnexpectedEOF:
		err = errBodyCut
	case r.TLS() != nil && r.conn != nil:
		err = key.policy.Diagnose(hostOnly(key.host), err)
	}
	e := &Error{
		Phase: phase, Host: key.host, Proxy: key.via.String(), Addr: r.Addr(), Sent: true,
		Reused: r.reused, Repeatable: r.repeatable, Err: err,
	}
	if r.conn == nil { // it came by another way, see From, and maybe from a reply of ours
		if known, ok := errors.AsType[*Error](err); ok {
			return known
		}
		return e
	}
	return e.explain(r.conn.reading.ctx)
}

const errBodyCut = cutError("server closed the connection in the middle of the response's body")

// drop closes the connection.
func (r *Reply) drop() {
	r.own.Release()
	r.closeSource()
	cn := r.detach()
	if cn == nil {
		return
	}
	cn.unwatch()
	release := cn.releasing()
	cn.host.pool.discard(cn)
	if upload := r.upload(); upload != nil {
		upload.cease()
	}
	release.tell(false)
}

// Close gives the connection back. Where little of the body is left, 256 KiB at
// most, and it comes soon, within 50 ms, that is read and thrown away, so that the
// connection can be used again; else the connection is closed. Close waits for 5 ms
// of that, and the connector for the rest, unless it has 128 others to wait for. The
// same is done where the context ends before the body does. Close is idempotent and
// may be called while another goroutine reads, whose read then fails.
func (r *Reply) Close() error {
	for {
		switch {
		case r.state.CompareAndSwap(replyIdle, replyClosed):
			r.drain()
			r.abandon()
			return nil
		case r.state.CompareAndSwap(replyReading, replyClosing):
			r.mu.Lock()
			if r.conn != nil {
				r.conn.wire.abort(closedByUser)
			}
			if r.more != nil && r.more.source != nil {
				r.more.source.Close() // which is to end the Read
			}
			r.mu.Unlock()
			return nil
		case r.state.Load() >= replyClosing:
			return nil
		}
	}
}

// abandon ends a body that nobody will read.
func (r *Reply) abandon() {
	r.received()
	r.drop()
	r.err = errBodyClosed
}
