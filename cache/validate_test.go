package cache_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

const lastWeek = "Mon, 20 Dec 1999 00:00:00 GMT" // the clock of synctest begins in 2000

// The stored response is asked about with its validators, and updated by a 304.
func TestCacheRevalidates(t *testing.T) {
	for _, validators := range [][]string{
		{`Etag: "v1"`},
		{`Etag: W/"v1"`},
		{"Last-Modified: " + lastWeek},
		{`Etag: "v1"`, "Last-Modified: " + lastWeek},
	} {
		t.Run(validators[0], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := each(
					answering(200, "body", append(validators, "Cache-Control: max-age=10", "A: 1", "B: 1", "Content-Type: text/plain", "Age: 3")...),
					answering(304, "", append(validators, "Cache-Control: max-age=60", "A: 2", "C: 2", "Content-Length: 99", "Content-Encoding: br", "Connection: B, D", "D: 1")...),
				)
				c := front(t, o)
				c.get()
				time.Sleep(20 * time.Second)
				g := c.get("X: y")
				g.want(t, cache.Revalidated, 200, "body")
				asked := o.seen[1].Header
				for _, v := range validators {
					name, value, _ := strings.Cut(v, ": ")
					condition := map[string]string{"Etag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[name]
					if asked.Get(condition) != value {
						t.Errorf("asked with %s: %q, want %q", condition, asked.Get(condition), value)
					}
				}
				if asked.Get("X") != "y" {
					t.Error("the request lost a field")
				}
				time.Sleep(59 * time.Second)
				g = c.get()
				g.want(t, hit, 200, "body")
				for name, want := range map[string]string{
					"A": "2", "B": "1", "C": "2", "D": "", "Content-Type": "text/plain", "Content-Encoding": "", "Content-Length": "", "Age": "59",
				} {
					if got := g.Header.Get(name); got != want {
						t.Errorf("%s: got %q, want %q", name, got, want)
					}
				}
			})
		})
	}
}

func TestCacheReplacesWhatHasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := each(
			answering(200, "old", `Etag: "1"`, "Cache-Control: max-age=10", "A: 1"),
			answering(200, "new", `Etag: "2"`, "Cache-Control: max-age=10"),
		)
		c := front(t, o)
		c.get()
		time.Sleep(10 * time.Second)
		c.get().want(t, miss, 200, "new")
		g := c.get()
		g.want(t, hit, 200, "new")
		if g.Header.Get("A") != "" {
			t.Error("a field of the old response is there")
		}
	})
}

// What the origin gives now, and forbids to keep, makes what was kept old.
func TestCacheForgetsWhatItMayNotKeepAnyMore(t *testing.T) {
	o := each(
		answering(200, "old", "Cache-Control: max-age=100"),
		answering(200, "new", "Cache-Control: no-store"),
		answering(200, "newest", "Cache-Control: max-age=100"),
	)
	c := front(t, o)
	c.get()
	c.get("Cache-Control: no-cache").want(t, miss, 200, "new")
	c.get().want(t, miss, 200, "newest")
}

// A 304 that forbids to store ends what is stored.
func TestCacheForgetsWhatA304Forbids(t *testing.T) {
	for _, field := range []string{"Cache-Control: no-store", "Vary: *"} {
		synctest.Test(t, func(t *testing.T) {
			o := each(
				answering(200, "body", `Etag: "1"`, "Cache-Control: max-age=10"),
				answering(304, "", `Etag: "1"`, field),
				answering(200, "again", `Etag: "1"`, field),
				answering(200, "once more", `Etag: "1"`, field),
			)
			c := front(t, o)
			c.get()
			time.Sleep(10 * time.Second)
			c.get().want(t, miss, 200, "again")
			c.get().want(t, miss, 200, "once more")
			if o.seen[3].Header.Get("If-None-Match") != "" {
				t.Error("it is still stored")
			}
		})
	}
}

// A 304 that names no entity tag, or ours in other words, is an answer to our
// condition.
func TestCacheTrustsA304ToItsOwnCondition(t *testing.T) {
	for _, test := range []struct{ stored, answered string }{
		{`Etag: "1"`, "X: y"},
		{`Etag: W/"1"`, `Etag: "1"`}, // the stored one was compressed on the way
		{`Etag: "1"`, `Etag: W/"1"`},
		{`Etag: "1-gzip"`, `Etag: "1"`}, // the same, in the words of others
		{`Etag: W/"1-br"`, `Etag: "1"`},
		{`Etag: "1"`, `Etag: "1-zstd"`},
		{"Last-Modified: " + lastWeek, `Etag: W/"1"`},
	} {
		t.Run(test.stored+" "+test.answered, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := front(t, each(
					answering(200, "body", test.stored, "Cache-Control: max-age=10"),
					answering(304, "", test.answered, "Cache-Control: max-age=10"),
				))
				c.get()
				time.Sleep(10 * time.Second)
				g := c.get()
				g.want(t, cache.Revalidated, 200, "body")
				if name, value, _ := strings.Cut(test.stored, ": "); g.Header.Get(name) != value {
					t.Errorf("got the validator %s", g.Header.Get(name))
				}
			})
		})
	}
}

// "If none of the initial set contains at least one of the same strong validators, then
// the cache MUST NOT use the new response to update any stored responses."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-3.1
//
// Then the caller gets what a request without a condition brings.
func TestCacheAsksAgainAfterA304ForAnother(t *testing.T) {
	for _, test := range []struct {
		name, stored, answered string
		request                []string
	}{
		{"strong", `Etag: "1"`, `Etag: "2"`, nil},
		{"weak", `Etag: W/"1"`, `Etag: W/"2"`, nil},
		{"longer", `Etag: "1"`, `Etag: "1-1"`, nil},
		{"without-the-quotes", `Etag: "1-gzip"`, `Etag: 1-gzip`, nil},
		{"to-a-date", "Last-Modified: " + lastWeek, `Etag: "2"`, nil},
		{"no-cache", `Etag: "1"`, `Etag: "2"`, []string{"Cache-Control: no-cache"}},
		{"part", `Etag: "1"`, `Etag: "2"`, []string{"Range: bytes=0-2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := each(
					answering(200, "old", test.stored, "Cache-Control: max-age=10", "A: 1"),
					answering(304, "", test.answered, "Cache-Control: max-age=10", "B: 1"),
					answering(200, "new", `Etag: "2"`, "Cache-Control: max-age=10"),
				)
				c := front(t, o)
				c.get()
				time.Sleep(10 * time.Second)
				g := c.get(append(test.request, "X: y")...)
				g.want(t, miss, 200, "new")
				if g.Header.Get("A") != "" || g.Header.Get("B") != "" {
					t.Errorf("got %v", g.Header)
				}
				for name, want := range map[string]string{"If-None-Match": "", "If-Modified-Since": "", "X": "y", "Authorization": ""} {
					if got := o.seen[2].Header.Get(name); got != want {
						t.Errorf("asked with %s: %q, want %q", name, got, want)
					}
				}
				if test.name != "part" { // which is stored as little as any other
					c.get().want(t, hit, 200, "new")
				}
			})
		})
	}
}

// What is stored stays as it was, also where asking again brings nothing.
func TestCacheKeepsWhatA304ForAnotherIsNotAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := each(
			answering(200, "body", `Etag: "1"`, "Cache-Control: max-age=10, stale-if-error=100", "A: 1"),
			answering(304, "", `Etag: "2"`, "Cache-Control: max-age=10", "A: 2"),
			answering(503, "later"),
			answering(304, "", `Etag: "1"`, "Cache-Control: max-age=10", "A: 3"),
		)
		c := front(t, o)
		c.get()
		time.Sleep(10 * time.Second)
		g := c.get()
		g.want(t, cache.Stale, 200, "body")
		if g.Header.Get("A") != "1" {
			t.Errorf("a field of another is there: %s", g.Header.Get("A"))
		}
		c.get().want(t, cache.Revalidated, 200, "body")
	})
}

// A caller's own condition is not taken from it.
func TestCacheAsksAgainWithTheCallersDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := each(
			answering(200, "body", `Etag: "1"`, "Last-Modified: "+lastWeek, "Cache-Control: max-age=10"),
			answering(304, "", `Etag: "2"`),
			answering(304, "", `Etag: "2"`),
		)
		c := front(t, o)
		c.get()
		time.Sleep(10 * time.Second)
		const date = "Tue, 21 Dec 1999 00:00:00 GMT"
		c.get("If-Modified-Since: "+date).want(t, cache.Revalidated, 304, "")
		if h := o.seen[2].Header; h.Get("If-Modified-Since") != date || h.Get("If-None-Match") != "" {
			t.Errorf("asked with %v", h)
		}
	})
}

// conditions are those of a request, on a stored response that is fresh.
var conditions = []struct {
	name     string
	response []string
	request  []string
	status   int
}{
	{"the tag", []string{`Etag: "1"`}, []string{`If-None-Match: "1"`}, 304},
	{"a weak tag", []string{`Etag: W/"1"`}, []string{`If-None-Match: "1"`}, 304},
	{"one of several", []string{`Etag: "1"`}, []string{`If-None-Match: "0", "a,b"`, `If-None-Match: "1"`}, 304},
	{"another tag", []string{`Etag: "1"`}, []string{`If-None-Match: "2"`}, 200},
	{"part of a tag", []string{`Etag: "1"`}, []string{`If-None-Match: "a"1"`}, 200},
	{"any", []string{`Etag: "1"`}, []string{"If-None-Match: *"}, 304},
	{"no tag", nil, []string{`If-None-Match: ""`}, 200},
	{"the tag goes first", []string{`Etag: "1"`, "Last-Modified: " + lastWeek}, []string{`If-None-Match: "2"`, "If-Modified-Since: " + lastWeek}, 200},
	{"not modified since", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: " + lastWeek}, 304},
	{"in another format", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: Monday, 20-Dec-99 00:00:00 GMT"}, 304},
	{"modified since", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: Sun, 19 Dec 1999 00:00:00 GMT"}, 200},
	{"since two times", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: " + lastWeek, "If-Modified-Since: " + lastWeek}, 200},
	{"since a list of times", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: " + lastWeek + ", " + lastWeek}, 200},
	{"since no time", []string{"Last-Modified: " + lastWeek}, []string{"If-Modified-Since: x"}, 200},
	{"made before", nil, []string{"If-Modified-Since: Mon, 20 Dec 2038 00:00:00 GMT"}, 304},
	{"made after", nil, []string{"If-Modified-Since: " + lastWeek}, 200},
}

func TestCacheAnswersConditions(t *testing.T) {
	for _, tt := range conditions {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := always(200, "body", append(tt.response, "Cache-Control: max-age=60", "Content-Type: text/plain", "A: 1")...)
				c := front(t, o)
				c.get()
				g := c.get(tt.request...)
				if tt.status == 304 {
					g.want(t, hit, 304, "")
					if g.Header.Get("A") != "1" || g.Header.Get("Content-Type") != "" {
						t.Errorf("got the fields %v", g.Header)
					}
				} else {
					g.want(t, hit, 200, "body")
				}
				if o.count() != 1 {
					t.Errorf("%d requests", o.count())
				}
			})
		})
	}
}

// A client that has a response of its own is told whether that holds, or ours.
func TestCacheCombinesConditions(t *testing.T) {
	for _, tt := range []struct {
		name, theirs, confirmed, sent string
		outcome                       cache.Outcome
		status                        int
		body                          string
	}{
		{"ours holds", `"theirs"`, `"ours"`, `"theirs", "ours"`, cache.Revalidated, 200, "body"},
		{"theirs holds", `"theirs"`, `"theirs"`, `"theirs", "ours"`, cache.Revalidated, 304, ""},
		{"it does not say", `"theirs"`, "", `"theirs", "ours"`, cache.Revalidated, 304, ""},
		{"both are the same", `"ours"`, `"ours"`, `"ours"`, cache.Revalidated, 304, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := each(
					answering(200, "body", `Etag: "ours"`, "Cache-Control: max-age=10"),
					answering(304, "", "Etag: "+tt.confirmed, "Cache-Control: max-age=10"),
				)
				c := front(t, o)
				c.get()
				time.Sleep(10 * time.Second)
				c.get("If-None-Match: "+tt.theirs).want(t, tt.outcome, tt.status, tt.body)
				if got := o.seen[1].Header.Get("If-None-Match"); got != tt.sent {
					t.Errorf("sent %s, want %s", got, tt.sent)
				}
			})
		})
	}
}

// "the If-Match and If-Unmodified-Since conditional header fields are not
// applicable to a cache"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.2-4
func TestCachePassesWhatIsForTheOrigin(t *testing.T) {
	for _, field := range []string{`If-Match: "1"`, "If-Unmodified-Since: " + lastWeek, "Upgrade: websocket"} {
		o := always(200, "", "Cache-Control: max-age=60")
		c := front(t, o)
		c.get()
		c.get(field).want(t, cache.Bypass, 200, "II")
		c.get().want(t, hit, 200, "I")
	}
	for _, method := range []string{"OPTIONS", "TRACE", "PROPFIND"} {
		o := always(200, "", "Cache-Control: max-age=60")
		c := front(t, o)
		c.get()
		c.do(request(t, method, page)).want(t, cache.Bypass, 200, "II")
		c.get().want(t, hit, 200, "I")
	}
	o := always(200, "", "Cache-Control: max-age=60")
	c := front(t, o)
	req := request(t, http.MethodGet, page)
	req.Body = http.NoBody
	c.do(req)
	c.do(req).want(t, hit, 200, "I")
	req, _ = http.NewRequestWithContext(t.Context(), http.MethodGet, page, strings.NewReader("query"))
	c.do(req).want(t, cache.Bypass, 200, "II")
}
