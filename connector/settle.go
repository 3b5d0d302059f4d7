package connector

import (
	"errors"
	"io"
)

// release ends the watch over the context and gives the connection back, to be
// used again or closed.
func (x *exchange) release(reusable bool) {
	if reusable {
		reusable = x.conn.free()
	} else {
		x.conn.unwatch()
	}
	x.held = false
	settle(x.c.pool, x.conn, reusable)
}

// trade closes the connection and keeps the right to open another, for the next
// attempt: it has had its turn and need not wait for one again.
func (x *exchange) trade() {
	x.conn.unwatch()
	x.held = false
	release := x.conn.releasing()
	if _, err := x.c.pool.replace(x.conn, true); err == nil {
		x.right = x.conn.host
	}
	release.tell(false)
}

// settle gives a connection back to the pool, or closes it.
func settle(p *pool, cn *conn, reusable bool) {
	release := cn.releasing()
	if !reusable {
		p.discard(cn)
		release.tell(false)
		return
	}
	cn.rd.Release()
	if cn.bounded {
		cn.wire.bound(0, 0)
		cn.bounded = false
	}
	release.tell(p.put(cn))
}

// fail ends the attempt.
func (x *exchange) fail(p Phase, err error) error {
	if x.upload != nil {
		if cause := x.upload.blame(); cause != nil {
			p, err = PhaseWrite, cause
		} else if !x.answered && !x.upload.finished() {
			p = PhaseWrite
		}
	}
	if x.upload != nil {
		defer x.upload.cease() // even when the trace panics
	}
	e := x.failed(p, err, x.sent)
	if x.again(e) {
		x.trade()
	} else {
		x.release(false)
	}
	return e
}

// failHead ends an attempt whose answer could not be read.
func (x *exchange) failHead(err error) error {
	switch {
	case err == io.EOF, err == io.ErrUnexpectedEOF && !x.answered:
		err = errNoAnswer
	case err == io.ErrUnexpectedEOF:
		err = errHeadCut
	case x.conn.host.key.tls:
		err = x.conn.host.key.policy.Diagnose(hostOnly(x.call.Host), err)
	}
	return x.fail(PhaseHead, err)
}

// errStale says that a connection was closed by the peer before the request was
// sent on it.
var errStale = errors.New("connection was closed by the server before the request was sent")

// errUnasked says that a server spoke before it was asked: it speaks another
// protocol, or has lost count of its answers.
var errUnasked = errors.New("server sent data before the request: it does not speak HTTP/1.1 on this port, or answered twice")

// cutError is an unexpected end of the stream.
type cutError string

func (e cutError) Error() string { return string(e) }
func (cutError) Unwrap() error   { return io.ErrUnexpectedEOF }

const (
	errNoAnswer = cutError("server closed the connection without answering")
	errHeadCut  = cutError("server closed the connection in the middle of the response's head")
)
