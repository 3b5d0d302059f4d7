package cache_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

// date gives a time so far from now as a Date.
func date(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }

// reuse is a response, and what the cache does with it when it is asked again.
type reuse struct {
	name     string
	response []string // fields; "@10s" in one stands for a date so far from now
	wait     time.Duration
	request  []string
	want     cache.Outcome
	shared   bool
	opts     cache.Options
	status   int
}

const (
	hit         = cache.Hit
	miss        = cache.Miss
	staleServed = cache.Stale
)

var reuses = []reuse{
	{name: "nothing said", want: miss},
	{name: "max-age", response: []string{"Cache-Control: max-age=60"}, wait: 59 * time.Second, want: hit},
	{name: "max-age over", response: []string{"Cache-Control: max-age=60"}, wait: 60 * time.Second, want: miss},
	{name: "any case", response: []string{"Cache-Control: MAX-Age=60"}, wait: time.Second, want: hit},
	{name: "quoted", response: []string{`Cache-Control: max-age="60"`}, wait: time.Second, want: hit},
	{name: "not a number", response: []string{"Cache-Control: max-age=60s"}, want: miss},
	{name: "negative", response: []string{"Cache-Control: max-age=-60"}, want: miss},
	{name: "space before the argument", response: []string{"Cache-Control: max-age= 60"}, want: miss},
	{name: "larger than an int", response: []string{"Cache-Control: max-age=99999999999999999999"}, wait: 10000 * time.Hour, want: hit},
	{name: "the first of two", response: []string{"Cache-Control: max-age=60", "Cache-Control: max-age=10"}, wait: 30 * time.Second, want: hit},
	{name: "in a quoted string", response: []string{`Cache-Control: x="max-age=60", max-age=1`}, wait: 2 * time.Second, want: miss},
	{name: "behind an open quote", response: []string{`Cache-Control: max-age=60, x="y, no-store`}, want: miss},
	{name: "max-age before Expires", response: []string{"Cache-Control: max-age=60", "Expires: @-10s"}, wait: time.Second, want: hit},
	{name: "max-age=0 before Expires", response: []string{"Cache-Control: max-age=0", "Expires: @100s"}, want: miss},
	{name: "Expires", response: []string{"Expires: @60s"}, wait: 59 * time.Second, want: hit},
	{name: "Expires over", response: []string{"Expires: @60s"}, wait: 60 * time.Second, want: miss},
	{name: "Expires is counted from Date", response: []string{"Expires: @60s", "Date: @50s"}, wait: 11 * time.Second, want: miss},
	{name: "Expires 0", response: []string{"Expires: 0"}, want: miss},
	{name: "Expires twice", response: []string{"Expires: @60s", "Expires: @60s"}, want: miss},
	{name: "Expires in any case", response: []string{"Expires: thu, 18 AUG 2050 02:01:18 gmt"}, want: hit},
	{name: "Expires of another zone", response: []string{"Expires: Thu, 18 Aug 2050 02:01:18 UTC"}, want: miss},
	{name: "Expires of a century", response: []string{"Expires: Saturday, 18-Aug-40 02:01:18 GMT"}, want: hit},
	{name: "Expires of the century before", response: []string{"Expires: Thursday, 01-Jan-70 00:00:00 GMT"}, want: miss},
	{name: "Expires as C has it", response: []string{"Expires: Thu Aug 18 02:01:18 2050"}, want: hit},
	{name: "Expires with an invalid Date", response: []string{"Expires: @60s", "Date: yesterday"}, wait: 59 * time.Second, want: hit},
	{name: "Age counts", response: []string{"Cache-Control: max-age=60", "Age: 50"}, wait: 11 * time.Second, want: miss},
	{name: "Age that is not a number", response: []string{"Cache-Control: max-age=60", "Age: x"}, want: miss},
	{name: "Age of two lines", response: []string{"Cache-Control: max-age=60", "Age: 0", "Age: 0"}, want: miss},
	{name: "the first Age of a list", response: []string{"Cache-Control: max-age=60", "Age: 0, 100"}, wait: time.Second, want: hit},
	{name: "an old Date counts", response: []string{"Cache-Control: max-age=60", "Date: @-50s"}, wait: 11 * time.Second, want: miss},
	{name: "a Date to come does not", response: []string{"Cache-Control: max-age=60", "Date: @50s"}, wait: 59 * time.Second, want: hit},

	{name: "a tenth of the age", response: []string{"Last-Modified: @-1000s"}, wait: 99 * time.Second, want: hit},
	{name: "more than a tenth", response: []string{"Last-Modified: @-1000s"}, wait: 100 * time.Second, want: miss},
	{name: "at most a day", response: []string{"Last-Modified: @-10000h"}, wait: 24 * time.Hour, want: miss},
	{name: "at most what is set", response: []string{"Last-Modified: @-10000h"}, wait: time.Minute, want: miss, opts: cache.Options{MaxHeuristic: time.Minute}},
	{name: "no guess when not wanted", response: []string{"Last-Modified: @-10000h"}, want: miss, opts: cache.Options{MaxHeuristic: -1}},
	{name: "modified in the future", response: []string{"Last-Modified: @1000s"}, want: miss},
	{name: "no guess for 403", response: []string{"Last-Modified: @-1000s"}, status: 403, want: miss},
	{name: "a guess for public 403", response: []string{"Last-Modified: @-1000s", "Cache-Control: public"}, status: 403, want: hit},
	{name: "a guess for 404", response: []string{"Last-Modified: @-1000s"}, status: 404, want: hit},
	{name: "any status with max-age", response: []string{"Cache-Control: max-age=60"}, status: 599, want: hit},

	{name: "no-store", response: []string{"Cache-Control: no-store, max-age=60"}, want: miss},
	{name: "no-store with must-understand", response: []string{"Cache-Control: no-store, max-age=60, must-understand"}, want: hit},
	{name: "must-understand what nobody does", response: []string{"Cache-Control: max-age=60, must-understand"}, status: 599, want: miss},
	{name: "no-cache", response: []string{"Cache-Control: no-cache, max-age=60"}, want: miss},
	{name: "no-cache without names", response: []string{`Cache-Control: no-cache="", max-age=60`}, want: miss},
	{name: "no-cache for one field", response: []string{`Cache-Control: no-cache="x", max-age=60`}, want: hit},
	{name: "private", response: []string{"Cache-Control: private, max-age=60"}, want: hit},
	{name: "private in a shared cache", response: []string{"Cache-Control: private, max-age=60"}, shared: true, want: miss},
	{name: "a private field in a shared cache", response: []string{`Cache-Control: private="x", max-age=60`}, shared: true, want: hit},
	{name: "s-maxage is not for us", response: []string{"Cache-Control: s-maxage=60, max-age=1"}, wait: 2 * time.Second, want: miss},
	{name: "s-maxage in a shared cache", response: []string{"Cache-Control: s-maxage=60, max-age=1"}, wait: 2 * time.Second, shared: true, want: hit},
	{name: "Vary *", response: []string{"Cache-Control: max-age=60", "Vary: x, *"}, want: miss},
	{name: "Pragma in a response", response: []string{"Cache-Control: max-age=60", "Pragma: no-cache"}, want: hit},
	{name: "directives that nobody knows", response: []string{"Cache-Control: x, y=1, max-age=60, z"}, wait: 59 * time.Second, want: hit},
	{name: "an explicit time and no guess", response: []string{"Cache-Control: max-age=10", "Last-Modified: @-1000h"}, wait: 11 * time.Second, want: miss},
	{name: "s-maxage before Expires in a shared cache", response: []string{"Cache-Control: s-maxage=1", "Expires: @60s"}, wait: 2 * time.Second, shared: true, want: miss},
	{name: "max-stale and s-maxage in a shared cache", response: []string{"Cache-Control: s-maxage=60"}, wait: 70 * time.Second, request: []string{"Cache-Control: max-stale"}, shared: true, want: miss},
	{name: "Set-Cookie", response: []string{"Cache-Control: max-age=60", "Set-Cookie: a=b"}, want: hit},

	{name: "asked with no-cache", response: []string{"Cache-Control: max-age=60"}, request: []string{"Cache-Control: no-cache"}, want: miss},
	{name: "asked with Pragma", response: []string{"Cache-Control: max-age=60"}, request: []string{"Pragma: no-cache"}, want: miss},
	{name: "Pragma beside Cache-Control", response: []string{"Cache-Control: max-age=60"}, request: []string{"Pragma: no-cache", "Cache-Control: x"}, want: hit},
	{name: "asked for what is young", response: []string{"Cache-Control: max-age=60"}, wait: 10 * time.Second, request: []string{"Cache-Control: max-age=9"}, want: miss},
	{name: "asked for what is young enough", response: []string{"Cache-Control: max-age=60"}, wait: 10 * time.Second, request: []string{"Cache-Control: max-age=10"}, want: hit},
	{name: "reloaded", response: []string{"Cache-Control: max-age=60"}, request: []string{"Cache-Control: max-age=0"}, want: miss},
	{name: "immutable and reloaded", response: []string{"Cache-Control: max-age=60, immutable"}, wait: time.Second, request: []string{"Cache-Control: max-age=0"}, want: hit},
	{name: "immutable and forced", response: []string{"Cache-Control: max-age=60, immutable"}, request: []string{"Cache-Control: no-cache"}, want: miss},
	{name: "immutable and stale", response: []string{"Cache-Control: max-age=60, immutable"}, wait: time.Minute, request: []string{"Cache-Control: max-age=0"}, want: miss},
	{name: "min-fresh", response: []string{"Cache-Control: max-age=60"}, wait: 50 * time.Second, request: []string{"Cache-Control: min-fresh=11"}, want: miss},
	{name: "min-fresh met", response: []string{"Cache-Control: max-age=60"}, wait: 50 * time.Second, request: []string{"Cache-Control: min-fresh=10"}, want: hit},
	{name: "min-fresh of what is stale", response: []string{"Cache-Control: max-age=60, stale-while-revalidate=60"}, wait: 70 * time.Second, request: []string{"Cache-Control: min-fresh=0"}, want: miss},
	{name: "max-stale", response: []string{"Cache-Control: max-age=60"}, wait: 70 * time.Second, request: []string{"Cache-Control: max-stale=10"}, want: staleServed},
	{name: "max-stale over", response: []string{"Cache-Control: max-age=60"}, wait: 71 * time.Second, request: []string{"Cache-Control: max-stale=10"}, want: miss},
	{name: "any max-stale", response: []string{"Cache-Control: max-age=60"}, wait: 1000 * time.Hour, request: []string{"Cache-Control: max-stale"}, want: staleServed},
	{name: "max-stale and must-revalidate", response: []string{"Cache-Control: max-age=60, must-revalidate"}, wait: 70 * time.Second, request: []string{"Cache-Control: max-stale"}, want: miss},
	{name: "max-stale and proxy-revalidate", response: []string{"Cache-Control: max-age=60, proxy-revalidate"}, wait: 70 * time.Second, request: []string{"Cache-Control: max-stale"}, want: staleServed},
	{name: "the same in a shared cache", response: []string{"Cache-Control: max-age=60, proxy-revalidate"}, wait: 70 * time.Second, request: []string{"Cache-Control: max-stale"}, shared: true, want: miss},
}

func TestCacheReusesWhatItMay(t *testing.T) {
	for _, tt := range reuses {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if tt.status == 0 {
					tt.status = 200
				}
				fields := make([]string, len(tt.response))
				for i, f := range tt.response {
					name, value, _ := strings.Cut(f, ": ")
					if value, ok := strings.CutPrefix(value, "@"); ok {
						d, err := time.ParseDuration(value)
						if err != nil {
							t.Fatal(err)
						}
						f = name + ": " + date(d)
					}
					fields[i] = f
				}
				tt.opts.Shared = tt.shared
				o := always(tt.status, "", fields...)
				c := front(t, o, tt.opts)
				c.get().want(t, miss, tt.status, "I")
				time.Sleep(tt.wait)
				body := "I"
				if tt.want == miss {
					body = "II"
				}
				c.get(tt.request...).want(t, tt.want, tt.status, body)
			})
		})
	}
}

// "a cache MUST generate an Age header field (Section 5.1), replacing any present in
// the response with a value equal to the stored response's current_age"
// https://www.rfc-editor.org/rfc/rfc9111#section-4-4
func TestCacheSaysTheAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(_ int, req *http.Request) (*http.Response, error) {
			time.Sleep(2 * time.Second) // response_delay
			return reply(req, 200, "x", "Cache-Control: max-age=600", "Age: 30"), nil
		}}
		c := front(t, o)
		c.get()
		for _, want := range []string{"32", "37", "42"} {
			g := c.get()
			if age := g.Header["Age"]; len(age) != 1 || age[0] != want {
				t.Errorf("got Age %q, want %s", age, want)
			}
			if g.Header.Get("Cache-Status") != fmt.Sprintf("aiohttp; hit; ttl=%d", 600-atoi(want)) {
				t.Errorf("got %q", g.Header.Get("Cache-Status"))
			}
			time.Sleep(5 * time.Second)
		}
	})
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// A response that came in the future is not fresh for all the time until then.
func TestCacheDoesNotTrustAClockThatWasWrong(t *testing.T) {
	for _, tt := range []struct {
		ahead time.Duration
		want  cache.Outcome
	}{{30 * time.Second, hit}, {2 * time.Minute, miss}} {
		store := cache.NewMemory(0)
		c := front(t, always(200, "x", "Cache-Control: max-age=60"), cache.Options{Store: store})
		c.get()
		records, err := store.Load(page)
		if err != nil || len(records) != 1 {
			t.Fatalf("stored: %v, %v", records, err)
		}
		if at := records[0].Received; at != at.Round(0) {
			t.Error("it counts by a clock that stops while the machine sleeps")
		}
		ahead := *records[0]
		ahead.Requested, ahead.Received = time.Now().Add(tt.ahead), time.Now().Add(tt.ahead)
		if err := store.Save(page, []*cache.Record{&ahead}); err != nil {
			t.Fatal(err)
		}
		if g := c.get(); g.outcome != tt.want {
			t.Errorf("%v ahead: got %s, want %s", tt.ahead, g.outcome, tt.want)
		}
	}
}

func TestCacheObeysOnlyIfCached(t *testing.T) {
	o := always(200, "x", "Cache-Control: max-age=60")
	c := front(t, o)
	c.get("Cache-Control: only-if-cached").want(t, miss, 504, "")
	if o.count() != 0 {
		t.Error("the origin was asked")
	}
	c.get()
	c.get("Cache-Control: only-if-cached").want(t, hit, 200, "x")
}

func TestCacheStoresNothingOfANoStoreRequest(t *testing.T) {
	c := front(t, always(200, "", "Cache-Control: max-age=60"))
	c.get("Cache-Control: no-store").want(t, miss, 200, "I")
	c.get().want(t, miss, 200, "II")
	// "Note that if a request containing this directive is satisfied from a cache, the
	// no-store request directive does not apply to the already stored response."
	// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.5-3
	c.get("Cache-Control: no-store").want(t, hit, 200, "II")
}

func TestCacheSaysWhatItStores(t *testing.T) {
	for field, want := range map[string]bool{
		"Cache-Control: max-age=60": true, `Etag: "1"`: true, "Cache-Control: no-store": false, "Vary: *": false, "A: 1": false,
	} {
		c := front(t, always(200, "x", field, "Expires: Tue, 20 Dec 2039 00:00:00 GMT"))
		if field == "A: 1" {
			c = front(t, always(200, "x"))
		}
		if status := c.get().Header.Get("Cache-Status"); strings.HasSuffix(status, "; stored") != want {
			t.Errorf("%s: %s", field, status)
		}
	}
}

// "A recipient with a clock that receives a response message without a Date header
// field MUST record the time it was received and append a corresponding Date header
// field to the message's header section if it is cached"
// https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1-8
func TestCacheDatesWhatHasNoDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := front(t, always(200, "x", "Cache-Control: max-age=60", "Date: "))
		if first := c.get(); first.Header.Get("Date") != "" {
			t.Errorf("the first response was changed: %v", first.Header)
		}
		time.Sleep(5 * time.Second)
		// "the sender MUST generate those timestamps in the IMF-fixdate format."
		// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-7
		if got := c.get().Header["Date"]; len(got) != 1 || got[0] != "Sat, 01 Jan 2000 00:00:00 GMT" {
			t.Errorf("got Date %q", got)
		}
	})
}

func TestCacheDropsFieldsOfTheConnection(t *testing.T) {
	c := front(t, always(200, "x", "Cache-Control: max-age=60, no-cache=\"secret\"", "Connection: close, Hop",
		"Hop: 1", "Keep-Alive: 1", "Proxy-Authenticate: 1", "Upgrade: 1", "Secret: 1", "Kept: 1"))
	if first := c.get(); first.Header.Get("Hop") != "1" || first.Header.Get("Secret") != "1" {
		t.Errorf("the first response was changed: %v", first.Header)
	}
	g := c.get()
	g.want(t, hit, 200, "x")
	for _, name := range []string{"Connection", "Hop", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Secret"} {
		if g.Header.Get(name) != "" {
			t.Errorf("%s was stored", name)
		}
	}
	if g.Header.Get("Kept") != "1" {
		t.Error("a field was lost")
	}
}

// What one caller does with a response is nothing to the next.
func TestCacheGivesEachCallerItsOwnHeader(t *testing.T) {
	c := front(t, always(200, "x", "Cache-Control: max-age=60", "A: 1"))
	for range 3 {
		g := c.get()
		if g.Header.Get("A") != "1" {
			t.Errorf("got A: %q", g.Header.Get("A"))
		}
		g.Header["A"][0] = "2"
		g.Header.Set("A", "3")
	}
}
