package connector

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// RoundTrip sends one request and returns its response, as http.RoundTripper
// asks: no redirects, no cookies, any status is a success. Like http.Transport
// it asks for gzip on its own, unless Options.DisableCompression is set or the
// request says something about it, and then decodes the body. Failures are of
// type [*Error].
func (c *Connector) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	p := prepared.Get().(*preparation)
	defer p.recycle()
	call := &p.call
	err := c.prepare(call, req, p.head[:0])
	through := feedsTunnel(call.Method, req)
	if err == nil && !through {
		err = c.setBody(call, req)
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, &Error{Phase: PhasePrepare, Host: hostOf(req), Err: err}
	}
	gzipped := !c.opts.DisableCompression && wantsGzip(req)
	if gzipped {
		call.Head = append(call.Head, "Accept-Encoding: gzip\r\n"...)
	}
	p.head = call.Head[:0]
	box := new(responseBox)
	call.box = box
	ctx, box.body.release = c.cancelable(ctx, req)
	if err := c.Do(ctx, call, &box.reply); err != nil {
		box.body.done()
		if through {
			req.Body.Close()
		}
		return nil, err
	}
	resp := box.fill(req)
	if through {
		if err := c.feed(resp, req); err != nil {
			resp.Body.Close()
			return nil, &Error{Phase: PhaseWrite, Host: call.Host, Sent: true, Err: err}
		}
	}
	if gzipped && box.reply.Coded && onlyGzip(resp.Header["Content-Encoding"]) && resp.Body != http.NoBody {
		resp.Body = &gunzip{src: resp.Body}
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
		resp.Uncompressed = true
	}
	return resp, nil
}

// onlyGzip reports whether gzip is all that lies on a body. Two lines are a list of
// codings, of which the last is the outermost.
//
// RFC 9110, section 8.4: "If one or more encodings have been applied to a
// representation, the sender that applied the encodings MUST generate a
// Content-Encoding header field that lists the content codings in the order in
// which they were applied." Section 8.4.1.3: "A recipient SHOULD consider "x-gzip" to
// be equivalent to "gzip"."
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4-6
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3-1
func onlyGzip(codings []string) bool {
	return len(codings) == 1 && (http1.EqualFold(codings[0], "gzip") || http1.EqualFold(codings[0], "x-gzip"))
}

// preparation is a call and the buffer of its head. They are reused.
type preparation struct {
	call Call
	head []byte
}

var prepared = sync.Pool{New: func() any { return &preparation{head: make([]byte, 0, 512)} }}

func (p *preparation) recycle() {
	p.head = p.head[:0]
	if cap(p.head) > 64<<10 {
		p.head = nil
	}
	if call := &p.call; call.hasBody() {
		call.Reset()
	} else { // word by word, as exchange.clear
		call.Method, call.Host, call.Head, call.box = "", "", nil, nil
		call.TLS, call.Tunnel, call.Close, call.Expect100, call.Repeatable = false, false, false, false, false
		call.Length = 0
	}
	prepared.Put(p)
}

// hostOf gives the host of a request that was refused, for its error's text.
func hostOf(req *http.Request) string {
	switch {
	case req.URL == nil:
		return ""
	case !http1.ValidHost(req.URL.Host):
		return strconv.Quote(req.URL.Host)
	}
	return req.URL.Host
}

// wantsGzip reports whether gzip may be asked for behind the caller's back.
func wantsGzip(req *http.Request) bool {
	return len(req.Header) == 0 && req.Method != "HEAD" ||
		req.Header.Get("Accept-Encoding") == "" && req.Header.Get("Range") == "" && req.Method != "HEAD"
}
