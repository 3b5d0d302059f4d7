package connector

import (
	"crypto/tls"
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
