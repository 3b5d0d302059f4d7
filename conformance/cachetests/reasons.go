package main

import "strings"

// sharedOnly tells that a test is for caches that serve several users. The suite
// marks it as nothing for a browser, along with tests of what a browser's Fetch
// hides, which are for us.
func (t test) sharedOnly() bool {
	return t.BrowserSkip && (t.Suite == "auth" || strings.Contains(t.ID, "shared"))
}

// surrogate tells that a test is for what stands in front of an origin and obeys
// Surrogate-Control, as a CDN does.
func (t test) surrogate() bool { return t.Suite == "surrogate-control" }

// reasons says of tests that do not pass why that is as it should be, or must be.
// One that is for both kinds of cache counts for both.
var reasons = map[string]string{
	"stale-close-must-revalidate":  wantsTheImpossible,
	"stale-close-proxy-revalidate": wantsTheImpossible,
	"stale-close-no-cache":         wantsTheImpossible,
	"stale-close-s-maxage=2":       wantsTheImpossible,

	"vary-normalise-lang-order":  "servers take the order of languages of equal weight for a preference (RFC 9110 section 12.5.4), so a request with another order is another one",
	"vary-normalise-lang-select": "the cache cannot know how the site would choose: it may have the language that the request prefers, which is not stored",

	"304-etag-update-response-ETag": "the 304 has another strong entity tag than what is stored, and RFC 9111 section 4.3.4 forbids to use it for that: the request is sent again without a condition, which the suite does not judge",

	"conditional-lm-fresh-no-lm": "the stored response has no Last-Modified, and a Date 3000 s later than If-Modified-Since: RFC 9111 section 4.3.2 has a 304 only where the Date is not later",

	"partial-store-partial-reuse-partial":           brokenPart,
	"partial-store-partial-reuse-partial-byterange": brokenPart,
	"partial-store-partial-reuse-partial-absent":    brokenPart,
	"partial-store-partial-reuse-partial-suffix":    brokenPart,
	"partial-store-partial-complete":                "the part has no strong validator, without which RFC 9111 section 3.4 forbids to combine it; and parts are not stored",
}

const (
	wantsTheImpossible = "the origin closes the connection, and the suite wants a response of the origin's. RFC 9111 section 5.2.2.2 wants the error that we give. The suite does not judge it unless stale-close passes, which serves stale without being asked to"

	brokenPart = "the suite's 206 says `Content-Range: bytes 4-9/10` and has 5 bytes, so that it is incomplete and no range of it is known; and parts are not stored"
)
