package connector

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// conn is one client connection. At rest it holds no buffer and no goroutine.
// While a request is under way it belongs to that request's goroutine alone,
// but for its wire, which others may abort, and for an upload.
type conn struct {
	host *host
	wire wire
	top  net.Conn             // what HTTP is spoken on: the wire, or TLS on it
	tls  *tls.ConnectionState // of top; nil where that is the wire
	rd   http1.Reader
	addr string // the peer's
	far  *peer  // what replies say of it; nil before the first
	id   uint64 // tells it from the others of its pool, for traces

	space   func() []byte // gives room in rd; made once
	watch   watch
	trace   *callTrace // of the exchange under way; nil when nobody wants to know
	cancel  func()     // aborts the wire; made once, for context.AfterFunc
	bounded bool       // a total time-out was set on the wire
	trusted bool       // the peer lives in this process: no look before reuse
	closed  atomic.Bool

	uses     int   // exchanges that were begun; one more when early
	early    bool  // it has rested before the first one
	expires  int64 // by clock: when it is too old to be used again
	restedAt int64 // by clock: when it came to rest
	rest     links[conn]
}

func (c *conn) links() *links[conn] { return &c.rest }

// newConn wraps a connection that was just opened.
func newConn(h *host, nc net.Conn) *conn {
	c := &conn{host: h}
	c.wire.Conn = nc
	c.top = &c.wire
	c.rd.Reset(&c.wire)
	c.space = c.rd.Space
	c.wire.place = func() []byte { return c.wire.into }
	c.cancel = func() { c.wire.abort(canceled) }
	if a := nc.RemoteAddr(); a != nil {
		c.addr = a.String()
	}
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			c.wire.socket.init(raw)
		}
	}
	return c
}

// secured puts TLS on top of the connection.
func (c *conn) secured(tc *tls.Conn) {
	state := tc.ConnectionState()
	c.top, c.tls = tc, &state
	c.rd.Reset(tc)
}

// origin describes the TLS that ends at the origin; nil when there is none. What
// a proxy sees in the clear is plain.
func (c *conn) origin() *tls.ConnectionState {
	if !c.host.key.tls {
		return nil
	}
	return c.tls
}

// peer is what replies say of the other end. TLS is complete when it is asked for.
func (c *conn) peer() *peer {
	if c.far == nil {
		c.far = &peer{c.addr, c.origin()}
	}
	return c.far
}

// dialedTLS notes the state of a connection that came with its TLS.
func (c *conn) dialedTLS() {
	if tc, ok := c.wire.Conn.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := tc.ConnectionState()
		c.tls = &state
	}
}

// farewell is how long a closure alert may take. A socket takes it at once, but
// for one whose peer has stopped reading.
const farewell = 20 * time.Millisecond

// close closes the socket and gives the buffer back.
//
// RFC 9112, section 9.8: "Clients MUST send a closure alert before closing the
// connection."
// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-8
func (c *conn) close() {
	if c.closed.CompareAndSwap(false, true) {
		if c.top != &c.wire && c.wire.held == nil {
			c.alertAndClose()
		} else {
			c.wire.Conn.Close()
		}
		c.wire.drop()
		c.rd.Release()
	}
}

// alertAndClose lets TLS say that it ends, and hardly waits for that: a connection
// of the pool is closed by whatever goroutine comes by. TLS says nothing where a
// write is under way.
func (c *conn) alertAndClose() {
	c.wire.ending.Store(true)
	if c.wire.socket.raw == nil { // it may only say that it knows deadlines
		over := time.AfterFunc(farewell, func() { c.wire.Conn.Close() })
		defer over.Stop()
	}
	c.top.Close()
}

// cut makes the connection fail for whoever uses it, with cause, and closes its
// socket. What else it holds is given back by its user.
func (c *conn) cut(cause error) {
	c.wire.abort(&abort{cause})
	c.wire.Conn.Close()
}

// glance is how long a connection that is no socket is listened to before it is
// used again.
const glance = 100 * time.Microsecond

// alive reports whether a connection that rested can be used: the peer has
// neither closed it nor sent anything.
//
// RFC 9112, section 9.2: "If a client receives data on a connection that
// doesn't have outstanding requests, the client MUST NOT consider that data to
// be a valid response; the client SHOULD close the connection, since message
// delimitation is now ambiguous".
// https://www.rfc-editor.org/rfc/rfc9112#section-9.2-3
func (c *conn) alive() bool {
	if c.wire.socket.raw == nil {
		return c.aliveOpaque()
	}
	state := c.wire.socket.peek()
	if state == gone || c.tls == nil {
		return state == silent
	}
	// Under TLS something may be pending that is no data: session tickets come
	// after the handshake. And where nothing is, TLS may hold what it has read
	// with the end of the last answer.
	c.wire.rearm(time.Time{})
	return c.nothingPending()
}

// stare is when a glance must be over: a connection that says it has set a
// deadline, and has not, is closed then.
const stare = 10 * time.Millisecond

// aliveOpaque is alive for a connection that cannot be looked into: it reads
// for a moment. The pipes of Options.Handler are beyond doubt.
func (c *conn) aliveOpaque() bool {
	if c.trusted || c.wire.rearm(time.Now().Add(glance)) != nil {
		return true
	}
	over := time.AfterFunc(stare, func() { c.wire.Conn.Close() })
	quiet := c.nothingPending()
	// Where it is not stopped it is closing the connection, which a request that is
	// written now could be lost with, or sent twice.
	return over.Stop() && quiet
}

// nothingPending reads what is pending, and reports whether that was no data
// and no end.
func (c *conn) nothingPending() bool {
	var one [1]byte
	c.wire.nowait = true
	n, err := c.top.Read(one[:])
	c.wire.nowait = false
	return n == 0 && errors.Is(err, errNothingPending)
}

// peeked is what a look at a socket's receive queue shows.
type peeked uint8

const (
	silent  peeked = iota // nothing has come
	pending               // octets wait to be read
	gone                  // the peer has closed, or an error is pending
)
