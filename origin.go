package aiohttp

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp/connector"
)

// origin is what a URL says about where to connect to.
type origin struct {
	addr string // "name:port", lower case
	tls  bool
	host string // the value of the Host field
}

// originCache remembers the origins of the URLs that a session was given, by
// their text up to the path, so that a request to a known host parses nothing.
type originCache struct {
	mu sync.RWMutex
	m  map[string]*origin
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

func (c *originCache) put(prefix string, o *origin) {
	c.mu.Lock()
	if c.m == nil || len(c.m) >= originCacheSize {
		c.m = make(map[string]*origin)
	}
	c.m[strings.Clone(prefix)] = o
	c.mu.Unlock()
}

// destination is where one hop of a request goes.
type destination struct {
	*origin
	target string   // of the request line
	text   string   // the URL, when it was not parsed
	url    *url.URL // the URL, when it was
}

// parsed gives the URL in parts.
func (d *destination) parsed() *url.URL {
	if d.url == nil {
		d.url, _ = url.Parse(d.text) // plain has found it well-formed
	}
	return d.url
}

// destination resolves a request's URL. A plain absolute URL is sent exactly as
// it was given: a URL that was signed keeps its signature.
func (s *Session) destination(text string, query url.Values) (destination, error) {
	if len(query) == 0 && len(s.opts.Query) == 0 {
		if prefix, target, ok := plain(text); ok {
			if o := s.origins.get(prefix); o != nil {
				return destination{origin: o, target: target, text: text}, nil
			}
		}
	}
	u, err := s.resolve(text, query)
	if err != nil {
		return destination{}, err
	}
	d, err := destinationOf(u)
	if err != nil {
		return destination{}, err
	}
	if prefix, target, ok := plain(text); ok && u.User == nil && target == d.target {
		s.origins.put(prefix, d.origin)
	}
	return d, nil
}

// resolve parses a URL, makes it absolute and adds the queries.
func (s *Session) resolve(text string, query url.Values) (*url.URL, error) {
	u, err := parseURL(text)
	if err != nil {
		return nil, err
	}
	if s.base != nil && !u.IsAbs() {
		u = s.base.ResolveReference(u)
	}
	for _, more := range []url.Values{s.opts.Query, query} {
		if len(more) == 0 {
			continue
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += more.Encode()
	}
	if u.Scheme == "" {
		return nil, fmt.Errorf("URL without a scheme: %q (set Options.BaseURL for relative ones)", text)
	}
	return u, nil
}

func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	var parse *url.Error
	if errors.As(err, &parse) {
		return nil, fmt.Errorf("invalid URL %q: %w", text, parse.Err)
	}
	return u, err
}

func destinationOf(u *url.URL) (destination, error) {
	addr, secure, err := connector.Address(u)
	if err != nil {
		return destination{}, err
	}
	host, target, err := connector.Target(u)
	if err != nil {
		return destination{}, err
	}
	return destination{origin: &origin{addr: addr, tls: secure, host: host}, target: target, url: u}, nil
}

// plain splits an absolute URL whose path and query can go on the wire as they
// are: no fragment, no character that would have to be encoded, no userinfo.
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
	for i := 0; i < len(target); i++ {
		if c := target[i]; c <= ' ' || c >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' || c == '|' || c == '}' {
			return "", "", false
		}
	}
	return prefix, target, strings.IndexByte(prefix, '@') < 0
}
