package connector

import (
	"io"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Call is one request in the connector's own terms: the head as it goes on the
// wire, and where the body comes from. It is what a session gives to
// [Connector.Do]; programs use a session, or RoundTrip. It must not be copied once
// it was used, nor be used by two goroutines at once.
type Call struct {
	// Method is the request's, as it stands in Head.
	Method string

	// TLS tells whether the connection is to be secured.
	TLS bool

	// Host is "name:port", in lower case: where to connect to, and the name
	// that the server's certificate must be for.
	Host string

	// Proxy overrides Options.Proxy for this call; nil means that one, and
	// [Direct] none.
	Proxy Proxy

	// Tunnel asks for a tunnel where the proxy would forward the request: its
	// connection is to become another protocol's.
	Tunnel bool

	// Policy overrides Options.TLS for this call.
	Policy *trust.Policy

	// Head is the request line and the fields, each line with its CRLF, without
	// the blank line. The connector adds the fields that frame the body
	// (Content-Length, Transfer-Encoding, Trailer), Expect and "Connection:
	// close", which must not stand in it, in the capacity behind it where there
	// is room. All of it has been validated.
	Head []byte

	// Payload is the body, when it lies in memory. It must not be changed
	// before the reply was read to its end or closed.
	Payload []byte

	// Body is the body otherwise; it is closed, whatever becomes of the call,
	// where it implements io.Closer. It is read by another goroutine, which may
	// go on for a moment after Do has returned; Close tells when that is over.
	// Where it has no Close that ends a Read, a blocked Read holds up
	// Connector.Close. A panic in Read is the call's error, a [*BodyPanicError].
	Body io.Reader

	// Length is that of Body in bytes; negative when it is not known: Body is
	// then sent in chunks.
	Length int64

	// Rewind gives Body anew from its start, for a second attempt. Nil means
	// that it cannot be had.
	Rewind func() (io.Reader, error)

	// Trailer is sent behind a Body of unknown length. Its keys, which must have
	// been validated, are announced in the head; its values are read when Body
	// has ended.
	Trailer http.Header

	// Close asks the server to close the connection afterwards.
	Close bool

	// Expect100 waits for the server's leave before the body is sent.
	Expect100 bool

	// Repeatable tells that the request may be sent twice: its method is
	// idempotent by RFC 9110, section 9.2.2, or it bears an Idempotency-Key.
	Repeatable bool

	// Timeouts override the connector's, field by field; nil leaves them as they
	// are. They must not be changed before the call has ended.
	Timeouts *Timeouts

	// Ends is when Timeouts.Total ends, where that began before the call; zero
	// means that it begins with it.
	Ends time.Time

	// Timings, when set, is filled in.
	Timings *Timings

	// Trace, when set, is told what happens.
	Trace *tracing.Exchange

	// box, when set, takes the head in the place of the reply.
	box *responseBox

	// interim is told of each 1xx response but 101; its error ends the call.
	interim func(h *http1.ResponseHead) error
	trace   *callTrace

	run exchange // under way
}

// Reset makes a call that is not under way as good as new, and keeps its memory.
func (call *Call) Reset() {
	joint := call.run.joint
	*call = Call{}
	call.run.joint = joint
}

// hasBody reports whether there is a body to send.
func (call *Call) hasBody() bool { return len(call.Payload) > 0 || call.Body != nil }

// streamed reports whether the body is read from Body.
func (call *Call) streamed() bool { return call.Body != nil }

// rewindable reports whether the body can be sent a second time.
func (call *Call) rewindable() bool { return call.Body == nil || call.Rewind != nil }

// closeBody closes Body, where it can be closed.
func (call *Call) closeBody() { closeReader(call.Body) }

func closeReader(r io.Reader) {
	if c, ok := r.(io.Closer); ok {
		c.Close()
	}
}

// IdempotentMethod reports whether a request of that method may be repeated by
// RFC 9110, section 9.2.2: "Of the request methods defined by this
// specification, PUT, DELETE, and safe request methods are idempotent." QUERY
// is safe by its own definition.
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2-1
func IdempotentMethod(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY":
		return true
	}
	return false
}

// appendFraming appends the fields that say how the body is framed, whether it
// waits to be asked for, whether this is the connection's last request, and the
// blank line.
func (call *Call) appendFraming(dst []byte, expect, last bool) []byte {
	switch {
	case call.streamed() && call.Length < 0:
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
		dst = call.appendTrailerNames(dst)
	case call.streamed():
		dst = http1.AppendContentLength(dst, call.Length)
	case len(call.Payload) > 0:
		dst = http1.AppendContentLength(dst, int64(len(call.Payload)))
	case call.Method == "POST" || call.Method == "PUT" || call.Method == "PATCH":
		// RFC 9110, section 8.6: "A user agent SHOULD send Content-Length in a
		// request when the method defines a meaning for enclosed content and it
		// is not sending Transfer-Encoding."
		// https://www.rfc-editor.org/rfc/rfc9110#section-8.6-5
		dst = append(dst, "Content-Length: 0\r\n"...)
	}
	if expect {
		dst = append(dst, "Expect: 100-continue\r\n"...)
	}
	if last {
		dst = append(dst, "Connection: close\r\n"...)
	}
	return append(dst, "\r\n"...)
}

func (call *Call) appendTrailerNames(dst []byte) []byte {
	sep := "Trailer: "
	for name := range call.Trailer {
		dst = append(dst, sep...)
		dst = append(dst, name...)
		sep = ", "
	}
	if sep == ", " {
		dst = append(dst, "\r\n"...)
	}
	return dst
}
