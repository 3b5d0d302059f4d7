package aiohttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// hop is one exchange on the way of a request: the first, or one that a
// redirect led to.
type hop struct {
	session *Session
	req     *Request
	method  string
	header  http.Header // of the request, less what redirects took away
	dest    destination
	body    body
	foreign bool // a redirect has left the first origin: no credentials any more
	origin  *origin
}

// job is a request under way. Jobs are reused; nothing that the caller gets
// points into one.
type job struct {
	req  Request
	hop  hop
	call connector.Call
	head []byte
}

var jobs = sync.Pool{New: func() any { return &job{head: make([]byte, 0, 1<<10)} }}

// recycle makes the job ready for another request.
func (j *job) recycle() {
	head := j.head
	if cap(head) > 64<<10 {
		head = nil
	}
	*j = job{head: head[:0]}
	jobs.Put(j)
}

// do sends the request of a job, and follows its redirects.
func (s *Session) do(ctx context.Context, j *job) (*Response, error) {
	defer j.recycle()
	req := &j.req
	if s.closed.Load() || s.invalid != nil {
		closeUnsent(req)
		err := s.invalid
		if err == nil {
			err = connector.ErrClosed
		}
		return nil, wrap(req.Method, req.URL, &Error{Phase: connector.PhasePrepare, Err: err})
	}
	h := &j.hop
	h.session, h.req, h.method, h.header = s, req, req.Method, req.Header
	if err := h.prepare(); err != nil {
		closeUnsent(req)
		return nil, wrap(req.Method, req.URL, &Error{Phase: connector.PhasePrepare, Err: err})
	}
	resp, err := j.exchange(ctx)
	if err == nil && redirects(resp.Status) {
		resp, err = s.follow(ctx, j, resp)
	}
	if err != nil {
		return nil, err
	}
	if s.opts.RaiseForStatus {
		if err := resp.RaiseForStatus(); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// prepare checks the request and resolves where it goes.
func (h *hop) prepare() error {
	if !http1.ValidToken(h.method) {
		return fmt.Errorf("invalid method %q", h.method)
	}
	var err error
	if h.dest, err = h.session.destination(h.req.URL, h.req.Query); err != nil {
		return err
	}
	h.origin = h.dest.origin
	return h.body.from(h.req)
}

// exchange sends one hop.
func (j *job) exchange(ctx context.Context) (*Response, error) {
	h := &j.hop
	resp := &Response{session: h.session, method: h.method, dest: h.dest, raw: h.req.DisableDecompression}
	if err := h.fill(&j.call, j.head[:0]); err != nil {
		h.body.close()
		return nil, wrap(h.method, h.address(), &Error{Phase: connector.PhasePrepare, Host: h.dest.addr, Err: err})
	}
	j.head = j.call.Head[:0]
	if err := h.session.connector.Do(ctx, &j.call, &resp.reply); err != nil {
		return nil, wrap(h.method, h.address(), err)
	}
	resp.begin()
	h.session.keepCookies(resp)
	return resp, nil
}

// address gives the hop's URL for an error's text.
func (h *hop) address() string {
	if h.dest.url != nil {
		return h.dest.url.String()
	}
	return h.dest.text
}

// fill renders the hop's head and says where its body comes from.
func (h *hop) fill(call *connector.Call, head []byte) error {
	s, d := h.session, &h.dest
	*call = connector.Call{
		Method: h.method, TLS: d.tls, Host: d.addr, Policy: h.req.TLS,
		Expect100: h.req.Expect100, Timeouts: h.req.Timeouts, Timings: h.req.Timings,
		Repeatable: connector.IdempotentMethod(h.method),
	}
	if call.Policy == nil {
		call.Policy = s.opts.TLS
	}
	if call.Timeouts == (connector.Timeouts{}) {
		call.Timeouts = s.opts.Timeouts
	}
	head = http1.AppendRequestLine(head, h.method, d.target)
	head = http1.AppendField(head, "Host", d.host)
	head = s.defaults.append(head, h.header, h.foreign)
	var err error
	if len(h.header) > 0 {
		if head, err = h.appendHeader(head, call); err != nil {
			return err
		}
	}
	if d.url != nil && d.url.User != nil && !overridden(h.header, "Authorization") && !h.foreign {
		head = http1.AppendField(head, "Authorization", connector.BasicAuth(d.url.User))
	}
	if head, err = h.appendCookies(head); err != nil {
		return err
	}
	head = h.body.describe(call, head, h.header)
	call.Head = head
	return nil
}

// appendHeader renders the request's own fields.
func (h *hop) appendHeader(head []byte, call *connector.Call) ([]byte, error) {
	for name, values := range h.header {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case canonical == "Cookie" || canonical == "Host":
			continue // with the jar's, and with the URL's
		case canonical == "Connection" && len(values) == 1 && strings.EqualFold(values[0], "close"):
			call.Close = true
			continue
		case canonical == "Expect" && len(values) == 1 && strings.EqualFold(values[0], "100-continue"):
			call.Expect100 = true
			continue
		case canonical == "Idempotency-Key":
			call.Repeatable = true
		case framingField(canonical) && canonical != "Upgrade" && canonical != "Connection" && canonical != "Te":
			return nil, fmt.Errorf("header field %q is set by the connector: use the fields of Request", name)
		}
		for _, value := range values {
			var err error
			if head, err = appendField(head, canonical, value); err != nil {
				return nil, err
			}
		}
	}
	return head, nil
}

// appendCookies renders the Cookie field: the jar's, the request's own, and
// those of a Cookie header, in one line.
//
// RFC 6265, section 5.4: "the user agent MUST NOT attach more than one Cookie
// header field."
// https://www.rfc-editor.org/rfc/rfc6265#section-5.4
func (h *hop) appendCookies(head []byte) ([]byte, error) {
	s := h.session
	if s.jar == nil && len(h.req.Cookies) == 0 && len(h.header) == 0 {
		return head, nil
	}
	const name = "Cookie: "
	start := len(head)
	head = append(head, name...)
	bare := len(head)
	switch {
	case s.own != nil:
		if s.own.Len() > 0 {
			head = s.own.AppendHeader(head, h.dest.parsed())
		}
	case s.jar != nil:
		for _, c := range s.jar.Cookies(h.dest.parsed()) {
			head = appendCookie(head, bare, c)
		}
	}
	if !h.foreign {
		for _, c := range h.req.Cookies {
			head = appendCookie(head, bare, c)
		}
		for _, value := range cookieFields(h.header) {
			head = appendSemicolon(head, bare)
			head = append(head, value...)
		}
	}
	if len(head) == bare {
		return head[:start], nil
	}
	if !http1.ValidValue(head[bare:]) {
		return nil, errors.New("a cookie has a control character")
	}
	return append(head, "\r\n"...), nil
}

func cookieFields(h http.Header) []string {
	for name, values := range h {
		if textproto.CanonicalMIMEHeaderKey(name) == "Cookie" {
			return values
		}
	}
	return nil
}

func appendSemicolon(dst []byte, bare int) []byte {
	if len(dst) > bare {
		dst = append(dst, "; "...)
	}
	return dst
}

func appendCookie(dst []byte, bare int, c *http.Cookie) []byte {
	dst = appendSemicolon(dst, bare)
	dst = append(dst, c.Name...)
	dst = append(dst, '=')
	return append(dst, c.Value...)
}

// keepCookies stores what a response sets.
func (s *Session) keepCookies(resp *Response) {
	if s.jar == nil {
		return
	}
	if _, ok := resp.reply.Fields().Get("set-cookie"); !ok {
		return
	}
	if s.own != nil {
		s.own.SetHeader(resp.dest.parsed(), resp.Headers())
		return
	}
	s.jar.SetCookies(resp.dest.parsed(), (&http.Response{Header: resp.Headers()}).Cookies())
}

// wrap puts method and URL around an error, without the URL's password.
func wrap(method, address string, err error) error {
	if u, parseErr := url.Parse(address); parseErr == nil {
		address = u.Redacted()
	}
	return &url.Error{Op: operation(method), URL: address, Err: err}
}

// operation gives a method as net/http writes it in errors: "Get".
func operation(method string) string {
	if method == "" {
		return "Get"
	}
	return method[:1] + strings.ToLower(method[1:])
}
