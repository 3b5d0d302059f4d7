package cache_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// variant is a Vary, two requests, and whether the response to the first answers
// the second.
var variants = []struct {
	name          string
	vary          string
	first, second []string
	want          cache.Outcome
}{
	{"same", "Foo", []string{"Foo: 1"}, []string{"Foo: 1"}, hit},
	{"other", "Foo", []string{"Foo: 1"}, []string{"Foo: 2"}, miss},
	{"not there before", "Foo", nil, []string{"Foo: 1"}, miss},
	{"not there any more", "Foo", []string{"Foo: 1"}, nil, miss},
	{"never there", "Foo, Bar", nil, nil, hit},
	{"empty is not absent", "Foo", []string{"Foo: "}, nil, miss},
	{"fields that do not matter", "Foo", []string{"Foo: 1", "Bar: 1"}, []string{"Foo: 1", "Bar: 2"}, hit},
	{"lines joined", "foo", []string{"Foo: 1, 2"}, []string{"Foo: 1", "Foo: 2"}, hit},
	{"white space", "Foo", []string{"Foo: 1,2"}, []string{"Foo: 1 ,\t2"}, hit},
	{"white space in quotes", "Foo", []string{`Foo: "a, b"`}, []string{`Foo: "a,b"`}, miss},
	{"case", "Foo", []string{"Foo: a"}, []string{"Foo: A"}, miss},
	{"case of a language", "Accept-Language", []string{"Accept-Language: de, en"}, []string{"Accept-Language: DE,en"}, hit},
	{"order of languages", "Accept-Language", []string{"Accept-Language: de, en"}, []string{"Accept-Language: en, de"}, miss},
	{"values do not run into each other", "A, B", []string{"A: 1", "B: 2"}, []string{"A: 12", "B: "}, miss},
	{"cookies do not matter", "", []string{"Cookie: a=1"}, []string{"Cookie: a=2"}, hit},
	{"credentials do", "", []string{"Authorization: Basic YTpi"}, []string{"Authorization: Basic YTpj"}, miss},
	{"their absence too", "", []string{"Authorization: Basic YTpi"}, nil, miss},
	{"the same credentials", "", []string{"Authorization: Basic YTpi"}, []string{"Authorization: Basic YTpi"}, hit},
}

func TestCacheTellsVariantsApart(t *testing.T) {
	for _, tt := range variants {
		t.Run(tt.name, func(t *testing.T) {
			c := front(t, always(200, "x", "Cache-Control: max-age=60", "Vary: "+tt.vary))
			c.get(tt.first...)
			c.get(tt.second...).want(t, tt.want, 200, "x")
			c.get(tt.first...).want(t, hit, 200, "x") // the other one has not replaced it
		})
	}
}

// A public response is for everyone.
func TestCacheSharesPublicResponsesAmongCredentials(t *testing.T) {
	c := front(t, always(200, "x", "Cache-Control: public, max-age=60"))
	c.get("Authorization: Basic YTpi")
	c.get().want(t, hit, 200, "x")
}

// "A shared cache MUST NOT use a cached response to a request with an Authorization
// header field (Section 11.6.2 of [HTTP]) to satisfy any subsequent request unless
// ..." https://www.rfc-editor.org/rfc/rfc9111#section-3.5-1
func TestSharedCacheKeepsCredentials(t *testing.T) {
	for control, want := range map[string]cache.Outcome{
		"max-age=60": miss, "max-age=60, public": hit, "max-age=60, must-revalidate": hit, "s-maxage=60": hit,
	} {
		c := front(t, always(200, "x", "Cache-Control: "+control), cache.Options{Shared: true})
		c.get("Authorization: Basic YTpi")
		if g := c.get(); g.outcome != want {
			t.Errorf("%s: got %s, want %s", control, g.outcome, want)
		}
	}
}

// "When more than one suitable response is stored, a cache MUST use the most recent
// one (as determined by the Date header field)."
// https://www.rfc-editor.org/rfc/rfc9111#section-4-8
func TestCacheUsesTheMostRecentVariant(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second []string // two responses that both match the third request
		want          string
	}{
		{"made later", []string{"Vary: A"}, []string{"Vary: B"}, "second"},
		{"received later", []string{"Vary: A"}, []string{"Vary: B", "Date: @-5s"}, "first"},
		// "the cache SHOULD choose the most recent (see Section 4.2.3) stored response
		// with a valid Vary field value."
		// https://www.rfc-editor.org/rfc/rfc9111#section-4.1-7
		{"with a Vary", []string{"Vary: A"}, nil, "first"},
		{"received with a Vary", nil, []string{"Vary: B", "Date: @-5s"}, "second"},
		{"stale with a Vary", []string{"Vary: A", "Age: 60"}, nil, "second"},
		{"without a Vary", nil, []string{"Vary: B", "Age: 60"}, "first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, fields := range [][]string{tt.first, tt.second} {
					for i := range fields {
						fields[i] = strings.Replace(fields[i], "@-5s", date(-5*time.Second), 1)
					}
				}
				c := front(t, each(
					answering(200, "first", append(tt.first, "Cache-Control: max-age=60")...),
					answering(200, "second", append(tt.second, "Cache-Control: max-age=60")...),
				))
				c.get("A: 1", "B: 2")
				time.Sleep(time.Second)
				c.get("A: 2", "B: 1", "Cache-Control: no-cache")
				c.get("A: 1", "B: 1").want(t, hit, 200, tt.want)
			})
		})
	}
}

// "Caches MUST NOT combine trailer fields with header fields."
// https://www.rfc-editor.org/rfc/rfc9111#section-3.1-3
func TestCacheKeepsTrailersApart(t *testing.T) {
	c := front(t, &origin{answer: func(_ int, req *http.Request) (*http.Response, error) {
		resp := reply(req, 200, "x", "Cache-Control: max-age=60", "A: 1")
		resp.Trailer = http.Header{"A": {"2"}, "B": {"2"}}
		return resp, nil
	}})
	c.get()
	g := c.get()
	g.want(t, hit, 200, "x")
	if a, b := g.Header["A"], g.Header["B"]; len(a) != 1 || a[0] != "1" || b != nil {
		t.Errorf("got A %q, B %q", a, b)
	}
}

func TestCacheKeepsFewVariants(t *testing.T) {
	const many = 100
	o := always(200, "x", "Cache-Control: max-age=60", "Vary: Foo")
	c := front(t, o)
	for i := range many {
		c.get("Foo: " + string(rune('A'+i)))
	}
	c.get("Foo: "+string(rune('A'+many-1))).want(t, hit, 200, "x")
	c.get("Foo: A").want(t, miss, 200, "x")
}

func TestCacheKnowsTheSameURL(t *testing.T) {
	for _, tt := range []struct {
		first, second string
		want          cache.Outcome
	}{
		{"http://a.test/", "http://A.TEST:80", hit},
		{"http://a.test/x", "HTTP://a.test/x#y", hit},
		{"https://a.test:443/", "https://a.test/", hit},
		{"http://a.test/", "https://a.test/", miss},
		{"http://a.test/", "http://a.test:8080/", miss},
		{"http://a.test/?a=1", "http://a.test/?a=2", miss},
		{"http://a.test/x", "http://a.test/X", miss},
		{"http://a.test/a%2Fb", "http://a.test/a/b", miss},
		{"http://a.test/", "http://a.test/?", miss},
	} {
		c := front(t, always(200, "x", "Cache-Control: max-age=60"))
		c.do(request(t, http.MethodGet, tt.first))
		if g := c.do(request(t, http.MethodGet, tt.second)); g.outcome != tt.want {
			t.Errorf("%s after %s: got %s, want %s", tt.second, tt.first, g.outcome, tt.want)
		}
	}
}

// Credentials in the URL are credentials.
func TestCacheKeepsUsersOfURLsApart(t *testing.T) {
	c := front(t, always(200, "", "Cache-Control: max-age=60"))
	for _, tt := range []struct {
		url     string
		outcome cache.Outcome
		body    string
	}{
		{"http://a:b@site.test/page", miss, "I"}, {"http://a:c@site.test/page", miss, "II"}, {page, miss, "III"},
		{"http://a:b@site.test/page", hit, "I"}, {"http://a:c@site.test/page", hit, "II"}, {page, hit, "III"},
	} {
		c.do(request(t, http.MethodGet, tt.url)).want(t, tt.outcome, 200, tt.body)
	}
}

// Another server than the host's own must not say what the host's pages are.
func TestCacheKeepsHostAndAddressApart(t *testing.T) {
	c := front(t, always(200, "x", "Cache-Control: max-age=60"))
	forged := request(t, http.MethodGet, "http://evil.test/page")
	forged.Host = "site.test"
	c.do(forged)
	c.get().want(t, miss, 200, "x")
	c.do(forged).want(t, hit, 200, "x")
	// Sessions take the host from the field.
	c.get("Host: other.test").want(t, miss, 200, "x")
	c.get("Host: site.test").want(t, hit, 200, "x")
}
