package aiohttp

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// origin is what a URL says about where to connect to.
type origin struct {
	addr string // "name:port", lower case
	tls  bool
	host string // the value of the Host field
	tail []byte // what follows the target in a plain request's head; nil while the origin is not cached
}

// name gives the host's name, without port and brackets.
func (o *origin) name() string {
	name := o.addr[:strings.LastIndexByte(o.addr, ':')]
	return strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
}

// same reports whether two origins are one by RFC 6454: scheme, name and port.
// https://www.rfc-editor.org/rfc/rfc6454#section-5
func (o *origin) same(other *origin) bool { return o.addr == other.addr && o.tls == other.tls }

// originCache remembers the origins of the URLs that a session was given, by
// their text up to the path, so that a request to a known host parses nothing.
type originCache struct {
	last atomic.Pointer[knownOrigin] // a session often stays with one host for a while
	mu   sync.RWMutex
	m    map[string]*origin
}

// knownOrigin is an entry of the cache.
type knownOrigin struct {
	prefix string
	origin *origin
}

// originCacheSize bounds the cache; a session that talks to more hosts starts
// it anew.
const originCacheSize = 1024

func (c *originCache) get(prefix string) *origin {
	c.mu.RLock()
	o := c.m[prefix]
	c.mu.RUnlock()
	return o
}

// again gives the origin of the last URL that was new, where text leads there
// too, and its target.
func (c *originCache) again(text string) (o *origin, target string) {
	k := c.last.Load()
	if k == nil || len(text) <= len(k.prefix) || text[len(k.prefix)] != '/' || text[:len(k.prefix)] != k.prefix {
		return nil, ""
	}
	return k.origin, text[len(k.prefix):]
}

func (c *originCache) put(prefix string, o *origin) {
	prefix = strings.Clone(prefix)
	c.last.Store(&knownOrigin{prefix, o})
	c.mu.Lock()
	if c.m[prefix] == nil { // others may have been as quick
		if c.m == nil || len(c.m) >= originCacheSize {
			c.m = make(map[string]*origin)
		}
		c.m[prefix] = o
	}
	c.mu.Unlock()
}

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

// parseURL parses a URL. The error does not repeat the text, which stands in
// front of it anyway; and where there is a password, its cause neither, since
// that may quote a part of it.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	var parse *url.Error
	switch {
	case err == nil:
		u.RawQuery = asciiQuery(u.RawQuery)
		return u, nil
	case errors.As(err, &parse) && !strings.Contains(text, "@"):
		return nil, fmt.Errorf("%w: %w", ErrInvalidURL, parse.Err)
	}
	return nil, ErrInvalidURL
}

// asciiQuery encodes what is not ASCII in a query, as net/url does it in a path.
// All else stays as it is.
//
// The URL standard: "The C0 control percent-encode set are the C0 controls and all
// code points greater than U+007E (~)", and that of queries has it in it.
// https://url.spec.whatwg.org/#c0-control-percent-encode-set
func asciiQuery(query string) string {
	first := strings.IndexFunc(query, func(r rune) bool { return r >= 0x80 })
	if first < 0 {
		return query
	}
	encoded := []byte(query[:first])
	for i := first; i < len(query); i++ {
		if c := query[i]; c < 0x80 {
			encoded = append(encoded, c)
		} else {
			encoded = fmt.Appendf(encoded, "%%%02X", c)
		}
	}
	return string(encoded)
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

// plain splits an absolute URL whose path and query go on the wire as they are:
// no userinfo, no fragment, nothing that would have to be encoded, no broken
// escape in the path.
func plain(text string) (prefix, target string, ok bool) {
	const longest = len("https://")
	scheme := strings.Index(text[:min(len(text), longest)], "://")
	if scheme < 0 {
		return "", "", false
	}
	slash := strings.IndexByte(text[scheme+3:], '/')
	if slash <= 0 {
		return "", "", false
	}
	prefix, target = text[:scheme+3+slash], text[scheme+3+slash:]
	for i := 0; i < len(prefix); i++ {
		if c := prefix[i]; c == '@' || c == '?' || c == '#' || c == '\\' {
			return "", "", false
		}
	}
	return prefix, target, plainTarget(target)
}

// plainTarget reports whether a path and query go on the wire as they are.
func plainTarget(target string) bool {
	for i := 0; i < len(target); i++ {
		if c := target[i]; plainOctets[c] {
			continue
		} else if c != '%' {
			return false
		}
		if i+2 >= len(target) || !isHex(target[i+1]) || !isHex(target[i+2]) {
			if strings.IndexByte(target[:i], '?') < 0 {
				return false
			}
		}
	}
	return true
}

// plainOctets tells which octets, the percent sign apart, package net/url would
// neither encode in a path or query nor end it there.
var plainOctets = func() (t [256]bool) {
	for c := '!'; c < 0x7f; c++ {
		t[c] = true
	}
	for _, c := range "%#\"<>\\^`{|}" {
		t[c] = false
	}
	return t
}()

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
