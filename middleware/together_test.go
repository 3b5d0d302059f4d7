package middleware_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/middleware"
)

// All of them at once, over real connections, with a server that fails, hangs and
// redirects: every request is answered, no limit is exceeded, and no turn is lost.
func TestMiddlewareTogether(t *testing.T) {
	const most = 8
	var active, peak, asked atomic.Int32
	count := func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			now := active.Add(1)
			for p := peak.Load(); now > p && !peak.CompareAndSwap(p, now); p = peak.Load() {
			}
			resp, err := next(ctx, req)
			if err != nil {
				active.Add(-1)
				return nil, err
			}
			resp.AfterBody(func() { active.Add(-1) })
			return resp, nil
		}
	}
	page := strings.Repeat("x", 100_000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); user != "user" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch n := asked.Add(1); {
		case n%11 == 0:
			panic(http.ErrAbortHandler)
		case n%7 == 0:
			w.WriteHeader(http.StatusServiceUnavailable)
		case n%13 == 0:
			select { // until it is hedged
			case <-r.Context().Done():
			case <-time.After(time.Second): // its copies have failed
				panic(http.ErrAbortHandler)
			}
		case r.URL.Path == "/old":
			http.Redirect(w, r, "/new", http.StatusFound)
		default:
			fmt.Fprint(w, page)
		}
	}))
	defer srv.Close()
	var records bytes.Buffer
	s := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.RaiseForStatus(nil),
		middleware.Retry(middleware.RetryOptions{Attempts: 20, BaseDelay: time.Millisecond, MaxDelay: time.Millisecond, Budget: -1}),
		middleware.Hedge(middleware.HedgeOptions{Delay: 20 * time.Millisecond, Copies: 3, Budget: -1}),
		auth.Basic("user", "password"),
		middleware.CircuitBreaker(middleware.CircuitBreakerOptions{FailureRatio: 0.99}),
		middleware.RateLimit(middleware.RateLimitOptions{Concurrent: most}),
		middleware.Log(middleware.LogOptions{Logger: logger(&records)}),
		count,
	}})
	defer s.Close()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for range 10 {
				resp, err := s.Get(t.Context(), srv.URL+[]string{"/old", "/new"}[i%2])
				if err != nil {
					t.Error(err)
					return
				}
				if text, err := resp.Text(); err != nil || text != page {
					t.Errorf("%d bytes, %v", len(text), err)
				}
			}
		})
	}
	all.Wait()
	s.Close() // which waits for the copies that have lost
	if now, top := active.Load(), peak.Load(); now != 0 || top > most {
		t.Errorf("%d at once, %d in the end", top, now)
	}
}
