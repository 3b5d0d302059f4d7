package cookie

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// resolution is that of every time in the jar: the one an int64 holds for any year.
const resolution = time.Microsecond

// store holds cookies by domain. Retrieval takes the read lock only: what it
// changes, the time of last access, is atomic.
type store struct {
	list                     SuffixList
	maxPerDomain, maxCookies int

	// count is the number of cookies; read without the lock.
	count atomic.Int64
	// due is not after the first expiry-time, in Unix microseconds.
	due atomic.Int64

	mu sync.RWMutex
	// domains has no empty bucket.
	domains map[string]*bucket
	// sites has the same buckets by registrable domain.
	sites   map[string][]*bucket
	lastSeq uint64
	oldest  victims
}

// bucket is the cookies that share a domain field, in no order.
type bucket struct {
	domain, site string
	entries      []*entry
}

// entry is a cookie in the store. All but access is constant while it is there.
type entry struct {
	Cookie
	// seq orders by creation where times are equal. A replacement inherits it.
	seq uint64
	// access is the time of last access in Unix microseconds; Cookie.LastAccess
	// is not kept up to date.
	access atomic.Int64
	// removed is set under the lock when the entry leaves the store.
	removed bool
}

func newStore(o *resolved) *store {
	s := &store{
		list: o.PublicSuffixes, maxPerDomain: o.MaxPerDomain, maxCookies: o.MaxCookies,
		domains: make(map[string]*bucket), sites: make(map[string][]*bucket),
	}
	s.due.Store(math.MaxInt64)
	return s
}

// put stores or removes a cookie that came from a server, over a connection that is
// secure or not.
func (s *store) put(c Cookie, removal, secure bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.Secure && !secure && s.overlaysSecure(&c) {
		return errOverlay
	}
	if removal {
		if b, i := s.find(&c); i >= 0 {
			s.remove(b, i)
		}
		return nil
	}
	s.upsert(c)
	return nil
}

// restore stores a cookie from a file or a program, times included.
func (s *store) restore(c Cookie) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The last access may be before those that were picked as the oldest.
	s.oldest = nil
	s.upsert(c)
}

// upsert puts a cookie in the place of that of the same identity, or adds it.
//
// "If the cookie store contains a cookie with the same name, domain,
// host-only-flag, and path as the newly-created cookie: ... Update the
// creation-time of the newly-created cookie to match the creation-time of the
// old-cookie. Remove the old-cookie from the cookie store."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (s *store) upsert(c Cookie) {
	b, i := s.find(&c)
	if i >= 0 {
		old := b.entries[i]
		old.removed = true
		c.Created = old.Created
		b.entries[i] = s.newEntry(c, old.seq)
		return
	}
	if b == nil {
		b = s.newBucket(c.Domain)
	}
	s.lastSeq++
	b.entries = append(b.entries, s.newEntry(c, s.lastSeq))
	s.count.Add(1)
	s.evictExcess(b)
}

func (s *store) newEntry(c Cookie, seq uint64) *entry {
	e := &entry{Cookie: c, seq: seq}
	e.access.Store(c.LastAccess.UnixMicro())
	if !c.Expires.IsZero() {
		s.due.Store(min(s.due.Load(), c.Expires.UnixMicro()))
	}
	return e
}

func (s *store) newBucket(domain string) *bucket {
	b := &bucket{domain: domain, site: s.site(domain)}
	s.domains[domain] = b
	s.sites[b.site] = append(s.sites[b.site], b)
	return b
}

func (s *store) site(domain string) string {
	return registrable(s.list, domain, isIP(domain))
}

// find gives the bucket of c's domain, nil if there is none, and the index of the
// cookie of the same identity, -1 if there is none.
func (s *store) find(c *Cookie) (*bucket, int) {
	b := s.domains[c.Domain]
	if b == nil {
		return nil, -1
	}
	return b, slices.IndexFunc(b.entries, func(e *entry) bool {
		return e.Name == c.Name && e.HostOnly == c.HostOnly && e.Path == c.Path
	})
}

func (s *store) remove(b *bucket, i int) {
	b.entries[i].removed = true
	b.entries = slices.Delete(b.entries, i, i+1)
	s.count.Add(-1)
	s.dropEmpty(b)
}

func (s *store) dropEmpty(b *bucket) {
	if len(b.entries) > 0 {
		return
	}
	delete(s.domains, b.domain)
	rest := slices.DeleteFunc(s.sites[b.site], func(other *bucket) bool { return other == b })
	if s.sites[b.site] = rest; len(rest) == 0 {
		delete(s.sites, b.site)
	}
}

// removeFunc removes the cookies that match and counts them.
func (s *store) removeFunc(match func(*entry) bool) int {
	removed := 0
	for _, b := range s.domains {
		before := len(b.entries)
		b.entries = slices.DeleteFunc(b.entries, func(e *entry) bool {
			e.removed = match(e)
			return e.removed
		})
		removed += before - len(b.entries)
		s.dropEmpty(b)
	}
	s.count.Add(int64(-removed))
	return removed
}

// overlaysSecure tells whether an insecure cookie would hide or be taken for a
// Secure one.
//
// "Their name matches the name of the newly-created cookie. Their secure-only-flag
// is true. Their domain domain-matches (see Section 5.1.3) the domain of the
// newly-created cookie, or vice-versa. The path of the newly-created cookie
// path-matches the path of the existing cookie."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (s *store) overlaysSecure(c *Cookie) bool {
	// Domains that match one another are of one site, and an address is alone in
	// its site: so only names are compared here. Not as the RFC, a public suffix is
	// a site of its own: its cookies are host-only and hide none of those below,
	// and strangers below it shall not block them.
	for _, b := range s.sites[s.site(c.Domain)] {
		if !domainMatch(b.domain, c.Domain, false) && !domainMatch(c.Domain, b.domain, false) {
			continue
		}
		for _, e := range b.entries {
			if e.Secure && e.Name == c.Name && pathMatch(c.Path, e.Path) {
				return true
			}
		}
	}
	return false
}

// entries lists all cookies in the order of their creation.
func (s *store) entries() []*entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*entry, 0, s.count.Load())
	for _, b := range s.domains {
		all = append(all, b.entries...)
	}
	slices.SortFunc(all, byCreation)
	return all
}

// removeAll removes those of the entries that are still there and counts them.
func (s *store) removeAll(doomed []*entry) int {
	set := make(map[*entry]struct{}, len(doomed))
	for _, e := range doomed {
		set[e] = struct{}{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.removeFunc(func(e *entry) bool {
		_, ok := set[e]
		return ok
	})
}

// cookie copies the entry with its last access.
func (e *entry) cookie() Cookie {
	c := e.Cookie
	c.LastAccess = time.UnixMicro(e.access.Load()).UTC()
	return c
}
