package auth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// Options say who gets the credentials. They may be left out.
type Options struct {
	// Origins are those that the credentials are for: "https://api.example.com",
	// with a port where it is not that of the scheme. They get them even where a
	// redirect from another origin leads to them. Nil means the origin of each
	// request that the program makes: see the package's comment.
	Origins []string
}

// scope decides who gets credentials.
type scope struct {
	origins map[string]bool // nil means that the request tells
	err     error           // what is wrong with the options; every request reports it
}

func newScope(origins []string) *scope {
	s := &scope{}
	if origins == nil {
		return s
	}
	s.origins = map[string]bool{}
	for _, text := range origins {
		u, err := url.Parse(text)
		var key string
		if err == nil {
			key, err = originOf(u)
		}
		if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
			s.err = fmt.Errorf("auth: invalid origin %q", aiohttp.MaskURL(text))
			return s
		}
		s.origins[key] = true
	}
	return s
}

// originOf gives a URL's scheme, name and port.
func originOf(u *url.URL) (string, error) {
	addr, secure, err := connector.Address(u)
	if secure {
		return "https://" + addr, err
	}
	return "http://" + addr, err
}

// covers reports whether an origin may have the credentials of a request. where is
// that of the request itself.
func (s *scope) covers(req *aiohttp.Request, where string) bool {
	// "A client MUST NOT generate fields in a TRACE request containing sensitive
	// data that might be disclosed by the response."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.8-2
	switch {
	case req.Method == http.MethodTrace:
		return false
	case s.origins != nil:
		return s.origins[where]
	}
	return req.TakesCredentials()
}

// wants gives a request's URL and origin when it is to have credentials: they
// belong there, and it has none yet.
func (s *scope) wants(req *aiohttp.Request) (u *url.URL, origin string, ok bool) {
	if len(req.Header["Authorization"]) > 0 {
		return nil, "", false
	}
	u, err := url.Parse(req.URL)
	if err != nil || u.User != nil {
		return nil, "", false
	}
	origin, err = originOf(u)
	return u, origin, err == nil && s.covers(req, origin)
}

// fixed is middleware that sets the same Authorization field with each request.
func fixed(s *scope, value string) aiohttp.Middleware {
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			if s.err != nil {
				return nil, s.err
			}
			if _, _, ok := s.wants(req); ok {
				authorize(req, value)
			}
			return next(ctx, req)
		}
	}
}

// authorize sets the Authorization field.
func authorize(req *aiohttp.Request, value string) {
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	req.Header["Authorization"] = []string{value}
}

// copyOf gives a request of its own to an attempt: what comes next may change it.
func copyOf(req *aiohttp.Request) *aiohttp.Request {
	own := *req
	own.Header = req.Header.Clone()
	return &own
}
