package cookie

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Len is the number of cookies in the jar. It counts those that have expired since
// the jar was last used.
func (j *Jar) Len() int {
	if j == nil {
		return 0
	}
	return int(j.store.count.Load())
}

// All lists the cookies that have not expired, in the order of their creation. It
// lists the jar as it is when the loop begins; the loop may change the jar.
func (j *Jar) All() iter.Seq[Cookie] {
	return func(yield func(Cookie) bool) {
		for _, c := range j.snapshot() {
			if !yield(c) {
				return
			}
		}
	}
}

func (j *Jar) snapshot() []Cookie {
	if j.Len() == 0 {
		return nil
	}
	j.store.expire(j.now())
	entries := j.store.entries()
	cookies := make([]Cookie, len(entries))
	for i, e := range entries {
		cookies[i] = e.cookie()
	}
	return cookies
}

// Add stores a cookie as it is, under the rules that concern the cookie itself:
// limits, characters, name prefixes. It is for cookies that come from elsewhere
// than a response, such as a browser's store or a flag.
//
// An empty Path becomes "/", a zero Created and LastAccess the present. A Domain that
// is an IP address or a public suffix makes the cookie host-only. Expires is cut to
// 400 days from now; an expired cookie is not stored and no error.
func (j *Jar) Add(c Cookie) error {
	now := j.now()
	stored, err := j.normalize(c, now)
	if err != nil {
		return fmt.Errorf("add cookie %q: %w", c.Name, err)
	}
	j.restore(stored, now)
	return nil
}

// normalize gives the cookie as it may be stored, or why it may not.
func (j *Jar) normalize(c Cookie, now time.Time) (Cookie, error) {
	c.Path = cmp.Or(c.Path, "/")
	if err := c.checkText(); err != nil {
		return c, err
	}
	domain, ip, err := canonicalHost(c.Domain)
	if err != nil {
		return c, err
	}
	if ip && j.opts.RejectIP {
		return c, errIPHost
	}
	c.Domain = domain
	c.HostOnly = c.HostOnly || ip || isPublicSuffix(j.opts.PublicSuffixes, domain)
	c.Created, c.LastAccess = past(c.Created, now), past(c.LastAccess, now)
	c.Expires = capExpiry(c.Expires.UTC().Truncate(resolution), now)
	return c, c.checkFlags(true)
}

// past gives t as the jar keeps times, or now if t is not a time that has passed.
func past(t, now time.Time) time.Time {
	if t.Before(time.Unix(0, 0)) || t.After(now) {
		return now
	}
	return t.UTC().Truncate(resolution)
}

// restore stores a cookie that normalize gave, unless it has expired.
func (j *Jar) restore(c Cookie, now time.Time) {
	if c.Expires.IsZero() || c.Expires.After(now) {
		j.store.expire(now)
		j.store.restore(c)
	}
}

// Clear removes the cookies for which match is true, or all if match is nil, and
// counts them. match may use the jar; a cookie that is replaced meanwhile stays.
//
//	jar.Clear(func(c cookie.Cookie) bool { return c.Expires.IsZero() }) // session cookies
func (j *Jar) Clear(match func(Cookie) bool) int {
	if j.Len() == 0 {
		return 0
	}
	doomed := j.store.entries()
	if match != nil {
		doomed = slices.DeleteFunc(doomed, func(e *entry) bool { return !match(e.cookie()) })
	}
	return j.store.removeAll(doomed)
}

// ClearDomain removes the cookies of a domain and of all domains below it, and counts
// them. Case, a leading and a trailing dot do not matter.
func (j *Jar) ClearDomain(domain string) int {
	name, ip, err := canonicalHost(strings.TrimPrefix(domain, "."))
	if err != nil {
		return 0
	}
	return j.Clear(func(c Cookie) bool {
		return c.Domain == name || !ip && domainMatch(c.Domain, name, isIP(c.Domain))
	})
}
