package connector

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
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
	top  net.Conn                 // what HTTP is spoken on: the wire, or TLS on it
	tls  *tls.ConnectionState     // of top; nil where that is the wire
	over atomic.Pointer[tls.Conn] // top, where that is TLS: what other goroutines may close
	rd   http1.Reader
	addr string // the peer's
	far  *peer  // what replies say of it; nil before the first
	id   uint64 // tells it from the others of its pool, for traces

	space   func() []byte // gives room in rd; made once
	watch   watch
	cancel  func()     // contextEnded; made once, for context.AfterFunc
	reading reading    // by the reply that it belongs to
	trace   *callTrace // of the exchange under way; nil when nobody wants to know

	watched bool        // watch is in use
	blind   atomic.Bool // the exchange under way, or the last one, was sent without a look
	bounded bool        // a total time-out was set on the wire
	trusted bool        // the peer lives in this process: no look before reuse
	early   bool        // it has rested before the first exchange
	closed  atomic.Bool

	turns    turns
	uses     int   // exchanges that were begun; one more when early
	expires  int64 // by clock: when it is too old to be used again
	restedAt int64 // by clock: when it came to rest
	rest     links[conn]
}

// reading is what bounds the reading of a body.
type reading struct {
	ctx   context.Context
	stall time.Duration // how long the peer may give nothing; negative is for ever
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
	c.cancel = c.contextEnded
	c.addr = addrText(nc.RemoteAddr())
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			c.wire.socket.init(raw)
		}
	}
	return c
}

// addrText is a.String, for less.
func addrText(a net.Addr) string {
	switch a := a.(type) {
	case nil:
		return ""
	case *net.TCPAddr:
		if to := a.AddrPort(); to.Addr().IsValid() {
			return netip.AddrPortFrom(to.Addr().Unmap(), to.Port()).String()
		}
	}
	return a.String()
}

// secured puts TLS on top of the connection.
func (c *conn) secured(tc *tls.Conn) {
	state := tc.ConnectionState()
	c.top, c.tls = tc, &state
	c.over.Store(tc)
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
		c.far = &peer{c.host, c.addr, c.origin()}
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
			c.alertAndClose(c.top)
		} else {
			c.wire.Conn.Close()
		}
		c.wire.drop()
		c.rd.Release()
	}
}

// alertAndClose lets TLS say that it ends, and hardly waits for that: a connection
// of the pool is closed by whatever goroutine comes by.
//
// RFC 8446, section 6.1: "Each party MUST send a "close_notify" alert before closing
// its write side of the connection, unless it has already sent some error alert."
// https://www.rfc-editor.org/rfc/rfc8446#section-6.1-7
//
// Not where a write is under way, or was cut off: what follows the first part of a
// record is taken for the rest of it. Nor where the peer does not read, so that there
// is no room for an alert.
func (c *conn) alertAndClose(tc net.Conn) {
	c.wire.ending.Store(true)
	if c.wire.socket.raw == nil { // it may only say that it knows deadlines
		over := time.AfterFunc(farewell, func() { c.wire.Conn.Close() })
		defer over.Stop()
	}
	tc.Close()
}

// cut makes the connection fail for whoever uses it, with cause, and closes it. What
// else it holds is given back by its user.
func (c *conn) cut(cause error) {
	c.wire.abort(&abort{cause})
	if tc := c.over.Load(); tc != nil {
		c.alertAndClose(tc)
		return
	}
	c.wire.Conn.Close()
}

// write writes to the peer. TLS that was closed by cut does not ask the wire why.
func (c *conn) write(p []byte) (int, error) {
	n, err := c.top.Write(p)
	if err != nil && c.tls != nil {
		if a := c.wire.aborted.Load(); a != nil && errors.Is(err, net.ErrClosed) {
			err = a.cause
		}
	}
	return n, err
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
