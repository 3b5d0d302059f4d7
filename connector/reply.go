package connector

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// Reply is the answer to a [Call]: its head, and its body as a stream. It owns
// the connection until the body was read to its end or closed, which gives the
// connection back. A Reply must not be copied. Close may be called while
// another goroutine reads; otherwise it is not safe for concurrent use.
type Reply struct {
	// Status is the status code: 101, or 200 to 999.
	Status int
	// Length is that of the body in bytes as it is sent; -1 when unknown. For
	// HEAD it is the Content-Length that the server stated, for 204 and 304 zero.
	Length int64
	// Minor is that of the HTTP version: 0 or 1.
	Minor uint8
	// SetsCookie and Coded tell whether the head has a Set-Cookie and a
	// Content-Encoding field: most have neither, and need not be searched.
	SetsCookie, Coded bool

	chunked    bool
	closing    bool // the connection ends with it
	reusable   bool // the connection, once the body was read
	reused     bool // it had served others before
	repeatable bool // the request
	bound      bool // it came with conn: the body did not lie whole in the buffer
	state      atomic.Uint32
	line       int32 // octets of the status line, with which head begins
	head       []byte
	body       http1.Body
	own        http1.Reader // holds the body when the connection went back early
	peer       *peer        // nil when nothing is known
	mu         sync.Mutex   // held to let go of conn, and to cut it from another goroutine
	conn       *conn        // nil once given back
	err        error        // what later reads give
	more       *more        // what few replies have; nil for the others
}

// more is what few replies have. It stays where it is as long as the reply is
// read.
type more struct {
	tunnel  *upgraded // of a response that switches protocols
	upload  *upload
	source  io.Closer // of a reply that came by another way than a connection
	timings *Timings  // for that of the body
	first   time.Time // when the head was read
}

// peer is who is at the other end of a connection.
type peer struct {
	host *host
	addr string
	tls  *tls.ConnectionState // nil where the origin's answers come in the clear
}

// States of a Reply: whose turn the connection is.
const (
	replyIdle    = iota // nobody reads
	replyReading        // a Read or WriteTo is under way
	replyClosing        // the same, and Close was called
	replyClosed
)

// errBodyClosed is what reading from a closed reply gives.
var errBodyClosed error = interruption("read on a closed response body")

var closedByUser = &abort{errBodyClosed}

// start takes over what outlasts the exchange.
func (r *Reply) start(x *exchange, kind http1.BodyKind) {
	h := &x.head
	r.Status, r.Minor, r.Length = h.Status, uint8(h.Minor), h.ContentLength
	switch {
	case kind == http1.NoBody && x.call.Method != "HEAD":
		r.Length = 0
	case h.Chunked || kind == http1.UntilClose:
		r.Length = -1
	}
	r.chunked, r.closing = h.Chunked, h.Close || kind == http1.UntilClose
	r.SetsCookie, r.Coded = h.SetsCookie, h.Coded
	r.peer = x.conn.peer()
	r.reused, r.repeatable = x.conn.uses > 1, x.call.Repeatable && x.call.rewindable()
	if x.call.box != nil {
		x.call.box.take(x)
	} else {
		r.line = int32(h.Start)
		r.head = x.conn.rd.Keep(h, &x.c.limits)
	}
	if t := x.call.Timings; t != nil {
		r.more = &more{timings: t, first: time.Now()}
	}
	if x.upload != nil {
		r.extend().upload = x.upload
	}
}

// bind gives the connection to the reply.
func (r *Reply) bind(x *exchange) {
	r.conn, r.bound = x.conn, true
	r.conn.reading = reading{x.ctx, x.limits.BodyStall}
	x.held = false
}

// extend gives r.more, made if need be.
func (r *Reply) extend() *more {
	if r.more == nil {
		r.more = new(more)
	}
	return r.more
}

// upload gives what still sends the request's body, or nil.
func (r *Reply) upload() *upload {
	if r.more == nil {
		return nil
	}
	return r.more.upload
}

// Addr gives the peer's address.
func (r *Reply) Addr() string {
	if r.peer == nil {
		return ""
	}
	return r.peer.addr
}

// TLS describes the secured connection; nil for a plain one. It is shared and
// must not be changed.
func (r *Reply) TLS() *tls.ConnectionState {
	if r.peer == nil {
		return nil
	}
	return r.peer.tls
}

// StatusText gives the status code and the reason phrase: "200 OK".
func (r *Reply) StatusText() string {
	return statusText(r.Status, http1.HeadReason(r.head, int(r.line)))
}

// Reason gives the reason phrase, which may be empty.
func (r *Reply) Reason() string { return string(http1.HeadReason(r.head, int(r.line))) }

// Fields gives the validated header fields.
func (r *Reply) Fields() http1.Fields { return http1.HeadFields(r.head, int(r.line)) }

// Trailer gives the trailer fields, once the body was read to its end.
func (r *Reply) Trailer() http1.Fields { return r.body.Trailer() }

// Buffered reports whether the whole body has been read from the connection
// already.
func (r *Reply) Buffered() bool { return r.conn == nil && r.err == nil }

// enter begins a read; false means that the body was closed.
func (r *Reply) enter() bool { return r.state.CompareAndSwap(replyIdle, replyReading) }

// leave ends a read, and does what a Close in the meantime asked for.
func (r *Reply) leave() {
	if !r.state.CompareAndSwap(replyReading, replyIdle) {
		if r.drainable() {
			r.handOver(rest{cn: r.conn, body: r.body})
		}
		r.abandon()
		r.state.Store(replyClosed)
	}
}

// Read reads the body. Each wait for the peer is bounded by the body-stall
// time-out. It gives io.EOF at the end of the body, and an [*Error] that
// unwraps to io.ErrUnexpectedEOF when the connection ended before.
func (r *Reply) Read(p []byte) (int, error) {
	if !r.enter() {
		return 0, errBodyClosed
	}
	defer r.leave()
	return r.read(p)
}

func (r *Reply) read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	r.expect()
	n, err := r.body.Read(p)
	if err != nil {
		r.end(err)
		return n, r.err
	}
	return n, nil
}

// stallPhase names the wait for more of a body.
const stallPhase = "body stall"

// expect sets the deadline for the next octets, unless they are here already.
func (r *Reply) expect() {
	if cn := r.conn; cn != nil && r.body.Waits() {
		cn.wire.begin(&cn.wire.reads, cn.reading.stall, stallPhase)
	}
}

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
// same is done where the context ends before the body does. Close is idempotent and may
// be called while another goroutine reads, whose read then fails.
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
