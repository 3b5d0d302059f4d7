package aiohttp

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Response is the answer to a request. It owns its connection until the body
// was read to its end, by whatever helper, or closed; then the connection goes
// back to the pool by itself. A response that is neither read nor closed keeps
// its connection from all others.
//
// A Response is not safe for concurrent use, but for Close.
type Response struct {
	// Status is the status code.
	Status int

	// ContentLength is the length of the body in bytes as Read gives it; -1
	// when it is not known beforehand. After HEAD it is what the server stated.
	ContentLength int64

	session *Session
	method  string
	place   place
	reply   connector.Reply
	raw     bool                   // no decompression
	ended   bool                   // decoder has given all
	held    bool                   // the body was read into memory: content or failure stands
	closed  atomic.Bool            // Close was called
	decoder io.ReadCloser          // undoes the Content-Encoding; nil when there is none
	header  http.Header            // once it was asked for
	content []byte                 // while it is not held: what ReadAhead has read, and Read gives first
	probe   *probe                 // tells what becomes of it; nil when nobody wants to know
	more    atomic.Pointer[extras] // what few responses have; nil for the others. Close may find it being made
}

// extras are what few responses have.
type extras struct {
	failure error // of reading the body into memory
	history []*Response
	std     *http.Response // that it was made of; nil for one from a connection
	after   func()         // what waits for the end of the body; may be nil
	watch   *progress      // of Request.OnDownload; nil when nobody asks
}

// extend gives r.more, made if need be.
func (r *Response) extend() *extras {
	more := r.more.Load()
	if more == nil {
		more = new(extras)
		r.more.Store(more)
	}
	return more
}

// String gives "get url: status 200 OK", for logs: passwords and keys in the URL are
// masked.
func (r *Response) String() string {
	return outcome(r.method, secret.URL(r.URL()), r.Status, r.Reason())
}

// OK reports whether the status is below 400.
func (r *Response) OK() bool { return r.Status < 400 }

// Reason gives the reason phrase of the status line, which may be empty.
func (r *Response) Reason() string { return r.reply.Reason() }

// Proto gives the protocol's version: "HTTP/1.1" or "HTTP/1.0".
func (r *Response) Proto() string {
	if r.reply.Minor == 0 {
		return "HTTP/1.0"
	}
	return "HTTP/1.1"
}

// Method gives the method of the request that this is the answer to; after a
// redirect it may differ from that of the call.
func (r *Response) Method() string { return r.method }

// URL gives the URL that this response came from, after redirects. It must not be
// changed.
func (r *Response) URL() *url.URL { return r.place.parsed() }

// History gives the redirects that led here, the first one first. Their bodies
// are closed.
func (r *Response) History() []*Response {
	if more := r.more.Load(); more != nil {
		return more.history
	}
	return nil
}

// Header gives the first value of a field, or "". The name's case does not
// matter.
func (r *Response) Header(name string) string {
	if r.header != nil {
		return r.header.Get(name)
	}
	value, _ := r.reply.Fields().Get(lower(name))
	return string(value)
}

// lower gives a field name in lower case, without an allocation where it is.
func lower(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 'A' && c <= 'Z' {
			b := []byte(name)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] |= 0x20
				}
			}
			return string(b)
		}
	}
	return name
}

// Headers gives all the fields. The map is made with the first call, and is the
// caller's to change.
func (r *Response) Headers() http.Header {
	if r.header == nil {
		r.header = r.reply.Header(nil)
	}
	return r.header
}

// Trailers gives the trailer fields, once the body was read to its end. Those
// that must not stand in a trailer are left out.
func (r *Response) Trailers() http.Header {
	if more := r.more.Load(); more != nil && more.std != nil {
		return more.std.Trailer.Clone()
	}
	h := r.reply.Trailer().Header(nil, nil)
	for name := range h {
		if http1.ForbiddenTrailer(strings.ToLower(name)) {
			delete(h, name)
		}
	}
	return h
}

// trailed reports whether there may be trailer fields.
func (r *Response) trailed() bool {
	more := r.more.Load()
	return len(r.reply.Trailer()) > 0 || more != nil && more.std != nil
}

// Cookies gives the cookies that this response sets.
func (r *Response) Cookies() []*http.Cookie {
	return parseSetCookie(fieldValues(r.reply.Fields(), "set-cookie"))
}

// TLS describes the secured connection; nil for a plain one. It must not be
// changed.
func (r *Response) TLS() *tls.ConnectionState { return r.reply.TLS() }

// RemoteAddr gives the address of the peer, the proxy's where there is one; "" for a
// response that came over no connection.
func (r *Response) RemoteAddr() string { return r.reply.Addr() }

// RaiseForStatus gives a [*StatusError], with the first KiB of the body, when
// the status is 400 or above, and closes the response. Else it gives nil.
func (r *Response) RaiseForStatus() error {
	if r.OK() {
		return nil
	}
	const most = 1 << 10
	snippet := r.content
	if !r.held {
		defer r.Close() // also when who is told of what is read panics
		snippet, _ = io.ReadAll(io.LimitReader(r, most))
	}
	return &StatusError{
		Status: r.Status, Reason: r.Reason(), Method: r.method, URL: secret.URL(r.URL()),
		Header: r.Headers(), Body: snippet[:min(len(snippet), most)],
	}
}
