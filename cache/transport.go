package cache

import (
	"errors"
	"net/http"
	"slices"
	"time"
)

// transport is a cache in front of a round tripper.
type transport struct {
	*Cache
	next http.RoundTripper
}

// query is what the cache wants to know of a request.
type query struct {
	directives
	key         string
	header      http.Header // not to be changed
	auth        string      // whose request it is: the Authorization field
	head        bool
	ranged      bool
	conditional bool // it has If-None-Match or If-Modified-Since
}

func readQuery(req *http.Request) *query {
	h := req.Header
	q := &query{
		key: keyOf(req), header: h, head: req.Method == http.MethodHead,
		ranged: len(h["Range"]) > 0, conditional: len(h["If-None-Match"]) > 0 || len(h["If-Modified-Since"]) > 0,
	}
	if auth := h["Authorization"]; len(auth) > 0 {
		q.auth = auth[0]
	} else if user := req.URL.User; user != nil {
		// What is below us makes the field of this.
		q.auth = "of URL " + user.String()
		q.header = h.Clone()
		if q.header == nil {
			q.header = http.Header{}
		}
		q.header["Authorization"] = []string{q.auth}
	}
	if fields := h["Cache-Control"]; len(fields) > 0 {
		q.directives = parseDirectives(fields)
	} else if slices.Contains(listed(h["Pragma"]), "No-Cache") {
		// Pragma is deprecated, and still what some clients send to force a reload.
		// https://www.rfc-editor.org/rfc/rfc9111#section-5.4
		q.set = noCache
	}
	return q
}

// RoundTrip answers a request from the store, or from the origin.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	switch method := req.Method; {
	case t.closed.Load(), req.URL == nil, req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return t.next.RoundTrip(req)
	case method == "", method == http.MethodGet, method == http.MethodHead:
	case slices.Contains(safeMethods, method):
		return t.pass(req, fwdMethod)
	default:
		return t.unsafe(req)
	}
	if !cacheable(req) {
		return t.pass(req, fwdBypass)
	}
	return t.get(req, readQuery(req))
}

// safeMethods are those that change nothing, GET and HEAD apart, and CONNECT, which
// has no URI that could be invalid then.
// https://www.iana.org/assignments/http-methods
var safeMethods = []string{http.MethodOptions, http.MethodTrace, http.MethodConnect, "PROPFIND", "REPORT", "SEARCH", "QUERY"}

// cacheable tells whether a GET or HEAD is one that a cache can answer.
//
// "the If-Match and If-Unmodified-Since conditional header fields are not
// applicable to a cache"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-4
func cacheable(req *http.Request) bool {
	h := req.Header
	return (req.Body == nil || req.Body == http.NoBody) &&
		len(h["Upgrade"]) == 0 && len(h["If-Match"]) == 0 && len(h["If-Unmodified-Since"]) == 0
}

// pass forwards a request that is none for a cache.
func (t *transport) pass(req *http.Request, why string) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	annotate(resp, fwdMember(why, resp.StatusCode, false, false))
	return resp, nil
}

func annotate(resp *http.Response, member string) {
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	note(resp.Header, member)
}

// attempts is how often a request is looked at anew when what was to answer it
// went away meanwhile.
const attempts = 3

// get answers a GET or HEAD.
func (t *transport) get(req *http.Request, q *query) (*http.Response, error) {
	for attempt := range attempts {
		found, why := t.find(q)
		if found != nil {
			resp, err := t.answer(req, q, found, &why)
			if err == nil && resp != nil {
				return resp, nil
			}
			if err != nil {
				t.discard(q.key, found, err)
				continue
			}
		}
		if q.has(onlyIfCached) {
			return gatewayTimeout(req), nil
		}
		if q.head || q.ranged || q.has(noStore) {
			return t.direct(req, q, found, why)
		}
		resp, err := t.fetch(req, q, found, why, attempt > 0)
		if !errors.Is(err, errAgain) {
			return resp, err
		}
	}
	return t.pass(req, fwdBypass)
}

// find gives the stored response that is for the request, if there is one.
//
// "When a cache receives a request that can be satisfied by a stored response and
// that stored response contains a Vary header field (Section 12.5.5 of [HTTP]), the
// cache MUST NOT use that stored response without revalidation unless all the
// presented request header fields nominated by that Vary field value match those
// fields in the original request" https://www.rfc-editor.org/rfc/rfc9111#section-4.1-1
func (t *transport) find(q *query) (found *Record, why string) {
	records, err := t.store.Load(q.key)
	t.report(err)
	if len(records) == 0 {
		return nil, fwdURI
	}
	now := time.Now()
	for _, r := range records { // what was received last comes first
		if selection(q.header, r.Vary) == r.Selected && (found == nil || t.preferred(r, found, now)) {
			found = r
		}
	}
	if found == nil {
		return nil, fwdVary
	}
	return found, ""
}

// preferred tells whether one of two stored responses that match is to be used
// rather than the other. One with a Vary, where the other has none, must be fresh:
// it may be of a time when the site still varied.
//
// "When more than one suitable response is stored, a cache MUST use the most recent
// one (as determined by the Date header field)."
// https://www.rfc-editor.org/rfc/rfc9111#section-4-8
//
// "When a cache has multiple stored responses for a target URI and one or more omits
// the Vary header field, the cache SHOULD choose the most recent (see Section 4.2.3)
// stored response with a valid Vary field value."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1-7
func (c *Cache) preferred(r, other *Record, now time.Time) bool {
	one, two := r.read(), other.read()
	switch {
	case len(one.varies) > 0 && len(two.varies) == 0:
		return c.lifetime(r) > r.age(now)
	case len(one.varies) == 0 && len(two.varies) > 0:
		return c.lifetime(other) <= other.age(now)
	}
	return one.date.After(two.date)
}

// answer answers from the store if that may be. It sets why to the reason why
// not, and then gives nothing.
func (t *transport) answer(req *http.Request, q *query, found *Record, why *string) (*http.Response, error) {
	now := time.Now()
	u, reason := t.judge(found, q, now)
	*why = reason
	if u == validate || u == whileRevalidate && (t.opts.MaxBackground < 0 || q.ranged) {
		if reason == "" {
			*why = fwdStale
		}
		return nil, nil
	}
	ttl := t.lifetime(found) - found.age(now)
	resp, err := t.serve(req, q, found, hitMember(ttl, u != fresh), now)
	if err != nil || resp == nil {
		*why = fwdBypass
		return nil, err
	}
	if u == whileRevalidate {
		t.refresh(req, q, found)
	}
	return resp, nil
}

// discard removes a record whose body cannot be had.
func (t *transport) discard(key string, r *Record, err error) {
	if !errors.Is(err, ErrGone) {
		t.report(err)
	}
	t.replace(key, r, nil)
}

// direct forwards a request whose response is not stored: a HEAD, one for a
// range, or one that forbids it.
func (t *transport) direct(req *http.Request, q *query, found *Record, why string) (*http.Response, error) {
	out, ours := req, false
	if found != nil && q.ranged && !q.conditional && len(q.header["If-Range"]) == 0 && !q.has(noStore) {
		out = req.Clone(req.Context())
		ours = addConditions(out.Header, found)
	}
	requested := time.Now()
	resp, err := t.next.RoundTrip(out)
	received := time.Now()
	if found != nil && (err != nil || isError(resp.StatusCode)) && t.helpsInError(found, q, received) {
		if stored := t.instead(req, q, found, resp, received); stored != nil {
			return stored, nil
		}
	}
	if err != nil {
		return nil, err
	}
	member := fwdMember(why, resp.StatusCode, false, false)
	if ours && resp.StatusCode == http.StatusNotModified && !confirms(found, q.header, resp.Header) {
		resp.Body.Close()
		return t.pass(req, why)
	}
	if ours && resp.StatusCode == http.StatusNotModified {
		next := t.updated(found, q.header, resp.Header, requested, received)
		t.refreshed(q.key, found, next)
		stored, err := t.serve(req, q, next, member, received)
		if stored != nil {
			resp.Body.Close()
			return stored, nil
		}
		if err != nil {
			t.discard(q.key, next, err)
		}
		resp.Body.Close()
		return t.pass(req, why)
	}
	if q.head && resp.StatusCode == http.StatusOK {
		t.freshenByHead(q, resp.Header, requested, received)
	}
	annotate(resp, member)
	return resp, nil
}

// instead serves a stale response in the place of an error, resp or one that gave
// none.
func (t *transport) instead(req *http.Request, q *query, found *Record, resp *http.Response, now time.Time) *http.Response {
	stored, err := t.serve(req, q, found, hitMember(t.lifetime(found)-found.age(now), true), now)
	if err != nil {
		t.discard(q.key, found, err)
	}
	if stored != nil && resp != nil {
		resp.Body.Close()
	}
	return stored
}

// unsafe forwards a request that may change something.
//
// "A cache MUST write through requests with methods that are unsafe ... to the
// origin server; i.e., a cache is not allowed to generate a reply to such a
// request before having forwarded the request and having received a corresponding
// response." https://www.rfc-editor.org/rfc/rfc9111#section-4-5
func (t *transport) unsafe(req *http.Request) (*http.Response, error) {
	requested := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	received := time.Now()
	t.invalidateBy(req, resp)
	if t.answersGet(req, resp) {
		return t.adopt(req, resp, requested, received), nil
	}
	annotate(resp, fwdMember(fwdMethod, resp.StatusCode, false, false))
	return resp, nil
}
