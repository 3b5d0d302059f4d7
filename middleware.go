package aiohttp

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/textproto"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// A Handler sends one request and gives its response: what a session does for
// one hop, redirects and Options.RaiseForStatus apart, or a [Middleware] around
// it. It may be called by several goroutines at once.
type Handler func(ctx context.Context, req *Request) (*Response, error)

// A Middleware wraps a [Handler]. What it does before it calls next, as often as
// it likes or not at all, and with what, is its own affair:
//
//	func sign(next aiohttp.Handler) aiohttp.Handler {
//		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
//			req.Header.Set("X-Signature", signature(req.Method, req.URL, req.Bytes))
//			return next(ctx, req)
//		}
//	}
//
// Middleware runs for every exchange of a request, so for each hop of a
// redirect anew. The req that it gets is its own to change: URL is absolute and
// holds the queries, Header holds all fields, those of Options.Header too, but
// for Host, the jar's cookies and what frames the body, and the body, in
// whatever way it was given, is in Bytes or, when it does not lie in memory, in
// Body. TLS is the policy that applies, nil only for the default one. To send a
// req a second time, pass it to next again, or rather copies, since next may
// change what it gets; where its Body cannot be read twice that is an error: see
// [Request.Resendable]. A response that is not passed on must
// be closed.
type Middleware func(next Handler) Handler

// errNoResponse is what a middleware gives that gives nothing.
var errNoResponse = errors.New("middleware gave neither a response nor an error")

// via is what a hop's Request carries through the middleware.
type via struct {
	session *Session
	origin  *origin   // of the first hop
	foreign bool      // a redirect has left it
	away    bool      // credentials do not belong here
	ends    time.Time // when the total time-out ends; zero when there is none
	tracer  *tracing.Tracer
	sent    *atomic.Int32 // how many exchanges of the call were begun
	cookies cookieView
}

// chain puts middleware around a handler, the first outermost.
func chain(all []Middleware, h Handler) Handler {
	for i := len(all) - 1; i >= 0; i-- {
		h = all[i](h)
	}
	return h
}

// handler gives what the hops of a request go through; nil when that is nothing.
func (s *Session) handler(req *Request) Handler {
	switch {
	case req.Middleware == nil:
		return s.chain
	case len(req.Middleware) == 0:
		return nil
	}
	return chain(req.Middleware, s.transmit)
}

// pass sends the hop through middleware.
func (j *job) pass(ctx context.Context, handle Handler) (*Response, error) {
	h := &j.hop
	req, body := h.request()
	req.via.tracer, req.via.sent = j.tracer, j.sent
	resp, err := handle(ctx, req)
	body.settle()
	if err == nil && resp == nil {
		err = errNoResponse
	}
	if err != nil {
		return nil, err
	}
	if resp.place.origin != nil {
		h.dest.place = resp.place // it may have been sent elsewhere
	}
	return resp, nil
}

// request gives the hop as middleware sees it.
func (h *hop) request() (*Request, *carried) {
	r := *h.req
	r.Method, r.URL, r.Query = h.method, h.address(), nil
	r.Header = h.allFields()
	if h.foreign {
		r.Cookies = nil
	}
	r.Middleware, r.Compress, r.OnDownload = nil, "", nil
	r.TLS = cmp.Or(r.TLS, h.session.opts.TLS, h.session.connector.TLS())
	h.limits() // which lets the total time-out begin
	r.via = &via{session: h.session, origin: h.origin, foreign: h.foreign, away: h.away, ends: h.ends}
	r.via.cookies = h.viewCookies(&r)
	r.Text, r.JSON, r.Form, r.Multipart, r.File, r.Body, r.ContentLength = "", nil, nil, nil, "", nil, 0
	r.Bytes = h.body.payload
	var body *carried
	if h.body.reader != nil {
		body = &carried{body: h.body}
		r.Body, r.ContentLength = body, max(h.body.length, 0)
	}
	if h.body.contentType != "" && !h.typed() {
		r.Header.Set("Content-Type", h.body.contentType)
	}
	if h.body.coding != "" {
		r.Header.Set("Content-Encoding", h.body.coding)
	}
	if h.body.payload == nil && h.body.reader == nil {
		r.Trailer = nil // a redirect has dropped the body
	}
	return &r, body
}

// allFields gives the request's fields and those of the session.
func (h *hop) allFields() http.Header {
	all := make(http.Header, len(h.session.defaults.fields)+len(h.header))
	for i := range h.session.defaults.fields {
		if f := &h.session.defaults.fields[i]; h.takes(f) {
			all[f.name] = append(all[f.name], f.value)
		}
	}
	for name, values := range h.header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		all[name] = append(all[name], values...)
	}
	return all
}

// transmit is the innermost handler: one exchange.
func (s *Session) transmit(ctx context.Context, req *Request) (*Response, error) {
	j := jobs.Get().(*job)
	defer j.recycle()
	j.ask(req, cmp.Or(req.Method, http.MethodGet), req.URL)
	h := &j.hop
	h.session, h.header = s, req.Header
	if req.via != nil {
		j.tracer = req.via.tracer
		req.via.sent.Add(1)
	}
	if err := h.resume(req.via); err != nil {
		closeUnsent(req)
		return nil, &Error{Phase: connector.PhasePrepare, Err: err}
	}
	return j.exchange(ctx)
}

// resume prepares a hop that has come through middleware.
func (h *hop) resume(v *via) error {
	if v == nil { // a request of the middleware's own
		return h.prepare()
	}
	if err := h.checkMethod(); err != nil {
		return err
	}
	dest, err := h.session.absolute(h.url, h.req.Query)
	if err != nil {
		return err
	}
	h.origin, h.foreign, h.ends, h.whole = v.origin, v.foreign, v.ends, true
	h.aim(dest)
	return h.takeBody()
}
