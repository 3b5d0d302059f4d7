package connector

import (
	"crypto/tls"
	"io"
	"net"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// errUnclosed is the end of a TLS connection without the alert that announces it,
// where that end is all that tells the end of a body.
const errUnclosed = cutError("connection ended without TLS's closure alert, which alone tells that the response is complete (see connector.Options.AllowTruncation)")

// closure judges the end of a body. One that ends with a TLS connection is complete
// only if the peer said so inside of TLS: the end of the TCP connection below can be
// made by anybody in between, and by a server that broke down.
//
// RFC 9112, section 9.8: "A response that has neither chunked transfer coding nor
// Content-Length is complete only if a valid closure alert has been received. Treating
// an incomplete message as complete could expose implementations to attack."
// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-6
//
// crypto/tls takes an end between two records for a proper one; whether the alert
// came shows in that it did not have to read the end of the connection below.
func (r *Reply) closure(err error) error {
	if err != io.EOF || r.body.Kind() != http1.UntilClose || r.conn == nil || !r.conn.wire.ended {
		return err
	}
	if _, ours := r.conn.top.(*tls.Conn); !ours || r.conn.wire.lenient {
		return err
	}
	return errUnclosed
}

// carrier gives what TLS with the origin is spoken on. Where that is TLS with a proxy,
// an end of it is noted like one of the wire: the proxy's alert is not the origin's.
func (c *conn) carrier() net.Conn {
	if c.top == &c.wire {
		return c.top
	}
	return carried{c.top, &c.wire}
}

type carried struct {
	net.Conn
	wire *wire
}

// Read gives an end by itself, as what came with it may be the origin's alert.
func (c carried) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && err == io.EOF {
		return n, nil
	}
	c.wire.ended = c.wire.ended || err == io.EOF
	return n, err
}
