package aiohttptest

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
)

// Request is what the server was asked.
type Request struct {
	// Method is the HTTP method.
	Method string

	// URL is absolute, with the host of the Host field.
	URL string

	// Header holds the fields but for Host.
	Header http.Header

	// Body is what the handler has read of the body, and, once it has returned,
	// up to 256 KiB more. It ends after 64 MiB.
	Body []byte

	// Pattern is the pattern that was matched, as it was given to Handle or
	// Expect. Empty for an unexpected request.
	Pattern string

	// Conn numbers the connection, 1 for the first.
	Conn int

	// Time is when the request's head had come.
	Time time.Time
}

const (
	maxBody = 64 << 10 << 10 // of a Request: the most that a Session itself holds of a response
	maxRest = 256 << 10      // what net/http's server reads of a body that its handler has not
)

// Requests gives what the server was asked so far, in the order in which it came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.exchanges))
	for i, e := range s.exchanges {
		all[i] = e.request
		all[i].Header = e.request.Header.Clone()
		all[i].Body = bytes.Clone(e.request.Body)
	}
	return all
}

// exchange is one request under way, or answered.
type exchange struct {
	s        *Server
	request  Request     // guarded by s.mu as far as Body and Pattern go
	answered atomic.Bool // the server has begun to answer
}

// exchangeKey is the context key under which a request names its exchange.
type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange { return r.Context().Value(exchangeKey{}).(*exchange) }

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.active.Add(1) // while the connection still counts
	defer s.active.Done()
	l := r.Context().Value(linkKey{}).(*link)
	if l.scheme == "https" && r.TLS == nil {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: host}
	}
	e := s.begin(l, r)
	body := &recordedBody{ReadCloser: r.Body, e: e}
	r.Body = body
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
	defer s.report(e)
	s.find(l.scheme, r).ServeHTTP(w, r)
	// A body that waits for leave was not sent.
	if !l.hijacked.Load() && (body.begun || r.Header.Get("Expect") == "") {
		io.CopyN(io.Discard, body, maxRest)
	}
}

// begin notes a request.
func (s *Server) begin(l *link, r *http.Request) *exchange {
	target := r.RequestURI
	if strings.HasPrefix(target, "/") {
		target = l.scheme + "://" + r.Host + target
	}
	e := &exchange{s: s, request: Request{
		Method: r.Method, URL: target, Header: r.Header.Clone(), Conn: l.number, Time: time.Now(),
	}}
	l.latest.Store(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges = append(s.exchanges, e)
	return e
}

// find gives the handler for a request.
func (s *Server) find(scheme string, r *http.Request) http.Handler {
	for _, at := range places(scheme, r) {
		s.mu.Lock()
		mux := s.muxes[at]
		s.mu.Unlock()
		if mux == nil {
			continue
		}
		if _, pattern := mux.Handler(r); pattern != "" {
			return mux
		}
	}
	return http.HandlerFunc(s.refuse)
}

// report fails the test for a handler that panics, and lets the client see a
// broken connection.
func (s *Server) report(e *exchange) {
	v := recover()
	if v == nil {
		return
	}
	if v != http.ErrAbortHandler {
		s.t.Errorf("aiohttptest: handler of %s %s panicked: %v\n%s", e.request.Method, e.request.URL, v, debug.Stack())
	}
	panic(http.ErrAbortHandler)
}

// recordedBody keeps what is read of a body.
type recordedBody struct {
	io.ReadCloser
	e     *exchange
	begun bool
}

func (b *recordedBody) Read(p []byte) (int, error) {
	b.begun = true
	n, err := b.ReadCloser.Read(p)
	b.e.s.mu.Lock()
	defer b.e.s.mu.Unlock()
	room := maxBody - len(b.e.request.Body)
	b.e.request.Body = append(b.e.request.Body, p[:min(n, room)]...)
	return n, err
}
