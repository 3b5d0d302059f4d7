package connector

import (
	"errors"
	"net"
	"sync"
)

// upgraded is the connection behind a 101 response, or behind a 2xx response to
// CONNECT, with what was read of it beforehand.
type upgraded struct {
	net.Conn
	conn *conn
	pool *pool
	once sync.Once
	rest []byte // of what was read with the response's head
}

var errNoHalfClose = errors.New("connection cannot be closed for one direction only")

func newUpgraded(p *pool, cn *conn) *upgraded {
	u := &upgraded{Conn: cn.top, conn: cn, pool: p, rest: append([]byte(nil), cn.rd.Buffered()...)}
	cn.rd.Release()
	return u
}

// Upgraded gives the connection of a response with status 101, or of one with
// status 2xx to CONNECT, for both directions. It is the caller's from then on:
// neither the context nor the time-outs of the call concern it any more, and
// closing it closes the connection. It is nil for other responses.
func (r *Reply) Upgraded() net.Conn {
	if r.more == nil || r.more.tunnel == nil {
		return nil
	}
	r.detach()
	return r.more.tunnel
}

// Read reads what the server sends.
func (u *upgraded) Read(p []byte) (int, error) {
	if len(u.rest) > 0 {
		n := copy(p, u.rest)
		u.rest = u.rest[n:]
		return n, nil
	}
	return u.Conn.Read(p)
}

// CloseWrite ends the stream to the server, where the connection can do that.
func (u *upgraded) CloseWrite() error {
	if c, ok := u.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite() // TLS
	}
	if c, ok := u.conn.wire.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return errNoHalfClose
}

// Close closes the connection, once. It does not wait for the calls under way.
func (u *upgraded) Close() error {
	u.once.Do(func() {
		u.pool.discard(u.conn)
	})
	return nil
}
