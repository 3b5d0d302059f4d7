package cache

import (
	"net/http"
	"slices"
	"time"
)

// storable tells whether a response to a GET may be stored.
//
// "A cache MUST NOT store a response to a request unless:"
// https://www.rfc-editor.org/rfc/rfc9111#section-3-1
func (c *Cache) storable(q *query, resp *http.Response, r *rules) bool {
	switch {
	case q.has(noStore), !c.permitted(resp.StatusCode, r):
		return false
	case c.opts.Shared && len(q.header["Authorization"]) > 0 && !r.has(mustRevalidate|public|hasSMaxAge):
		// "In this specification, the following response directives have such an
		// effect: must-revalidate (Section 5.2.2.2), public (Section 5.2.2.9), and
		// s-maxage (Section 5.2.2.10)."
		// https://www.rfc-editor.org/rfc/rfc9111#section-3.5-2
		return false
	case c.opts.MaxEntryBytes > 0 && resp.ContentLength > c.opts.MaxEntryBytes:
		return false
	}
	// "the response contains at least one of the following: a public response
	// directive ... a private response directive, if the cache is not shared ... an
	// Expires header field ... a max-age response directive ... if the cache is shared:
	// an s-maxage response directive ... or a status code that is defined as
	// heuristically cacheable" https://www.rfc-editor.org/rfc/rfc9111#section-3-2.7
	return r.has(public) || r.explicit || !c.opts.Shared && r.has(private) || c.opts.Shared && r.has(hasSMaxAge) ||
		slices.Contains(heuristically, resp.StatusCode)
}

// permitted tells whether the response itself forbids to be stored, or to be used.
func (c *Cache) permitted(status int, r *rules) bool {
	switch {
	case !storableStatus(status, r):
		return false
	case r.has(noStore) && !r.has(mustUnderstand):
		// "When a cache that implements the must-understand directive receives a
		// response that includes it, the cache SHOULD ignore the no-store directive if
		// it understands and implements the status code's caching requirements."
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.3-2
		return false
	case c.opts.Shared && r.has(private):
		return false
	}
	// "A stored response with a Vary header field value containing a member "*"
	// always fails to match." https://www.rfc-editor.org/rfc/rfc9111#section-4.1-5
	return len(r.varies) == 0 || r.varies[0] != "*"
}

// storableStatus tells whether responses with a status code may be stored.
//
// "the response status code is final (see Section 15 of [HTTP]); if the response
// status code is 206 or 304, or the must-understand cache directive (see Section
// 5.2.2.3) is present: the cache understands the response status code"
// https://www.rfc-editor.org/rfc/rfc9111#section-3-2.2
func storableStatus(status int, r *rules) bool {
	if status < 200 || status == http.StatusPartialContent || status == http.StatusNotModified {
		return false
	}
	return !r.has(mustUnderstand) || slices.Contains(understood, status)
}

// useful tells whether a stored response could ever answer a request: it is fresh,
// may be served stale, or can be revalidated.
func (c *Cache) useful(r *Record, now time.Time) bool {
	rules := r.read()
	return rules.etag != "" || rules.lastModified != "" || c.lifetime(r) > r.age(now) ||
		rules.lifetime > 0 && !c.neverStale(rules) || // for max-stale
		!c.neverStale(rules) && (rules.has(hasWhileRevalidate|hasIfError) || c.opts.StaleIfError > 0)
}

// newRecord gives the record of a response.
func (c *Cache) newRecord(q *query, resp *http.Response, requested, received time.Time) *Record {
	return c.selected(&Record{
		Status: resp.StatusCode, Header: c.keptFields(resp.Header, received), Uncompressed: resp.Uncompressed,
		Requested: requested.Round(0), Received: received.Round(0), // by the wall: the other clock stops while a machine sleeps
	}, q.header)
}

func sameSelection(a, b *Record) bool {
	return a.Selected == b.Selected && slices.Equal(a.Vary, b.Vary)
}
