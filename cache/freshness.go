package cache

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rules is what a stored response's fields say about its use.
type rules struct {
	directives
	explicit     bool          // an expiration time was given
	lifetime     time.Duration // by max-age or Expires; of a private cache
	heuristic    time.Duration // a tenth of the time since it was modified, where that is a guide
	initialAge   time.Duration // by Age and Date, without the delay of the response
	ageIsWrong   bool
	date         time.Time // when it was made, by Date
	etag         string
	lastModified string
	varies       []string // names in canonical form; of "*" that alone
}

// heuristically are the status codes that are cacheable where nothing says how
// long. https://www.rfc-editor.org/rfc/rfc9110#section-15.1-2
var heuristically = []int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}

// understood are the status codes that mean nothing else to a cache than that
// they are final. 206 and 304 are dealt with before.
var understood = []int{
	200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308,
	400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431, 451,
	500, 501, 502, 503, 504, 505, 511,
}

func readRules(status int, header http.Header, received time.Time) *rules {
	r := &rules{
		directives: parseDirectives(header["Cache-Control"]),
		etag:       header.Get("Etag"), lastModified: header.Get("Last-Modified"),
		varies: listed(header["Vary"]),
	}
	// A Date has whole seconds, so the time of receipt is compared in such.
	now := received.Truncate(time.Second)
	date, err := parseDate(header.Get("Date"))
	if err != nil {
		date = now
	}
	r.date = date
	// apparent_age = max(0, response_time - date_value);
	// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3-6
	apparent := max(0, now.Sub(date))
	age, ok := ageValue(header["Age"])
	r.ageIsWrong = !ok
	r.initialAge = min(max(apparent, age), forever)
	r.readLifetime(status, header, date)
	return r
}

// readLifetime finds the freshness lifetime.
//
// "A cache can calculate the freshness lifetime (denoted as freshness_lifetime)
// of a response by evaluating the following rules and using the first match"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1-1
func (r *rules) readLifetime(status int, header http.Header, date time.Time) {
	expires := header["Expires"]
	switch {
	case r.has(hasMaxAge):
		r.explicit, r.lifetime = true, r.maxAge
	case len(expires) > 0:
		r.explicit = true
		// "A cache recipient MUST interpret invalid date formats, especially the
		// value "0", as representing a time in the past (i.e., "already expired")."
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.3-7
		if at, err := parseDate(expires[0]); err == nil && len(expires) == 1 {
			r.lifetime = min(max(0, at.Sub(date)), forever)
		}
	case slices.Contains(heuristically, status) || r.has(public):
		// "caches are encouraged to use a heuristic expiration value that is no more
		// than some fraction of the interval since that time. A typical setting of
		// this fraction might be 10%."
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2-4
		if at, err := parseDate(r.lastModified); err == nil {
			r.heuristic = min(max(0, date.Sub(at)/10), forever)
		}
	}
}

// parseDate reads an HTTP-date.
//
// "Although all date formats are specified to be case-sensitive, a cache recipient
// SHOULD match the field value case-insensitively."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2-13.1
//
// "A cache recipient SHOULD consider a date with a zone abbreviation other than
// "GMT" to be invalid for calculating expiration."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2-13.4
//
// Days and months are read in any case anyhow.
func parseDate(s string) (time.Time, error) {
	if zone := len(s) - len("GMT"); zone > 0 && strings.EqualFold(s[zone:], "GMT") {
		s = s[:zone] + "GMT"
	}
	return http.ParseTime(s)
}

// ageValue reads the Age of a response. It is not ok when the response is to be
// considered stale.
//
// "Although it is defined as a singleton header field, a cache encountering a
// message with a list-based Age field value SHOULD use the first member of the
// field value, discarding subsequent ones."
// https://www.rfc-editor.org/rfc/rfc9111#section-5.1-4
//
// Not as RFC 9111 says next: a field that is not a number, or that is there
// twice, or repeats itself, is not ignored. Some cache on the way is broken, and
// the response may be older than it looks; so it is considered stale.
func ageValue(lines []string) (time.Duration, bool) {
	switch len(lines) {
	case 0:
		return 0, true
	case 1:
	default:
		return 0, false
	}
	first, others, list := strings.Cut(lines[0], ",")
	first = strings.Trim(first, " \t")
	if list && strings.Trim(others, " \t") == first {
		return 0, false
	}
	return deltaSeconds(first)
}

// age gives current_age.
//
//	response_delay = response_time - request_time;
//	corrected_age_value = age_value + response_delay;
//	corrected_initial_age = max(apparent_age, corrected_age_value);
//	resident_time = now - response_time;
//	current_age = corrected_initial_age + resident_time;
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3-6
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3-8
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3-10
//
// The delay is added to the apparent age, too: that makes a response of a slow
// origin older by what it took, and never younger.
func (r *Record) age(now time.Time) time.Duration {
	resident := now.Sub(r.Received)
	if resident < -skew {
		return forever // it came in the future: a clock was wrong, and so is all that it said
	}
	return r.read().initialAge + max(0, r.Received.Sub(r.Requested)) + max(0, resident)
}

// ageField gives the age as Age has it.
func (r *Record) ageField(now time.Time) string {
	return strconv.FormatInt(int64(min(r.age(now), forever)/time.Second), 10)
}

// skew is by how much the clocks of those that share a store may differ.
const skew = time.Minute

// lifetime gives how long the response is fresh, counted from its making.
func (c *Cache) lifetime(r *Record) time.Duration {
	rules := r.read()
	switch {
	case rules.ageIsWrong:
		return 0
	case c.opts.Shared && rules.has(hasSMaxAge):
		// "If the cache is shared and the s-maxage response directive (Section
		// 5.2.2.10) is present, use its value"
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1-2.1
		return rules.sMaxAge
	case rules.explicit:
		return rules.lifetime
	}
	return min(rules.heuristic, c.opts.MaxHeuristic)
}

// use is what may be done with a stored response.
type use int

const (
	validate        use = iota // not without asking the origin
	fresh                      // anything
	stale                      // it is stale, and the request allows that
	whileRevalidate            // it is stale, and may be used while the origin is asked
)

// judge tells how a stored response may be used for a request. why is the reason
// for a forward.
func (c *Cache) judge(r *Record, q *query, now time.Time) (u use, why string) {
	rules, life, age := r.read(), c.lifetime(r), r.age(now)
	isFresh := life > age
	switch {
	case rules.has(noCache):
		// "the response MUST NOT be used to satisfy any other request without
		// forwarding it for validation and receiving a successful response"
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.4-3
		return validate, fwdStale
	case q.has(noCache):
		return validate, fwdRequest
	case q.has(hasMaxAge) && (age > q.maxAge || q.maxAge == 0):
		// "Clients SHOULD NOT issue a conditional request during the response's
		// freshness lifetime (e.g., upon a reload) unless explicitly overridden by the
		// user (e.g., a force reload)." A reload is max-age=0, a forced one no-cache.
		// https://www.rfc-editor.org/rfc/rfc8246#section-2
		if !isFresh || !rules.has(immutable) || q.maxAge != 0 {
			return validate, fwdRequest
		}
	}
	if isFresh {
		// "the client prefers a response whose freshness lifetime is no less than its
		// current age plus the specified time in seconds"
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.3-3
		if q.has(hasMinFresh) && life-age < q.minFresh {
			return validate, fwdRequest
		}
		return fresh, ""
	}
	if c.neverStale(rules) || q.has(hasMinFresh) {
		return validate, fwdStale
	}
	if q.has(hasMaxStale) && (q.maxStale < 0 || age-life <= q.maxStale) {
		return stale, ""
	}
	// "indicates that caches MAY serve the response in which it appears after it
	// becomes stale, up to the indicated number of seconds"
	// https://www.rfc-editor.org/rfc/rfc5861#section-3
	if rules.has(hasWhileRevalidate) && age-life <= rules.whileRevalidate && !q.has(hasMaxAge) {
		return whileRevalidate, ""
	}
	return validate, fwdStale
}

// neverStale tells that a response must not be served stale.
//
// "A cache MUST NOT generate a stale response if it is prohibited by an explicit
// in-protocol directive (e.g., by a no-cache response directive, a
// must-revalidate response directive, or an applicable s-maxage or
// proxy-revalidate response directive"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4-2
func (c *Cache) neverStale(r *rules) bool {
	return r.has(noCache|mustRevalidate) || c.opts.Shared && r.has(proxyRevalidate|hasSMaxAge)
}

// helpsInError tells whether a stored response may be served when the origin
// fails.
//
// "indicates that when an error is encountered, a cached stale response MAY be
// used to satisfy the request, regardless of other freshness information"
// https://www.rfc-editor.org/rfc/rfc5861#section-4
func (c *Cache) helpsInError(r *Record, q *query, now time.Time) bool {
	rules := r.read()
	if c.neverStale(rules) || q.has(noCache) {
		return false
	}
	allowed := c.opts.StaleIfError
	for _, d := range []*directives{&rules.directives, &q.directives} {
		if d.has(hasIfError) {
			allowed = max(allowed, d.ifError)
		}
	}
	return allowed > 0 && r.age(now)-c.lifetime(r) <= allowed
}

// isError tells whether a status code is an error for stale-if-error.
//
// "an error is any situation that would result in a 500, 502, 503, or 504 HTTP
// response status code being returned"
// https://www.rfc-editor.org/rfc/rfc5861#section-4
func isError(status int) bool {
	return status == 500 || status == 502 || status == 503 || status == 504
}
