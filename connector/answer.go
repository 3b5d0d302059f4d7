package connector

import (
	"io"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

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
		if x.call.trace != nil {
			cn.wire.socket.unsure = true // its functions were called since the last read
		}
		// Octets behind the answer belong to no request: see conn.alive.
		x.release(r.reusable && buffered == length)
		return nil
	}
	r.body.Reset(&cn.rd, kind, length, &x.c.limits)
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
	r.bind(x) // last, since a body whose Close panics must not take the connection with it
	if kind == http1.NoBody {
		r.end(io.EOF)
	}
	return nil
}
