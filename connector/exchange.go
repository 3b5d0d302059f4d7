package connector

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/trust"
)

// inlinePayload is how large a body in memory may be to be sent in one write
// with the head, by the caller's goroutine. It fits into the smallest send
// buffer of a socket, so that the write cannot wait for a peer that itself
// waits for us to read.
const inlinePayload = 16 << 10

// continueWait is how long a body is held back for a "100 Continue".
//
// RFC 9110, section 10.1.1: "A client that sends a 100-continue expectation is
// not required to wait for any specific length of time; such a client MAY
// proceed to send the content even if it has not yet received a response."
// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1-11.4
const continueWait = time.Second

// exchange is one request and the head of its answer, on one connection. It
// lives as long as Do; what outlasts Do is in the Reply.
type exchange struct {
	c      *Connector
	ctx    context.Context
	call   *Call
	reply  *Reply
	limits Timeouts
	whole  int64 // when the total time-out ends, by clock; 0 is none

	out    []byte // what is sent in one write: the head, and a small body
	conn   *conn
	stop   func() bool // ends the watch over ctx
	upload *upload     // the body being sent by another goroutine; nil when none
	head   http1.ResponseHead

	expect   bool  // wait for 100 Continue
	started  bool  // Body has been handed out to be read
	sent     bool  // an octet may have reached the peer
	readErr  error // of the read that came with the sending
	answered bool  // an octet of an answer was read
	retried  bool
}

// exchanges are reused, each with the buffer that heads are completed in.
var exchanges = sync.Pool{New: func() any { return &exchange{out: make([]byte, 0, 2<<10)} }}

// recycle makes the exchange ready for another request.
func (x *exchange) recycle() {
	out := x.out[:0]
	if cap(out) > 64<<10 {
		out = nil
	}
	*x = exchange{out: out}
	exchanges.Put(x)
}

// run sends the request, reads the head of the answer, and gives the rest to
// the reply.
func (x *exchange) run() error {
	cn := x.conn
	if x.ctx.Done() != nil {
		x.stop = context.AfterFunc(x.ctx, cn.cancel)
	}
	x.call.trace.gotConn(cn)
	started := x.stamp()
	writeErr := x.send()
	x.call.trace.wrote(writeErr)
	if writeErr != nil && !isGone(writeErr) {
		return x.fail(PhaseWrite, writeErr)
	}
	sentAt := x.stamp()
	err := x.readHead()
	if err != nil {
		if writeErr != nil {
			return x.fail(PhaseWrite, writeErr)
		}
		return x.failHead(err)
	}
	if x.expect && x.upload == nil && x.head.Status == 417 {
		return x.refused()
	}
	x.note(started, sentAt)
	x.accept()
	return nil
}

// send writes the head and, where it is small and in memory, the body; else it
// starts the upload. In the first case it reads the first part of the answer
// as well.
func (x *exchange) send() error {
	call, cn := x.call, x.conn
	x.out = call.appendFraming(append(x.out[:0], call.Head...), x.expect)
	inline := x.inline()
	if inline {
		x.out = append(x.out, call.Payload...)
	}
	cn.wire.begin(&cn.wire.writes, x.limits.Write, "write")
	if inline && cn.wire.socket.canFuse() {
		return x.sendFused()
	}
	n, err := cn.top.Write(x.out)
	x.sent = n > 0 || cn.tls != nil
	if err != nil {
		return err
	}
	cn.wire.begin(&cn.wire.reads, x.limits.Head, "head")
	switch {
	case inline:
		return nil
	case x.expect:
		return x.awaitContinue()
	}
	x.startUpload()
	return nil
}

// inline reports whether the whole request goes out in one write.
func (x *exchange) inline() bool {
	return !x.call.hasBody() || !x.expect && !x.call.streamed() && len(x.call.Payload) <= inlinePayload
}

// sendFused sends a whole request and waits for the first part of the answer.
// Under TLS the record is held back until the read sends it.
func (x *exchange) sendFused() error {
	cn := x.conn
	w := &cn.wire
	w.begin(&w.reads, x.limits.Head, "head")
	if cn.tls != nil {
		w.hold = true
		_, err := cn.top.Write(x.out)
		w.hold = false
		if err != nil {
			return err
		}
		x.sent = true
		x.readErr = cn.rd.Fill(x.c.limits.LineBytes)
		if len(w.held) > 0 { // the read was satisfied without reading
			return errStale
		}
		if errors.Is(x.readErr, errStale) {
			x.sent = false
			return errStale
		}
		return nil
	}
	written, n, err := w.exchange(x.out, cn.rd.Space())
	cn.rd.Advance(n)
	x.sent = written > 0
	if written < len(x.out) {
		return err
	}
	x.readErr = err
	return nil
}

// awaitContinue waits for the server's word on the body. A final answer leaves
// the body unsent; silence sends it.
func (x *exchange) awaitContinue() error {
	w := &x.conn.wire
	w.begin(&w.reads, continueWait, "continue")
	err := x.nextHead()
	var late *limitError
	switch {
	case err == nil && x.head.Status == 100:
		x.call.trace.got100()
		x.head = http1.ResponseHead{}
	case err == nil:
		return nil // a final answer; readHead finds it read
	case errors.As(err, &late) && late.name == "continue":
	default:
		return err
	}
	w.begin(&w.reads, x.limits.Head, "head")
	x.startUpload()
	return nil
}

// readHead reads up to the head of the final answer.
func (x *exchange) readHead() error {
	for interim := 0; ; interim++ {
		if x.head.Status == 0 {
			if err := x.nextHead(); err != nil {
				return err
			}
		}
		if x.head.Status >= 200 || x.head.Status == 101 {
			return nil
		}
		if interim >= x.c.interim {
			return errTooManyInterim
		}
		if x.call.interim != nil {
			if err := x.call.interim(&x.head); err != nil {
				return err
			}
		}
		x.head = http1.ResponseHead{}
	}
}

func (x *exchange) nextHead() error {
	rd := &x.conn.rd
	if err := x.readErr; err != nil {
		x.readErr = nil
		return err
	}
	err := rd.ReadResponseHead(&x.head, &x.c.limits)
	if err != nil {
		x.head.Status = 0
	}
	x.answered = x.answered || err == nil || len(rd.Buffered()) > 0
	return err
}

// refused ends an attempt whose expectation the server refused.
//
// RFC 9110, section 10.1.1: "A client that receives a 417 (Expectation Failed)
// status code in response to a request containing a 100-continue expectation
// SHOULD repeat that request without a 100-continue expectation".
// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1-11.5
func (x *exchange) refused() error {
	x.release(false)
	x.expect = false
	return errExpectationFailed
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
	t.Addr = x.conn.addr
}

// accept hands the connection over to the reply, or, when the whole answer has
// been read with its head, back to the pool.
func (x *exchange) accept() {
	r, cn, h := x.reply, x.conn, &x.head
	kind, length := h.BodyOf(x.call.Method)
	r.start(x, kind)
	if h.Status == 101 {
		r.conn, r.stop = cn, x.stop
		return
	}
	reusable := !h.Close && kind != http1.UntilClose && !x.call.Close && !x.c.opts.DisableKeepAlives
	unsent := x.call.hasBody() && x.expect && x.upload == nil // a final answer came in place of 100
	if unsent {
		x.call.closeBody()
	}
	buffered := int64(len(cn.rd.Buffered()))
	if x.upload == nil && (kind == http1.NoBody || kind == http1.Length && length <= buffered) {
		if kind == http1.Length {
			r.own.Take(&cn.rd)
			r.body.Reset(&r.own, kind, length, &x.c.limits)
		} else {
			r.body.Reset(&cn.rd, kind, 0, &x.c.limits)
			length = 0
		}
		cn.rd.Release()
		// Octets behind the answer belong to no request: see conn.alive.
		x.release(reusable && !unsent && buffered == length)
		return
	}
	r.body.Reset(&cn.rd, kind, length, &x.c.limits)
	r.conn, r.stop, r.upload = cn, x.stop, x.upload
	r.reusable = reusable && !unsent
	if x.upload != nil && h.Close {
		// RFC 9112, section 9.5: "If the client sees a response that indicates
		// the server does not wish to receive the message body and is closing
		// the connection, the client SHOULD immediately cease transmitting the
		// body and close its side of the connection."
		// https://www.rfc-editor.org/rfc/rfc9112#section-9.5-5
		x.upload.cease()
	}
}

// release ends the watch over the context and gives the connection back, to be
// used again or closed.
func (x *exchange) release(reusable bool) {
	if x.stop != nil && !x.stop() {
		reusable = false
	}
	settle(x.c.pool, x.conn, reusable)
}

// settle gives a connection back to the pool, or closes it.
func settle(p *pool, cn *conn, reusable bool) {
	if !reusable {
		p.discard(cn)
		return
	}
	cn.rd.Release()
	p.put(cn)
}

// fail ends the attempt.
func (x *exchange) fail(p Phase, err error) error {
	if x.upload != nil {
		if cause := x.upload.blame(); cause != nil {
			p, err = PhaseWrite, cause
		}
		x.upload.cease()
	}
	e := x.failed(p, err, x.sent)
	x.release(false)
	return e
}

// failHead ends an attempt whose answer could not be read.
func (x *exchange) failHead(err error) error {
	switch {
	case err == io.EOF:
		err = errNoAnswer
	case x.conn.tls != nil:
		err = trust.Diagnose(hostOnly(x.call.Host), err, time.Now())
	}
	return x.fail(PhaseHead, err)
}

// errNoAnswer is how a connection ends that the server closed instead of
// answering. It is an unexpected end of the stream.
var errNoAnswer = noAnswer{}

type noAnswer struct{}

func (noAnswer) Error() string { return "server closed the connection without answering" }
func (noAnswer) Unwrap() error { return io.ErrUnexpectedEOF }

func hostOnly(addr string) string {
	if name, _, err := net.SplitHostPort(addr); err == nil {
		return name
	}
	return addr
}
