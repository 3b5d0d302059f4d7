package connector

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// inlinePayload is how large a body in memory may be to be sent in one write
// with the head, by the caller's goroutine. It fits into the smallest send
// buffer of a socket, so that the write cannot wait for a peer that itself
// waits for us to read.
const inlinePayload = 16 << 10

// exchange is one request and the head of its answer, on one connection. It
// stands in the Call and is in use as long as Do; what outlasts Do is in the Reply.
type exchange struct {
	c      *Connector
	ctx    context.Context
	call   *Call
	reply  *Reply
	limits *Timeouts
	own    Timeouts // limits, when they are the call's own
	whole  int64    // when the total time-out ends, by clock; 0 is none
	now    int64    // the clock's last reading: when this attempt began

	out    []byte  // what is sent in one write: the head, and a small body
	via    *route  // the way of this attempt; nil is the direct one
	proof  proof   // what the proxy was told of its user
	joint  []byte  // where the two are put together
	right  *host   // of the pool's rights to open a connection, the one in hand
	conn   *conn   // the connection of this attempt
	held   bool    // conn is neither given back nor handed over
	upload *upload // the body being sent by another goroutine; nil when none
	head   http1.ResponseHead

	readErr error // of the read that came with the sending
	status
}

// status is how far an exchange has come.
type status struct {
	expect   bool // wait for 100 Continue
	last     bool // the connection is not to be used again
	started  bool // Body has been handed out to be read
	sent     bool // an octet may have reached the peer
	before   bool // the same, of an earlier attempt
	answered bool // an octet of an answer was read
	interims int  // how many 1xx answers were read
	retried  bool
	ended    bool // it has come to a result, and no function of the user's has panicked
}

// finish ends the exchange, and makes it ready for another. What is still in its
// hands, because a function of the user's panicked, it gives back.
func (x *exchange) finish() {
	x.c.flying.Add(-1)
	if x.right != nil {
		x.c.pool.giveUp(x.right)
	}
	if x.held {
		if x.upload != nil {
			defer x.upload.cease()
		}
		x.release(false)
	}
	if !x.ended && !x.started {
		defer x.call.closeBody()
	}
	if cap(x.joint) > 64<<10 {
		x.joint = nil
	}
	x.clear()
}

// clear lets go of all that does not serve the next exchange. It does so word by
// word, as a whole struct is dear to clear while the garbage collector runs.
func (x *exchange) clear() {
	if x.call.trace != nil {
		x.call.trace, x.call.interim = nil, nil
	}
	if x.proof != (proof{}) { // by whatever way it was made
		x.proof = proof{} // the next one may go through another proxy
	}
	x.c, x.ctx, x.call, x.reply = nil, nil, nil, nil
	x.limits, x.whole, x.now = nil, 0, 0
	x.out, x.via, x.right, x.conn, x.upload = nil, nil, nil, nil, nil
	x.head.Status, x.head.Method, x.head.Reason, x.head.Fields = 0, "", nil, nil
	x.held, x.readErr, x.status = false, nil, status{}
}

// renew makes the exchange ready for another attempt.
func (x *exchange) renew() {
	x.before = x.before || x.sent
	x.conn, x.upload = nil, nil
	x.head = http1.ResponseHead{}
	x.started, x.sent, x.answered, x.readErr, x.interims = false, false, false, nil, 0
	x.now = clock()
}

// run sends the request, reads the head of the answer, and gives the rest to
// the reply.
func (x *exchange) run() error {
	cn := x.conn
	fused := x.inline() && cn.wire.socket.canFuse()
	blind := fused && x.blind()
	cn.wire.socket.blind = blind
	x.c.watcher.watch(x.ctx, cn, blind)
	cn.trace = x.call.trace
	cn.trace.gotConn(cn)
	started := x.stamp()
	cn.wire.socket.timeSend(fused && (x.call.Timings != nil || x.call.trace.traced()))
	writeErr := x.send(fused)
	sentAt := x.stamp()
	if at := cn.wire.socket.sentAt; !at.IsZero() {
		sentAt = at // the answer was waited for in the same call
	}
	if x.upload == nil {
		x.call.trace.wrote(sentAt, writeErr)
	}
	if writeErr != nil && !isGone(writeErr) {
		return x.fail(PhaseWrite, writeErr)
	}
	if err := x.readHead(); err != nil {
		if writeErr != nil && (isGone(err) || err == io.ErrUnexpectedEOF) {
			return x.fail(PhaseWrite, writeErr)
		}
		return x.failHead(err)
	}
	if x.via.asks() {
		if err := x.proxied(); err != nil {
			return err
		}
	}
	if x.expect && x.upload == nil && x.head.Status == 417 {
		return x.refused()
	}
	if x.upload != nil && (x.call.trace != nil || x.call.Timings != nil) {
		sentAt = x.uploaded()
	}
	x.note(started, sentAt)
	x.call.trace.answeredBy(x)
	return x.accept()
}

// uploaded waits a moment for the end of the body, and tells when that was: now,
// when the answer has overtaken it.
func (x *exchange) uploaded() time.Time {
	now := x.stamp()
	if !x.upload.settled(lastNews) {
		return now
	}
	return x.upload.ended
}

// send writes the head and, where it is small and in memory, the body; else it
// starts the upload. In the first case it reads the first part of the answer
// as well.
func (x *exchange) send(fused bool) error {
	call, cn := x.call, x.conn
	head := call.Head
	if x.via != nil {
		x.joint = x.via.appendHead(x.joint, call, &x.proof)
		head = x.joint
	}
	x.out = call.appendFraming(head, x.expect, x.last)
	inline := x.inline()
	if inline && len(call.Payload) > 0 {
		x.joint = append(append(x.joint[:0], x.out...), call.Payload...)
		x.out = x.joint
	}
	w := &cn.wire
	w.beginAt(x.now, &w.reads, x.limits.Head, "head")
	if fused {
		w.sending, w.socket.alone = x.limits.Write, x.c.flying.Load() == 1
		err := x.sendFused()
		x.call.trace.wroteHead(x, err)
		return err
	}
	w.beginAt(x.now, &w.writes, x.limits.Write, "write")
	n, err := cn.top.Write(x.out)
	x.sent = n > 0 || cn.tls != nil
	x.call.trace.wroteHead(x, err)
	switch {
	case err != nil || inline:
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
// time that the request takes to the server; so it is left out where that time
// and the rest are of one order.
//
// There is always a look when the last answer had a body that did not come with its
// head, or filled the buffer: what lies behind may have come before its end was read.
//
// The end of the connection is a matter of the poller as well: it may have told
// of it before the exchange, and tells once. So a blind exchange that is not over
// soon is looked after by the watcher.
const rested = time.Millisecond

// blind reports whether the connection need not be looked at.
func (x *exchange) blind() bool {
	cn := x.conn
	return x.call.Repeatable && cn.uses > 1 && !cn.wire.socket.unsure && x.now-cn.restedAt < int64(rested)
}

// sendFused sends a whole request and waits for the first part of the answer.
// Under TLS the record is held back until the read sends it.
func (x *exchange) sendFused() error {
	cn := x.conn
	w := &cn.wire
	if cn.tls == nil {
		written, n, err := w.exchange(x.out, cn.space)
		cn.rd.Advance(n)
		x.sent = written > 0
		if written < len(x.out) {
			return err
		}
		x.readErr = err
		return nil
	}
	w.flushed, w.hold = 0, true
	_, err := cn.top.Write(x.out)
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

// readHead reads up to the head of the final answer.
func (x *exchange) readHead() error {
	for {
		if x.head.Status == 0 {
			if err := x.nextHead(); err != nil {
				return err
			}
		}
		if !x.interim() {
			return nil
		}
		if err := x.passInterim(); err != nil {
			return err
		}
	}
}

// interim reports whether the head that was read is followed by another one.
func (x *exchange) interim() bool { return x.head.Status < 200 && x.head.Status != 101 }

// passInterim shows an interim answer to who asked for it.
func (x *exchange) passInterim() error {
	if x.interims++; x.interims > x.c.interim {
		return errTooManyInterim
	}
	var err error
	if x.call.interim != nil {
		err = x.call.interim(&x.head)
	}
	x.head = http1.ResponseHead{}
	return err
}

// nextHead reads one head.
func (x *exchange) nextHead() error {
	rd := &x.conn.rd
	if err := x.readErr; err != nil {
		x.readErr = nil
		return err
	}
	// Of the methods the head is told of CONNECT alone, whose success is to be
	// taken whatever the framing fields say: faulty framing is refused after HEAD.
	if x.call.Method == "CONNECT" {
		x.head.Method = x.call.Method
	}
	err := rd.ReadResponseHead(&x.head, &x.c.limits)
	if err != nil {
		x.head.Status = 0
	}
	if !x.answered && (err == nil || len(rd.Buffered()) > 0) {
		x.answered = true
		x.call.trace.firstByte()
	}
	return err
}

// note fills the timings in.
func (x *exchange) note(started, sentAt time.Time) {
	t := x.call.Timings
	if t == nil {
		return
	}
	t.Send = sentAt.Sub(started)
	t.Wait = time.Since(sentAt)
	t.Reused = x.conn.uses > 1
	t.Addr, t.Proxy = x.conn.addr, x.via.String()
}

// accept hands the connection over to the reply, or, when the whole answer has
// been read with its head, back to the pool.
func (x *exchange) accept() error {
	r, cn, h := x.reply, x.conn, &x.head
	kind, length := h.BodyOf(x.call.Method)
	if switched(x.call.Method, h.Status) {
		return x.acceptSwitch()
	}
	r.start(x, kind)
	x.via.learn(cn, h)
	unsent := x.call.hasBody() && x.expect && x.upload == nil // a final answer came in place of 100
	if unsent {
		x.call.closeBody()
	}
	r.reusable = !h.Close && kind != http1.UntilClose && !x.last && !unsent
	buffered := int64(len(cn.rd.Buffered()))
	if x.upload == nil && (kind == http1.NoBody || kind == http1.Length && length <= buffered) {
		if kind == http1.Length {
			r.own.Take(&cn.rd)
			r.body.Reset(&r.own, kind, length, &x.c.limits)
		} else {
			r.body.Reset(&cn.rd, kind, 0, &x.c.limits)
			length = 0
		}
		// Octets behind the answer belong to no request: see conn.alive.
		x.release(r.reusable && buffered == length)
		return nil
	}
	r.body.Reset(&cn.rd, kind, length, &x.c.limits)
	r.conn, r.bound = cn, true
	x.held = false
	if x.upload != nil && h.Close && h.Status >= 300 {
		// A success may well come with "close" and still be the answer to all
		// of the body: net/http's server says so when a handler streams.
		//
		// RFC 9112, section 9.5: "If the client sees a response that indicates
		// the server does not wish to receive the message body and is closing
		// the connection, the client SHOULD immediately cease transmitting the
		// body and close its side of the connection."
		// https://www.rfc-editor.org/rfc/rfc9112#section-9.5-5
		x.upload.cease()
	}
	if kind == http1.NoBody {
		r.end(io.EOF)
	}
	return nil
}

// release ends the watch over the context and gives the connection back, to be
// used again or closed.
func (x *exchange) release(reusable bool) {
	reusable = x.conn.unwatch() && reusable
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
	if !reusable || cn.wire.aborted.Load() != nil {
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
