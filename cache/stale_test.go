package cache_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/cache"
)

func TestCacheServesStaleWhileItRevalidates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := slow(func(n int, req *http.Request) (*http.Response, error) {
			return reply(req, 200, strings.Repeat("I", n), "Cache-Control: max-age=10, stale-while-revalidate=30", `Etag: "`+strings.Repeat("I", n)+`"`), nil
		})
		c := front(t, o)
		c.get()
		time.Sleep(20 * time.Second)
		start := time.Now()
		for range 3 {
			c.get("If-None-Match: \"x\"", "Cache-Control: max-stale").want(t, staleServed, 200, "I")
		}
		c.do(request(t, http.MethodHead, page)).want(t, staleServed, 200, "")
		for range 3 {
			c.get().want(t, staleServed, 200, "I")
		}
		if time.Since(start) != 0 {
			t.Errorf("they waited for %v", time.Since(start))
		}
		time.Sleep(2 * time.Second)
		c.get().want(t, hit, 200, "II")
		if o.count() != 2 {
			t.Errorf("%d requests", o.count())
		}
		if h := o.seen[1].Header; h.Get("If-None-Match") != `"I"` || h.Get("Cache-Control") != "" || o.seen[1].Method != http.MethodGet {
			t.Errorf("revalidated by %s %v", o.seen[1].Method, h)
		}
		time.Sleep(41 * time.Second)
		c.get().want(t, miss, 200, "III") // too stale
	})
}

func TestCacheBoundsWhatItRevalidatesInTheBackground(t *testing.T) {
	for _, tt := range []struct{ limit, want int }{{2, 2}, {-1, 5}} {
		synctest.Test(t, func(t *testing.T) {
			o := slow(func(n int, req *http.Request) (*http.Response, error) {
				return reply(req, 200, "x", "Cache-Control: max-age=10, stale-while-revalidate=30"), nil
			})
			c := front(t, o, cache.Options{MaxBackground: tt.limit})
			urls := []string{"1", "2", "3", "4", "5"}
			for _, u := range urls {
				c.do(request(t, http.MethodGet, page+u))
			}
			time.Sleep(10 * time.Second)
			for _, u := range urls {
				c.do(request(t, http.MethodGet, page+u))
			}
			time.Sleep(10 * time.Second)
			if n := o.count() - len(urls); n != tt.want {
				t.Errorf("%d were revalidated, want %d", n, tt.want)
			}
		})
	}
}

// A revalidation that hangs ends, and leaves room for the next.
func TestCacheEndsARevalidationThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 2 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return reply(req, 200, strings.Repeat("I", n), "Cache-Control: max-age=10, stale-while-revalidate=3000"), nil
		}}
		c := front(t, o, cache.Options{MaxBackground: 1, BackgroundTimeout: time.Minute})
		c.get()
		time.Sleep(10 * time.Second)
		c.get().want(t, staleServed, 200, "I")
		time.Sleep(59 * time.Second)
		c.get().want(t, staleServed, 200, "I")
		time.Sleep(time.Second)
		synctest.Wait()
		c.get().want(t, staleServed, 200, "I")
		synctest.Wait()
		c.get().want(t, hit, 200, "III")
	})
}

func TestCacheCloseJoinsTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 2 {
				<-req.Context().Done()
				time.Sleep(time.Second)
				ended = true
				return nil, req.Context().Err()
			}
			return reply(req, 200, "x", "Cache-Control: max-age=10, stale-while-revalidate=30"), nil
		}}
		c := front(t, o)
		c.get()
		time.Sleep(20 * time.Second)
		c.get()
		c.cache.Close()
		if !ended {
			t.Error("it still runs")
		}
	})
}

// failures are what an origin does, and what the cache makes of it.
func TestCacheServesStaleInsteadOfErrors(t *testing.T) {
	for _, tt := range []struct {
		name, control string
		request       string
		opts          cache.Options
		status        int // 0: the connection fails
		stale         time.Duration
		want          bool
	}{
		{"the response allows it", "stale-if-error=60", "", cache.Options{}, 0, 60 * time.Second, true},
		{"for 500", "stale-if-error=60", "", cache.Options{}, 500, 60 * time.Second, true},
		{"for 504", "stale-if-error=60", "", cache.Options{}, 504, 60 * time.Second, true},
		{"not for 501", "stale-if-error=60", "", cache.Options{}, 501, 60 * time.Second, false},
		{"not for 404", "stale-if-error=60", "", cache.Options{}, 404, 60 * time.Second, false},
		{"not for longer", "stale-if-error=60", "", cache.Options{}, 0, 61 * time.Second, false},
		{"the request allows it", "x", "stale-if-error=60", cache.Options{}, 503, 60 * time.Second, true},
		{"nobody does", "x", "", cache.Options{}, 503, time.Second, false},
		{"the option does", "x", "", cache.Options{StaleIfError: time.Minute}, 503, 60 * time.Second, true},
		{"must-revalidate", "stale-if-error=60, must-revalidate", "", cache.Options{StaleIfError: time.Minute}, 503, time.Second, false},
		{"must-revalidate and no connection", "stale-if-error=60, must-revalidate", "", cache.Options{StaleIfError: time.Minute}, 0, time.Second, false},
		{"no-cache", "stale-if-error=60, no-cache", "", cache.Options{}, 503, time.Second, false},
		{"asked with no-cache", "stale-if-error=60", "no-cache", cache.Options{}, 503, time.Second, false},
		{"shared and s-maxage", "stale-if-error=60, s-maxage=10", "", cache.Options{Shared: true}, 503, time.Second, false},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(tt.name+" "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					down := errors.New("down")
					o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
						if n == 1 {
							return reply(req, 200, "x", `Etag: "1"`, "Cache-Control: max-age=10, "+tt.control), nil
						}
						if tt.status == 0 {
							return nil, down
						}
						return reply(req, tt.status, "error"), nil
					}}
					c := front(t, o, tt.opts)
					c.get()
					time.Sleep(10*time.Second + tt.stale)
					req := request(t, method, page)
					if tt.request != "" {
						req.Header.Set("Cache-Control", tt.request)
					}
					resp, err := c.RoundTrip(req)
					if !tt.want && tt.status == 0 {
						if !errors.Is(err, down) {
							t.Errorf("got %v", err)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					g := c.read(resp)
					if want := map[bool]int{true: 200, false: tt.status}[tt.want]; g.StatusCode != want {
						t.Errorf("got %d %s", g.StatusCode, g.outcome)
					}
					if tt.want && (g.outcome != staleServed || method == "GET" && g.body != "x") {
						t.Errorf("got %s %q", g.outcome, g.body)
					}
				})
			})
		}
	}
}

// An error that may be stored does not take the place of what may be served instead.
func TestCacheKeepsWhatIsBetterThanAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := each(
			answering(200, "body", "Cache-Control: max-age=10, stale-if-error=60"),
			answering(503, "error", "Cache-Control: max-age=600"),
			answering(503, "error", "Cache-Control: max-age=600"),
		)
		c := front(t, o)
		c.get()
		time.Sleep(20 * time.Second)
		c.get().want(t, staleServed, 200, "body")
		c.get().want(t, staleServed, 200, "body")
	})
}

// A revalidation that another request waits for is not ended for being slow.
func TestCacheLetsARevalidationGoOnForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			return dripping(req, strings.Repeat("I", n), 10, "Cache-Control: max-age=60, stale-while-revalidate=1"), nil
		}}
		c := front(t, o, cache.Options{BackgroundTimeout: 5 * time.Second})
		c.get()
		time.Sleep(51 * time.Second) // the body took ten
		c.get().want(t, staleServed, 200, "IIIIIIIIII")
		time.Sleep(2 * time.Second) // too stale now
		g := c.get()
		g.want(t, miss, 200, strings.Repeat("II", 10))
		if g.Header.Get("Age") != "2" || !strings.HasSuffix(g.Header.Get("Cache-Status"), "; collapsed") {
			t.Errorf("got %v", g.Header)
		}
	})
}

func TestCacheTellsOfAPanicInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n == 2 {
				panic("boom")
			}
			return reply(req, 200, "x", "Cache-Control: max-age=10, stale-while-revalidate=60"), nil
		}}
		var told []error
		c := front(t, o, cache.Options{OnError: func(err error) { told = append(told, err) }})
		c.get()
		time.Sleep(20 * time.Second)
		c.get().want(t, staleServed, 200, "x")
		synctest.Wait()
		if len(told) != 1 || !strings.Contains(told[0].Error(), "boom") {
			t.Errorf("told of %v", told)
		}
		c.get().want(t, staleServed, 200, "x")
		synctest.Wait()
		c.get().want(t, hit, 200, "x")
	})
}
