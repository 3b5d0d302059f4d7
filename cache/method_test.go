package cache_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

func TestCacheAnswersHeadWithWhatIsStored(t *testing.T) {
	o := always(200, "body", "Cache-Control: max-age=60", "Content-Length: 4")
	c := front(t, o)
	c.get()
	g := c.do(request(t, http.MethodHead, page))
	g.want(t, hit, 200, "")
	if g.ContentLength != 4 || o.count() != 1 {
		t.Errorf("got a length of %d, %d requests", g.ContentLength, o.count())
	}
}

func TestCacheStoresNothingOfAHead(t *testing.T) {
	o := always(200, "body", "Cache-Control: max-age=60")
	c := front(t, o)
	c.do(request(t, http.MethodHead, page)).want(t, miss, 200, "")
	c.get().want(t, miss, 200, "body")
}

// "the cache SHOULD update the stored response ... otherwise, the cache SHOULD
// consider the stored response to be stale."
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5-3
func TestCacheFreshensByHead(t *testing.T) {
	for _, tt := range []struct {
		name  string
		head  []string
		want  cache.Outcome
		field string
	}{
		{"the same", []string{`Etag: "1"`, "Content-Length: 4", "Cache-Control: max-age=60", "A: 2"}, hit, "2"},
		{"nothing to compare", []string{"Cache-Control: max-age=60", "A: 2"}, hit, "2"},
		{"another tag", []string{`Etag: "2"`, "Cache-Control: max-age=60"}, miss, "1"},
		{"another length", []string{`Etag: "1"`, "Content-Length: 5", "Cache-Control: max-age=60"}, miss, "1"},
		{"not to be stored", []string{`Etag: "1"`, "Cache-Control: no-store"}, miss, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				get := answering(200, "body", `Etag: "1"`, "Cache-Control: max-age=10", "A: 1")
				o := each(get, answering(200, "", tt.head...), get)
				c := front(t, o)
				c.get()
				time.Sleep(10 * time.Second)
				c.do(request(t, http.MethodHead, page)).want(t, miss, 200, "")
				g := c.get()
				g.want(t, tt.want, 200, "body")
				if g.Header.Get("A") != tt.field {
					t.Errorf("got A: %s", g.Header.Get("A"))
				}
				if tt.want == miss && o.seen[2].Header.Get("If-None-Match") != "" {
					t.Error("it is still stored")
				}
			})
		})
	}
}

// "A cache MUST invalidate the target URI ... when it receives a non-error status
// code in response to an unsafe request method"
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4-2
func TestCacheInvalidates(t *testing.T) {
	for _, tt := range []struct {
		name, method, url string
		status            int
		fields            []string
		want              cache.Outcome
	}{
		{"post", "POST", page, 200, nil, miss},
		{"put", "PUT", page, 204, nil, miss},
		{"delete", "DELETE", page, 302, nil, miss},
		{"patch", "PATCH", page, 200, nil, miss},
		{"unknown", "FROB", page, 200, nil, miss},
		{"client error", "POST", page, 404, nil, hit},
		{"server error", "POST", page, 500, nil, hit},
		{"another url", "POST", "http://site.test/other", 200, nil, hit},
		{"location", "POST", "http://site.test/other", 201, []string{"Location: /page"}, miss},
		{"whole location", "POST", "http://site.test:80/other", 201, []string{"Location: http://SITE.test/page"}, miss},
		{"content location", "PUT", "http://site.test/other", 200, []string{"Content-Location: page"}, miss},
		{"location of an error", "POST", "http://site.test/other", 403, []string{"Location: /page"}, hit},
		{"of another host", "POST", "http://evil.test/", 201, []string{"Location: " + page}, hit},
		{"of another scheme", "POST", "https://site.test/", 201, []string{"Location: " + page}, hit},
		{"of another port", "POST", "http://site.test:8080/", 201, []string{"Location: " + page}, hit},
		{"bad location", "POST", "http://site.test/other", 201, []string{"Location: http://[/page"}, hit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			get := answering(200, "x", "Cache-Control: max-age=60")
			c := front(t, each(get, answering(tt.status, "", tt.fields...), get))
			c.get()
			c.do(request(t, tt.method, tt.url)).want(t, cache.Bypass, tt.status, "")
			c.get().want(t, tt.want, 200, "x")
		})
	}
}

// What was asked for before a change must not be stored after it.
func TestCacheDoesNotStoreWhatAChangeOvertook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 1 {
				time.Sleep(10 * time.Second)
				return reply(req, 200, "old", "Cache-Control: max-age=60"), nil
			}
			return reply(req, 200, "new", "Cache-Control: max-age=60"), nil
		}}
		c := front(t, o)
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.get().want(t, miss, 200, "old")
		}()
		time.Sleep(time.Second)
		c.do(request(t, http.MethodPut, page))
		c.get().want(t, miss, 200, "new") // and does not wait for the old one
		<-done
		c.get().want(t, hit, 200, "new")
		if err := c.cache.Forget(page); err != nil {
			t.Fatal(err)
		}
		c.get().want(t, miss, 200, "new")
	})
}

// "Responses to POST requests are only cacheable when they include explicit
// freshness information ... and a Content-Location header field that has the same
// value as the POST's target URI"
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.3-5
func TestCacheStoresWhatAPostGivesForAGet(t *testing.T) {
	for _, tt := range []struct {
		fields  []string
		want    cache.Outcome
		request string
	}{
		{[]string{"Content-Location: /page", "Cache-Control: max-age=60"}, hit, "x"},
		{[]string{"Content-Location: /page", "Last-Modified: " + lastWeek}, miss, "x"},
		{[]string{"Content-Location: /page", "Cache-Control: max-age=60"}, miss, "no-store"},
		{[]string{"Content-Location: /other", "Cache-Control: max-age=60"}, miss, "x"},
		{[]string{"Cache-Control: max-age=60"}, miss, "x"},
		{[]string{"Content-Location: /page", "Cache-Control: no-store, max-age=60"}, miss, "x"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := front(t, each(answering(200, "posted", tt.fields...), answering(200, "got")))
			c.do(request(t, http.MethodPost, page, "Cache-Control: "+tt.request)).want(t, cache.Bypass, 200, "posted")
			body := map[cache.Outcome]string{hit: "posted", miss: "got"}[tt.want]
			c.get().want(t, tt.want, 200, body)
		})
	}
}
