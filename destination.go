package aiohttp

import (
	"errors"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// destination is where one hop of a request goes.
type destination struct {
	place
	target string // of the request line
}

// place is a destination in the user's words.
type place struct {
	*origin
	text string   // the URL, when it was not parsed
	url  *url.URL // the URL, when it was
}

// parsed gives the URL in parts.
func (p *place) parsed() *url.URL { return p.parseInto(nil) }

// parseInto is parsed with a place for the parts.
func (p *place) parseInto(room *url.URL) *url.URL {
	switch {
	case p.url != nil:
	case room != nil && strings.IndexByte(p.text, '%') < 0:
		prefix, target, _ := plain(p.text)
		scheme, host, _ := strings.Cut(prefix, "://")
		room.Scheme, room.Host = lower(scheme), host
		room.Path, room.RawQuery, _ = strings.Cut(target, "?")
		if room.EscapedPath() != room.Path { // as it stands it is valid all the same
			room.RawPath = room.Path
		}
		room.ForceQuery = room.RawQuery == "" && len(target) > len(room.Path)
		p.url = room
	default:
		p.url, _ = url.Parse(p.text) // plain has found it well-formed
	}
	return p.url
}

// destination resolves a request's URL. A plain absolute URL is sent exactly as
// it was given: a URL that was signed keeps its signature.
func (s *Session) destination(text string, query url.Values) (destination, error) {
	if len(query) == 0 && len(s.opts.Query) == 0 {
		if o, target := s.origins.again(text); o != nil && plainTarget(target) {
			return destination{place{origin: o, text: text}, target}, nil
		}
		if prefix, target, ok := plain(text); ok {
			if o := s.origins.get(prefix); o != nil {
				return destination{place{origin: o, text: text}, target}, nil
			}
		}
	}
	u, err := s.resolve(text)
	if err != nil {
		return destination{}, err
	}
	d, err := destinationOf(u)
	if err != nil {
		return destination{}, err
	}
	if prefix, target, ok := plain(text); ok && target == d.target {
		known := *d.origin
		known.tail = http1.AppendField([]byte(" HTTP/1.1\r\n"), "Host", known.host)
		known.tail = append(known.tail, s.defaults.block...)
		s.origins.put(prefix, &known)
	}
	if s.baseOrigin == nil || d.same(s.baseOrigin) {
		return d.with(joinQuery(joinQuery(u.RawQuery, s.opts.Query), query))
	}
	return d.with(joinQuery(u.RawQuery, query))
}

// absolute resolves a URL to which the session adds nothing.
func (s *Session) absolute(text string, query url.Values) (destination, error) {
	if len(query) == 0 && len(s.opts.Query) == 0 {
		return s.destination(text, nil) // which remembers
	}
	u, err := parseURL(text)
	if err != nil {
		return destination{}, err
	}
	d, err := destinationOf(u)
	if err != nil {
		return destination{}, err
	}
	return d.with(joinQuery(u.RawQuery, query))
}

// with gives the destination with another query.
func (d destination) with(query string) (destination, error) {
	if query == d.url.RawQuery {
		return d, nil
	}
	u := *d.url
	u.RawQuery = query
	return destinationOf(&u)
}

// resolve parses a URL and makes it absolute.
func (s *Session) resolve(text string) (*url.URL, error) {
	u, err := parseURL(text)
	if err != nil {
		return nil, err
	}
	if s.base != nil && !u.IsAbs() {
		u = s.base.ResolveReference(u)
	}
	if u.Scheme == "" {
		return nil, kindError{errors.New("URL without a scheme (set Options.BaseURL for relative ones)"), ErrInvalidURL}
	}
	return u, nil
}

// joinQuery adds parameters behind those that a query has, which stay as they
// are, octet for octet.
func joinQuery(query string, more url.Values) string {
	switch {
	case len(more) == 0:
		return query
	case query == "":
		return more.Encode()
	}
	return query + "&" + more.Encode()
}

// destinationOf gives where a URL leads. No error quotes path or query, which may
// hold secrets.
func destinationOf(u *url.URL) (destination, error) {
	addr, secure, err := connector.Address(u)
	if err != nil {
		return destination{}, kindError{err, kindOf(u)}
	}
	if !http1.ValidTarget(u.RequestURI()) {
		return destination{}, kindError{errors.New("URL has a space or a control character in its query"), ErrInvalidURL}
	}
	host, target, err := connector.Target(u)
	if err != nil {
		return destination{}, kindError{err, ErrInvalidURL}
	}
	return destination{place{origin: &origin{addr: addr, tls: secure, host: host}, url: u}, target}, nil
}

// kindOf says what is wrong with a URL that leads nowhere.
func kindOf(u *url.URL) error {
	switch u.Scheme { // net/url gives it in lower case
	case "", "http", "https":
		return ErrInvalidURL
	}
	return ErrUnsupportedScheme
}
