package cache

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// invalidateBy removes what a response to an unsafe request makes invalid.
//
// "A cache MUST invalidate the target URI ... when it receives a non-error status
// code in response to an unsafe request method (including methods whose safety is
// unknown)." https://www.rfc-editor.org/rfc/rfc9111#section-4.4-2
//
// "A cache MAY invalidate other URIs when it receives a non-error status code in
// response to an unsafe request method (including methods whose safety is
// unknown). In particular, the URI(s) in the Location and Content-Location
// response header fields (if present) are candidates for invalidation ... However,
// a cache MUST NOT trigger an invalidation under these conditions if the origin
// ... of the URI to be invalidated differs from that of the target URI"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4-3
func (c *Cache) invalidateBy(req *http.Request, resp *http.Response) {
	if resp.StatusCode < 200 || resp.StatusCode > 399 {
		return
	}
	c.report(c.invalidate(keyOf(req)))
	for _, name := range []string{"Location", "Content-Location"} {
		if other := related(req, resp.Header.Get(name)); other != nil {
			c.report(c.invalidate(keyOf(other)))
		}
	}
}

// related gives a request for a reference in a response, when that leads to the
// same origin.
func related(req *http.Request, reference string) *http.Request {
	if reference == "" {
		return nil
	}
	u, err := req.URL.Parse(reference)
	if err != nil || !sameOrigin(u, req.URL) {
		return nil
	}
	other := &http.Request{Method: http.MethodGet, URL: u}
	if field := req.Header["Host"]; len(field) > 0 {
		other.Header = http.Header{"Host": field}
	}
	if !strings.EqualFold(req.Host, req.URL.Host) {
		other.Host = req.Host
	}
	return other
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case strings.EqualFold(u.Scheme, "http"):
		return "80"
	default:
		return "443"
	}
}

// invalidate removes what is stored under key, and sees to it that what is under
// way is not stored: it may have been made before the change.
func (c *Cache) invalidate(key string) error {
	c.flights.mu.Lock()
	for f := range c.running {
		if f.q.key == key {
			f.outdate()
			delete(c.open, flightKey(f.q))
		}
	}
	c.flights.mu.Unlock()
	return c.change(key, func([]*Record) []*Record { return nil })
}

// answersGet tells whether a response to a POST is one that a later GET may be
// answered with.
//
// "Responses to POST requests are only cacheable when they include explicit
// freshness information ... and a Content-Location header field that has the same
// value as the POST's target URI"
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.3-5
func (c *Cache) answersGet(req *http.Request, resp *http.Response) bool {
	if req.Method != http.MethodPost || resp.StatusCode != http.StatusOK {
		return false
	}
	where := resp.Header["Content-Location"]
	if len(where) != 1 {
		return false
	}
	same := related(req, where[0])
	return same != nil && keyOf(same) == keyOf(req) &&
		readRules(resp.StatusCode, resp.Header, time.Time{}).explicit
}
