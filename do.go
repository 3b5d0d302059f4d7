package aiohttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// hop is one exchange on the way of a request: the first, or one that a
// redirect led to.
type hop struct {
	session *Session
	req     *Request // what was asked for, but for method and URL
	method  string
	url     string      // as it was given
	header  http.Header // of the request, less what redirects took away
	dest    destination
	body    body
	origin  *origin            // of the first hop
	foreign bool               // a redirect has left the first origin: no credentials any more
	away    bool               // the session's own credentials do not belong here
	bare    bool               // cookies and default fields are not this hop's business
	whole   bool               // header has the session's fields already
	ends    time.Time          // when the total time-out ends; zero when there is none
	own     connector.Timeouts // what the request's come to with the session's; zero when it has none
}

// job is a request under way. Jobs are reused; nothing that the caller gets
// points into one.
type job struct {
	req   Request
	hop   hop
	call  connector.Call
	head  []byte
	again bool // call has served a hop
	plain bool // nothing was asked for beyond method and URL, and nothing has come in between: req is not used

	sent   *atomic.Int32   // how many exchanges of the call were begun, where there is middleware
	handle Handler         // the middleware that each hop goes through; nil when there is none
	tracer *tracing.Tracer // who is told of it; nil when nobody is
}

var jobs = sync.Pool{New: func() any { return &job{head: make([]byte, 0, 512)} }}

// nothingAsked is what all plain jobs ask for beyond method and URL. It is the same
// for all, so that to find nothing there takes no memory into the processor's cache
// that nobody else has looked at.
var nothingAsked Request

// ask notes what the job is to send.
func (j *job) ask(req *Request, method, url string) {
	j.req = *req
	j.hop.req, j.hop.method, j.hop.url = &j.req, method, url
}

// recycle makes the job ready for another request. What a plain one has used is
// little, and cleared word by word: to clear all of a job is dear while the
// garbage collector runs.
func (j *job) recycle() {
	if cap(j.head) > 64<<10 {
		j.head = nil
	}
	if j.plain {
		j.hop.clear()
		clearCall(&j.call)
		j.again, j.plain = false, false
	} else {
		j.hop.body.release()
		j.req, j.hop = Request{}, hop{}
		j.call.Reset()
		j.again, j.sent, j.handle, j.tracer = false, nil, nil, nil
	}
	jobs.Put(j)
}

// clear undoes what prepare and fill do for a plain job.
func (h *hop) clear() {
	h.session, h.req, h.origin, h.method, h.url = nil, nil, nil, "", ""
	h.dest.origin, h.dest.text, h.dest.url, h.dest.target = nil, "", nil, ""
	h.foreign, h.away, h.ends = false, false, time.Time{}
}

// clearCall undoes what fill does for a plain job.
func clearCall(call *connector.Call) {
	call.Method, call.Host, call.Head = "", "", nil
	call.Policy, call.Proxy = nil, nil
	call.TLS, call.Repeatable = false, false
	call.Timeouts, call.Ends = nil, time.Time{}
}

// run sends the request of a job, and follows its redirects.
func (s *Session) run(ctx context.Context, j *job) (*Response, error) {
	h := &j.hop
	req := h.req
	h.session, h.header = s, req.Header
	err := s.unusable()
	if err == nil {
		err = h.prepare()
	}
	if err != nil {
		closeUnsent(req)
		return nil, wrap(h.method, h.url, &Error{Phase: connector.PhasePrepare, Err: err})
	}
	if j.handle = s.handler(req); j.handle != nil {
		j.sent, j.plain = new(atomic.Int32), false
	}
	resp, err := j.sendHop(ctx)
	if err != nil {
		return nil, wrap(h.method, h.address(), err)
	}
	if redirects(resp.Status) {
		j.plain = false
		if resp, err = s.follow(ctx, j, resp); err != nil {
			return nil, err
		}
	}
	if req.OnDownload != nil {
		resp.extend().watch = &progress{told: req.OnDownload}
	}
	if s.opts.RaiseForStatus {
		if err := resp.RaiseForStatus(); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// unusable says why the session can send nothing, or gives nil.
func (s *Session) unusable() error {
	if s.closed.Load() {
		return errSessionClosed
	}
	return s.invalid
}

// prepare checks the request and resolves where it goes.
func (h *hop) prepare() error {
	if err := h.checkMethod(); err != nil {
		return err
	}
	find := h.session.destination
	if h.req.exact {
		find = h.session.absolute
	}
	dest, err := find(h.url, h.req.Query)
	if err != nil {
		return err
	}
	h.origin, h.foreign = dest.origin, h.req.foreign
	h.aim(dest)
	return h.takeBody()
}

// checkMethod refuses what no session sends.
func (h *hop) checkMethod() error {
	switch {
	case !http1.ValidToken(h.method):
		return errInvalidMethod(h.method)
	case h.method == "CONNECT":
		return errConnect
	}
	return nil
}

// errConnect refuses what has no URL: the target of CONNECT is a host and a port.
var errConnect = errors.New("CONNECT is not for sessions; Connector.RoundTrip sends it")

func errInvalidMethod(method string) error { return fmt.Errorf("invalid method %q", method) }

// aim directs the hop to a destination.
func (h *hop) aim(dest destination) {
	h.dest.origin, h.dest.text, h.dest.url, h.dest.target = dest.origin, dest.text, dest.url, dest.target
	h.foreign = h.foreign || !dest.same(h.origin)
	base := h.session.baseOrigin
	// RFC 9110, section 9.3.8: "A client MUST NOT generate fields in a TRACE
	// request containing sensitive data that might be disclosed by the response."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.8-2
	h.away = h.foreign || h.method == "TRACE" || base != nil && !dest.same(base)
}

// sendHop sends one hop, through the middleware where there is any.
func (j *job) sendHop(ctx context.Context) (*Response, error) {
	if j.handle != nil {
		return j.pass(ctx, j.handle)
	}
	return j.exchange(ctx)
}

// exchange sends one hop.
func (j *job) exchange(ctx context.Context) (*Response, error) {
	h := &j.hop
	resp := &Response{session: h.session, method: h.method, place: h.dest.place, raw: h.req.DisableDecompression}
	if j.again {
		j.call.Reset()
	}
	j.again = true
	if err := h.fill(&j.call, j.head[:0]); err != nil {
		h.body.close()
		return nil, &Error{Phase: connector.PhasePrepare, Host: h.dest.addr, Err: err}
	}
	j.head = j.call.Head[:0]
	if j.watched() {
		j.watch(resp)
	}
	if err := h.session.connector.Do(ctx, &j.call, &resp.reply); err != nil {
		if resp.probe != nil {
			resp.probe.failed(err)
		}
		return nil, err
	}
	resp.begin()
	if resp.probe != nil {
		resp.probe.begun(resp)
	}
	if !h.bare {
		h.session.keepCookies(resp)
	}
	return resp, nil
}

// address gives the hop's URL for an error's text.
func (h *hop) address() string {
	if h.dest.url != nil {
		return h.dest.url.String()
	}
	return h.dest.text
}

// user gives the credentials that stand in the hop's URL, or nil.
func (h *hop) user() *url.Userinfo {
	if h.dest.url == nil {
		return nil
	}
	return h.dest.url.User
}

// appendFields renders the request line, and all fields but those of credentials
// in the URL, of cookies, and of the body.
func (h *hop) appendFields(head []byte, call *connector.Call) ([]byte, error) {
	host, err := h.hostField()
	if err != nil {
		return nil, err
	}
	head = http1.AppendRequestLine(head, h.method, h.dest.target)
	head = http1.AppendField(head, "Host", host)
	if !h.bare && !h.whole {
		head = h.appendDefaults(head)
	}
	if len(h.header) == 0 {
		return head, nil
	}
	return h.appendHeader(head, call)
}

// fill renders the hop's head and says where its body comes from, in a call that
// is empty.
func (h *hop) fill(call *connector.Call, head []byte) error {
	s, d := h.session, &h.dest
	call.Method, call.TLS, call.Host, call.Policy = h.method, d.tls, d.addr, h.req.TLS
	call.Expect100 = h.req.Expect100
	call.Repeatable = connector.IdempotentMethod(h.method)
	call.Timeouts = h.limits()
	call.Ends = h.ends
	if call.Policy == nil {
		call.Policy = s.opts.TLS
	}
	var err error
	if call.Proxy, err = s.proxyOf(h.req.Proxy); err != nil {
		return err
	}
	if d.tail != nil && len(h.header) == 0 && !h.away && !h.bare && !h.whole {
		head = append(append(append(head, h.method...), ' '), d.target...)
		head = append(head, d.tail...)
	} else if head, err = h.appendFields(head, call); err != nil {
		return err
	}
	if user := h.user(); user != nil && !overridden(h.header, "Authorization") {
		head = http1.AppendField(head, "Authorization", connector.BasicAuth(user))
	}
	if head, err = h.appendCookies(head); err != nil {
		return err
	}
	call.Head = h.body.describe(call, head, h)
	if h.req.Trailer != nil || h.req.OnUpload != nil {
		h.attend(call)
	}
	return nil
}

// typed reports whether the request or the session says what the body is.
func (h *hop) typed() bool {
	return overridden(h.header, "Content-Type") || !h.bare && h.session.defaults.bodied
}
