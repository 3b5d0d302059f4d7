package aiohttp

import (
	"strings"
	"sync"
	"sync/atomic"
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
