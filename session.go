package aiohttp

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/aiohttp-go/aiohttp/internal/options"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Session sends requests, and keeps what they share: connections, cookies,
// default headers. Make one with [NewSession], use it for all of a program's
// requests, and close it at the end. It is safe for concurrent use.
type Session struct {
	opts       Options
	base       *url.URL // what relative URLs are resolved against; nil when there is none
	baseOrigin *origin  // of base
	invalid    error    // what is wrong with the options; every call reports it
	connector  *connector.Connector
	owned      bool
	timed      bool // Options.Timeouts says something
	jar        http.CookieJar
	own        *cookie.Jar // jar, when it is of our kind: it has a shorter way in
	defaults   defaults
	chain      Handler // Options.Middleware around transmit; nil when there is none
	origins    originCache
	proxy      connector.Proxy // Options.Proxy, where the connector does not have it
	proxies    proxyCache      // of requests
	closed     atomic.Bool
	beside     beside // what middleware has started
}

// NewSession makes a session. It takes at most one Options and panics if given
// more; none means the defaults. An error in the options, such as a BaseURL that
// cannot be parsed, is reported by the first request.
func NewSession(opts ...Options) *Session {
	s := &Session{opts: options.One("aiohttp: NewSession", opts)}
	o := &s.opts
	o.Query = maps.Clone(o.Query)
	s.timed = o.Timeouts != (connector.Timeouts{})
	o.Trace = slices.Clone(o.Trace)
	if len(o.Middleware) > 0 {
		o.Middleware = slices.Clone(o.Middleware)
		s.chain = chain(o.Middleware, s.transmit)
	}
	s.connector, s.owned = o.Connector, o.Connector == nil
	proxy, err := parseProxy(o.Proxy)
	if err != nil {
		s.invalid = fmt.Errorf("invalid Options.Proxy: %w", err)
	}
	if s.owned {
		s.connector = connector.New(connector.Options{Timeouts: o.Timeouts, TLS: o.TLS, Proxy: proxy, ProxyAuth: o.ProxyAuth})
	} else {
		s.proxy = proxy
		if o.ProxyAuth != 0 {
			s.invalid = errProxyAuthTwice
		}
	}
	if !o.DisableCookies {
		s.jar = o.Jar
		if s.jar == nil {
			s.jar = cookie.New()
		}
		s.own, _ = s.jar.(*cookie.Jar)
	}
	if s.defaults, err = newDefaults(o.Header); err != nil {
		s.invalid = err
	}
	if o.BaseURL != "" {
		if err := s.setBase(o.BaseURL); err != nil {
			s.invalid = fmt.Errorf("invalid Options.BaseURL %q: %w", secret.Text(o.BaseURL), err)
		}
	}
	return s
}

func (s *Session) setBase(text string) error {
	u, err := parseURL(text)
	if err != nil {
		return err
	}
	d, err := destinationOf(u)
	if err != nil {
		return err
	}
	s.base, s.baseOrigin = u, d.origin
	return nil
}

// Get sends a GET request. Like the other verbs it takes at most one Request, for
// all that goes beyond the URL, and panics if given more; see [Session.Do] for
// what all of them have in common.
func (s *Session) Get(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodGet, url, req)
}

// Head sends a HEAD request. Like the other verbs, and unlike aiohttp's, it
// follows redirects.
func (s *Session) Head(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodHead, url, req)
}

// Options sends an OPTIONS request.
func (s *Session) Options(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodOptions, url, req)
}

// Post sends a POST request; its body is in the Request.
func (s *Session) Post(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodPost, url, req)
}

// Put sends a PUT request; its body is in the Request.
func (s *Session) Put(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodPut, url, req)
}

// Patch sends a PATCH request; its body is in the Request.
func (s *Session) Patch(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodPatch, url, req)
}

// Delete sends a DELETE request.
func (s *Session) Delete(ctx context.Context, url string, req ...Request) (*Response, error) {
	return s.send(ctx, http.MethodDelete, url, req)
}

// Do sends a request that is described whole. See [Request] for its fields.
//
// Do returns when the head of the final response was read, redirects followed.
// ctx governs all of it, the reading of the body included. Any status is a
// success, unless Options.RaiseForStatus is set, by which it may be a
// [*StatusError]. Every other error is a [*url.Error] that says which URL, around
// an [*Error] that says which phase and which peer, around the cause.
func (s *Session) Do(ctx context.Context, req Request) (*Response, error) {
	j := jobs.Get().(*job)
	j.ask(&req, cmp.Or(req.Method, http.MethodGet), req.URL)
	return s.do(ctx, j)
}

// send is what the verbs share.
func (s *Session) send(ctx context.Context, method, url string, reqs []Request) (*Response, error) {
	if len(reqs) > 1 {
		panic("aiohttp: a call takes at most one Request")
	}
	j := jobs.Get().(*job)
	if len(reqs) == 1 {
		j.ask(&reqs[0], method, url)
	} else {
		j.plain = true
		j.hop.req, j.hop.method, j.hop.url = &nothingAsked, method, url
	}
	return s.do(ctx, j)
}

// Jar gives the session's cookie jar; nil when cookies are turned off.
func (s *Session) Jar() http.CookieJar { return s.jar }

// Connector gives the session's connector, for its figures.
func (s *Session) Connector() *connector.Connector { return s.connector }

// Close closes the connections of the session, those in use included, unless
// the connector was given to it. It is idempotent, and returns when all that
// the session started has ended.
func (s *Session) Close() error {
	s.closed.Store(true)
	var err error
	if s.owned {
		err = s.connector.Close()
	}
	s.beside.wait()
	return err
}
