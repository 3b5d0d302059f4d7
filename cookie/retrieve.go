package cookie

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// expire removes what has expired. It costs one atomic load while nothing is due.
//
// "The user agent MUST evict all expired cookies from the cookie store if, at any
// time, an expired cookie exists in the cookie store."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (s *store) expire(now time.Time) {
	if now.UnixMicro() < s.due.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := int64(math.MaxInt64)
	s.removeFunc(func(e *entry) bool {
		if e.Expires.IsZero() {
			return false
		}
		if !e.Expires.After(now) {
			return true
		}
		next = min(next, e.Expires.UnixMicro())
		return false
	})
	s.due.Store(next)
}

// maxHeaderBytes bounds the value of the Cookie field. Servers take 8 to 16 KiB of
// it, nginx, Apache, Tomcat and Node among them, and refuse every request above
// that: so somebody with a place on a subdomain could lock its neighbours'
// visitors out, by cookies for all of the domain.
const maxHeaderBytes = 16 << 10

// knows reports whether there are cookies of a host, or of a domain that it is in.
func (s *store) knows(domain string, ip bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for {
		if s.domains[domain] != nil {
			return true
		}
		dot := strings.IndexByte(domain, '.')
		if dot < 0 || ip {
			return false
		}
		domain = domain[dot+1:]
	}
}

// match appends the cookies for t, in the order in which they are sent, and those
// that fit only: the newest of the shortest paths are left out first. The caller
// holds the read lock and keeps the entries no longer than it.
//
// "The cookie's host-only-flag is true and retrieval-host-canonical is identical to
// the cookie's domain. Or: The cookie's host-only-flag is false and
// retrieval-host-canonical domain-matches (see Section 5.1.3) the cookie's domain."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func (s *store) match(dst []*entry, t *target, a access) []*entry {
	domain := t.host
	for {
		if b := s.domains[domain]; b != nil {
			for _, e := range b.entries {
				if e.HostOnly && len(domain) != len(t.host) || e.Secure && !t.secure {
					continue
				}
				if a.admits(e.SameSite) && pathMatch(t.path, e.Path) {
					dst = append(dst, e)
				}
			}
		}
		dot := strings.IndexByte(domain, '.')
		if dot < 0 || t.ip {
			break
		}
		domain = domain[dot+1:]
	}
	if len(dst) > 1 {
		slices.SortFunc(dst, byPrecedence)
	}
	return fitting(dst)
}

// fitting leaves out what would make the Cookie field too long.
func fitting(sorted []*entry) []*entry {
	size := 0
	kept := sorted[:0]
	for _, e := range sorted {
		n := len(e.Name) + len("=") + len(e.Value) + len("; ")
		if size+n <= maxHeaderBytes {
			size += n
			kept = append(kept, e)
		}
	}
	return kept
}

// byPrecedence is the order of the Cookie field.
//
// "Cookies with longer paths are listed before cookies with shorter paths. Among
// cookies that have equal-length path fields, cookies with earlier creation-times
// are listed before cookies with later creation-times."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func byPrecedence(a, b *entry) int {
	return cmp.Or(cmp.Compare(len(b.Path), len(a.Path)), byCreation(a, b))
}

func byCreation(a, b *entry) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.seq, b.seq))
}

// appendPairs writes the cookies for t to dst and marks them as used.
//
// "If the cookies' name is not empty, output the cookie's name followed by the %x3D
// ("=") character. If the cookies' value is not empty, output the cookie's value. If
// the cookie was not the last cookie in the cookie-list, output the characters %x3B
// and %x20 ("; ")."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func (s *store) appendPairs(dst []byte, t *target, a access, now time.Time) []byte {
	s.expire(now)
	var room [32]*entry
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := now.UnixMicro()
	for i, e := range s.match(room[:0], t, a) {
		e.access.Store(at)
		if i > 0 {
			dst = append(dst, "; "...)
		}
		if e.Name != "" {
			dst = append(dst, e.Name...)
			dst = append(dst, '=')
		}
		dst = append(dst, e.Value...)
	}
	return dst
}

// cookies copies the cookies for t and marks them as used.
func (s *store) cookies(t *target, a access, now time.Time) []Cookie {
	s.expire(now)
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []Cookie
	for _, e := range s.match(nil, t, a) {
		e.access.Store(now.UnixMicro())
		all = append(all, e.cookie())
	}
	return all
}
