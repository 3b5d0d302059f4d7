package connector

import (
	"errors"
	"time"
)

// inlinePayload is how large a body in memory may be to be sent in one write
// with the head, by the caller's goroutine. It fits into the smallest send
// buffer of a socket, so that the write cannot wait for a peer that itself
// waits for us to read.
const inlinePayload = 16 << 10

// render puts together what is sent in one write: the head, and a body that is
// small and in memory.
func (x *exchange) render() {
	call := x.call
	head := call.Head
	if x.via != nil {
		x.joint = x.via.appendHead(x.joint, call, &x.proof)
		head = x.joint
	}
	x.out = call.appendFraming(head, x.expect, x.last)
	if len(call.Payload) > 0 && x.inline() {
		x.joint = append(append(x.joint[:0], x.out...), call.Payload...)
		x.out = x.joint
	}
}

// send writes what was rendered, and starts the upload of a body that is not a part
// of it.
func (x *exchange) send() error {
	cn := x.conn
	w := &cn.wire
	w.beginAt(x.now, &w.writes, x.limits.Write, "write")
	n, err := cn.write(x.out)
	x.sent = n > 0 || cn.tls != nil
	x.call.trace.wroteHead(x, err)
	switch {
	case err != nil || x.inline():
		w.begin(&w.reads, x.limits.Head, "head")
		return err
	case x.expect:
		return x.awaitContinue()
	}
	return x.startUpload()
}

// inline reports whether the whole request goes out in one write.
func (x *exchange) inline() bool {
	return !x.call.hasBody() || !x.expect && !x.call.streamed() && len(x.call.Payload) <= inlinePayload
}

// rested is how long a connection may have been at rest for a request that can
// be repeated to be sent on it without a look at what has come meanwhile. The
// look is a system call, a twentieth of what a request costs. What it finds, the
// end of the connection or octets nobody asked for, may just as well come in the
// time that the request takes to the server, which is longer.
//
// There is always a look when the last answer had a body that did not come with its
// head, or filled the buffer: what lies behind may have come before its end was read.
// So there is where a function of the program's is called in between, a trace's, which
// may take its time; and where the connection has come to rest since the exchange last
// looked at the clock.
//
// The end of the connection is a matter of the poller as well: it may have told
// of it before the exchange, and tells once. So a blind exchange that is not over
// soon is looked after: see lookout.
const rested = 10 * time.Microsecond

// blind reports whether the connection need not be looked at.
func (x *exchange) blind() bool {
	cn := x.conn
	rest := x.now - cn.restedAt
	return x.call.Repeatable && x.call.trace == nil && cn.uses > 1 && !cn.wire.socket.unsure && 0 <= rest && rest < x.c.rested
}

// sendFused sends a whole request and waits for the first part of the answer.
func (x *exchange) sendFused() error {
	cn := x.conn
	cn.wire.sending = x.limits.Write
	written, n, err := cn.wire.exchange(x.out, cn.space)
	cn.rd.Advance(n)
	x.sent = written > 0
	if written == len(x.out) {
		x.readErr, err = err, nil
	}
	x.call.trace.wroteHead(x, err)
	return err
}

// sendRecord is sendFused under TLS. The record is held back until the read sends it.
func (x *exchange) sendRecord() (err error) {
	cn := x.conn
	w := &cn.wire
	defer func() { x.call.trace.wroteHead(x, err) }()
	w.sending, w.flushed, w.hold = x.limits.Write, 0, true
	_, err = cn.write(x.out)
	w.hold = false
	if err != nil {
		return err
	}
	err = cn.rd.Fill(x.c.limits.LineBytes)
	x.sent = w.flushed > 0
	if err != nil && !x.sent && (w.aborted.Load() != nil || errors.Is(err, errStale)) {
		return err // before the write
	}
	if w.held == nil {
		x.readErr = err
		return nil
	}
	// The read was satisfied by what the peer had sent before.
	w.drop()
	switch {
	case err == nil:
		return errUnasked
	case isGone(err):
		return errStale
	}
	x.readErr = err // an alert, it may be
	return nil
}
