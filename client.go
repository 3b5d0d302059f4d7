package aiohttp

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"slices"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// HTTPClient gives an *http.Client that sends through this session's connector,
// with its default header fields, cookies, time-outs, TLS settings and number of
// redirects, for libraries that ask for one. The client is good as long as the
// session is not closed.
//
// Redirects follow the rules of net/http, but the session's credentials stay
// within the origin that was asked for. BaseURL, Query, RaiseForStatus and the
// limits of bodies are not applied. Compression is handled as http.Transport
// does: gzip, unless the request or Options.Header says something about it.
//
// For a session with both a Connector of others and TLS, Timeouts or Proxy of its own,
// trailers of requests are an error, and the hooks of net/http/httptrace are not
// called.
func (s *Session) HTTPClient() *http.Client {
	return &http.Client{Transport: transport{s}, Jar: s.jar, CheckRedirect: s.checkRedirect}
}

// checkRedirect applies Options.MaxRedirects to an http.Client.
func (s *Session) checkRedirect(_ *http.Request, via []*http.Request) error {
	most := s.opts.MaxRedirects
	switch {
	case most < 0:
		return http.ErrUseLastResponse
	case most == 0:
		most = defaultMaxRedirects
	}
	if len(via) > most {
		return ErrTooManyRedirects
	}
	return nil
}

// transport is the session as an http.RoundTripper.
type transport struct{ s *Session }

// RoundTrip sends one request.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	s := t.s
	if err := s.unusable(); err != nil {
		return nil, refuse(req, err)
	}
	if req.URL == nil || req.Header == nil {
		return nil, refuse(req, errors.New("request without a URL or a Header"))
	}
	header := s.clientHeader(req)
	if !s.owned && (s.proxy != nil || s.opts.TLS != nil || s.opts.Timeouts != (connector.Timeouts{})) {
		return s.roundTrip(req, header)
	}
	req = req.WithContext(req.Context()) // a shallow copy
	req.Header = header
	return s.connector.RoundTrip(req)
}

// CloseIdleConnections closes the connections at rest; http.Client calls it.
func (t transport) CloseIdleConnections() { t.s.connector.CloseIdleConnections() }

// refuse gives the error of a request that is not sent, and closes its body.
func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		req.Body.Close()
	}
	return &Error{Phase: connector.PhasePrepare, Err: err}
}

// clientHeader gives the header of an http.Client's request, with the session's
// fields in it.
func (s *Session) clientHeader(req *http.Request) http.Header {
	header := req.Header.Clone()
	away := s.awayFrom(req)
	agent := false
	for _, f := range s.defaults.fields {
		agent = agent || f.name == "User-Agent"
		skip := f.personal && away || f.ours && f.name == "Accept-Encoding" || f.name == "Authorization" && req.URL.User != nil
		if !skip && !overridden(req.Header, f.name) {
			header[f.name] = append(header[f.name], f.value)
		}
	}
	if _, own := header["User-Agent"]; !agent && !own {
		header["User-Agent"] = nil // which keeps the connector from setting its own
	}
	if !away {
		// http.Client has put the jar's cookies here, in one field.
		var line []byte
		for _, value := range append(header["Cookie"], s.defaults.cookies...) {
			line = append(appendSemicolon(line, 0), value...)
		}
		if len(line) > 0 {
			header["Cookie"] = []string{string(line)}
		}
	}
	return header
}

// awayFrom reports whether the session's own credentials do not belong to a
// request: it is not for BaseURL's origin, or a redirect has left the origin that
// was asked for first.
func (s *Session) awayFrom(req *http.Request) bool {
	here, err := destinationOf(req.URL)
	if err != nil || req.Method == "TRACE" { // see hop.aim
		return true
	}
	if s.baseOrigin != nil && !here.same(s.baseOrigin) {
		return true
	}
	// Request.Response is "the redirect response which caused this request to
	// be created".
	for by := req.Response; by != nil && by.Request != nil; by = by.Request.Response {
		from, err := destinationOf(by.Request.URL)
		if err != nil || !from.same(here.origin) {
			return true
		}
	}
	return false
}

// roundTrip sends a request under the session's own TLS settings and time-outs
// on a connector of others.
func (s *Session) roundTrip(req *http.Request, header http.Header) (*http.Response, error) {
	if len(req.Trailer) > 0 {
		return nil, refuse(req, errors.New("request trailers cannot be sent on a shared connector under settings of the session's own"))
	}
	j := jobs.Get().(*job)
	defer j.recycle()
	h := &j.hop
	for spelt := range header {
		name := textproto.CanonicalMIMEHeaderKey(spelt)
		if framingField(name) && name != "Upgrade" && name != "Connection" && name != "Te" && name != "Expect" {
			delete(header, spelt)
		}
	}
	if req.Host != "" && req.Host != req.URL.Host {
		header["Host"] = []string{req.Host}
	}
	if req.Close {
		header["Connection"] = append(slices.Clip(header["Connection"]), "close")
	}
	j.req.DisableDecompression = overridden(header, "Accept-Encoding") || overridden(header, "Range") || req.Method == http.MethodHead
	if !j.req.DisableDecompression {
		header["Accept-Encoding"] = []string{"gzip"}
	}
	h.session, h.req, h.method, h.header, h.bare = s, &j.req, req.Method, header, true
	if h.method == "" {
		h.method = http.MethodGet
	}
	dest, err := destinationOf(req.URL)
	if err == nil && !http1.ValidToken(h.method) {
		err = errInvalidMethod(h.method)
	}
	if err != nil {
		return nil, refuse(req, err)
	}
	h.origin = dest.origin
	h.aim(dest)
	h.body.fromHTTP(req)
	resp, err := j.exchange(req.Context())
	if err != nil {
		return nil, err
	}
	std := resp.HTTP()
	std.Request = req
	return std, nil
}

// fromHTTP takes the body of a request of net/http, for which a ContentLength of
// zero with a Body means that it is not known.
func (b *body) fromHTTP(req *http.Request) {
	if req.Body == nil || req.Body == http.NoBody {
		return
	}
	b.reader, b.length = req.Body, req.ContentLength
	if b.length == 0 {
		b.length = -1
	}
	if req.GetBody != nil {
		b.reopen = func() (io.Reader, error) { return req.GetBody() }
	}
}
