package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
)

const ms = time.Millisecond

// all sends n requests at once and waits for them.
func all(t *testing.T, s *aiohttp.Session, n int, url string) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { status(s.Get(t.Context(), fmt.Sprintf("%s?n=%d", url, i))) })
		synctest.Wait() // so that they come in order
	}
	wg.Wait()
}

func TestRateLimitSpreadsRequests(t *testing.T) {
	// resty#256: no limit of rates.
	for _, test := range []struct {
		name string
		opts middleware.RateLimitOptions
		took time.Duration // each exchange
		want []time.Duration
	}{
		{"none", middleware.RateLimitOptions{}, 0, []time.Duration{0, 0, 0, 0, 0}},
		{"rate", middleware.RateLimitOptions{Rate: 10}, 0, []time.Duration{0, 100 * ms, 200 * ms, 300 * ms, 400 * ms}},
		{"burst", middleware.RateLimitOptions{Rate: 10, Burst: 3}, 0, []time.Duration{0, 0, 0, 100 * ms, 200 * ms}},
		{"concurrent", middleware.RateLimitOptions{Concurrent: 2}, 30 * ms, []time.Duration{0, 0, 30 * ms, 30 * ms, 60 * ms}},
		{"both", middleware.RateLimitOptions{Concurrent: 1, Rate: 50}, 30 * ms, []time.Duration{0, 30 * ms, 60 * ms, 90 * ms, 120 * ms}},
		{"slow", middleware.RateLimitOptions{Rate: 1e-30, Burst: 5}, 0, []time.Duration{0, 0, 0, 0, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(test.opts)}, step{status: 200, took: test.took})
				all(t, s, 5, "http://a.test/")
				if got := st.times(); !slices.Equal(got, test.want) {
					t.Errorf("sent at %v, want %v", got, test.want)
				}
				for i, c := range st.calls {
					if test.opts.Concurrent == 2 {
						break // two go at once, in no order
					}
					if want := fmt.Sprintf("http://a.test/?n=%d", i); c.req.URL != want {
						t.Errorf("turn %d: %s", i, c.req.URL)
					}
				}
			})
		})
	}
}

func TestRateLimitKeepsHostsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 1})}, ok)
		for _, url := range []string{"http://a.test/", "https://a.test/", "http://A.test:81/", "http://b.test/"} {
			status(s.Get(t.Context(), url))
		}
		if got := st.times(); got[3] != 0 {
			t.Errorf("sent at %v", got)
		}
		status(s.Get(t.Context(), "http://A.TEST:80/x"))
		if got := st.times(); got[4] != time.Second {
			t.Errorf("sent at %v", got)
		}
	})
}

// A request counts until its body was read or closed.
func TestRateLimitCountsBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Concurrent: 1})},
			step{status: 200, body: strings.NewReader("hello")}, step{status: 204}, step{err: refused}, ok)
		first, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan int, 3)
		for range 3 {
			go func() { done <- status(s.Get(t.Context(), "http://a.test/")) }()
			synctest.Wait()
		}
		if n := len(st.calls); n != 1 {
			t.Errorf("%d calls while a body is being read", n)
		}
		io.ReadAll(first)
		synctest.Wait()
		if n := len(done); n != 3 {
			t.Errorf("%d of 3 are done", n)
		}
	})
}

// A host that has asked to be left alone is.
func TestRateLimitPausesAHostThatAsksForIt(t *testing.T) {
	for _, test := range []struct {
		name    string
		opts    middleware.RateLimitOptions
		answers []step
		want    []time.Duration
	}{
		{"429-after", middleware.RateLimitOptions{}, []step{{status: 429, fields: "Retry-After: 5"}, ok}, []time.Duration{0, 5 * time.Second, 5 * time.Second}},
		{"503-after", middleware.RateLimitOptions{}, []step{{status: 503, fields: "Retry-After: 5"}, ok}, []time.Duration{0, 5 * time.Second, 5 * time.Second}},
		{"503", middleware.RateLimitOptions{}, []step{{status: 503}, ok}, []time.Duration{0, 0, 0}},
		{"200-after", middleware.RateLimitOptions{}, []step{{status: 200, fields: "Retry-After: 5"}, ok}, []time.Duration{0, 0, 0}},
		{"429s", middleware.RateLimitOptions{}, []step{{status: 429}, {status: 429}, ok}, []time.Duration{0, 1 * time.Second, 3 * time.Second}},
		{"429s-apart", middleware.RateLimitOptions{}, []step{{status: 429}, ok, {status: 429}, ok}, []time.Duration{0, time.Second, time.Second, 2 * time.Second}},
		{"bounded", middleware.RateLimitOptions{MaxPause: 2 * time.Second}, []step{{status: 429, fields: "Retry-After: 5"}, ok}, []time.Duration{0, 2 * time.Second}},
		{"off", middleware.RateLimitOptions{MaxPause: -1}, []step{{status: 429}, {status: 429, fields: "Retry-After: 5"}, ok}, []time.Duration{0, 0, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(test.opts)}, test.answers...)
				for range test.want {
					status(s.Get(t.Context(), "http://a.test/"))
				}
				if got := st.times(); !slices.Equal(got, test.want) {
					t.Errorf("sent at %v, want %v", got, test.want)
				}
			})
		})
	}
}

// A pause that comes while others wait holds for them.
func TestRateLimitPausesThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 10})},
			step{status: 429, fields: "Retry-After: 5", took: 50 * ms}, ok)
		all(t, s, 3, "http://a.test/")
		if got, want := st.times(), []time.Duration{0, 5050 * ms, 5150 * ms}; !slices.Equal(got, want) {
			t.Errorf("sent at %v, want %v", got, want)
		}
	})
}

// The longer of two pauses holds.
func TestRateLimitPausesForTheLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit()},
			step{status: 429, fields: "Retry-After: 10", took: 1}, step{status: 429, fields: "Retry-After: 1", took: time.Second}, ok)
		all(t, s, 2, "http://a.test/")
		status(s.Get(t.Context(), "http://a.test/"))
		if got := st.times(); got[2] != 10*time.Second+1 {
			t.Errorf("sent at %v", got)
		}
	})
}

// Who comes in the moment in which another's turn comes goes behind.
func TestRateLimitLetsNobodyPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 10})}, ok)
		var late sync.WaitGroup
		late.Go(func() {
			time.Sleep(100 * ms)
			status(s.Get(t.Context(), "http://a.test/late"))
		})
		synctest.Wait()
		all(t, s, 2, "http://a.test/")
		late.Wait()
		if got := st.calls[2].req.URL; got != "http://a.test/late" {
			t.Errorf("last was %s", got)
		}
	})
}

// A turn that comes while its request gives up is passed on.
func TestRateLimitPassesOnATurnThatNobodyTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Concurrent: 1})}, ok)
		for range 100 {
			st.steps = []step{{status: 200, body: strings.NewReader("x")}}
			first, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			st.steps = []step{ok}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { status(s.Get(ctx, "http://a.test/")); close(done) }()
			synctest.Wait()
			cancel() // it wakes, and does not get far
			first.Close()
			<-done
		}
		status(s.Get(t.Context(), "http://a.test/"))
	})
}

// Who leaves the queue takes no turn from the others.
func TestRateLimitForgetsWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 1, Concurrent: 1})}, ok)
		status(s.Get(t.Context(), "http://a.test/"))
		ctx, cancel := context.WithCancelCause(t.Context())
		failed := make(chan error, 3)
		for range 3 {
			go func() {
				_, err := s.Get(ctx, "http://a.test/")
				failed <- err
			}()
		}
		synctest.Wait()
		cancel(errOther)
		for range 3 {
			err := <-failed
			wantText(t, err, "waiting for the turn to ask a.test:80: context canceled: something else")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		}
		status(s.Get(t.Context(), "http://a.test/"))
		if got := st.times(); !slices.Equal(got, []time.Duration{0, time.Second}) {
			t.Errorf("sent at %v", got)
		}
	})
}

func TestRateLimitWaitsNoLongerThanTheTotalTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 0.1})}, ok)
		status(s.Get(t.Context(), "http://a.test/"))
		_, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Total: time.Second}})
		wantText(t, err, "total timeout exceeded")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(st.start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(st.start))
		}
	})
}

// Of the hosts that are at rest, those that have not asked to be left alone are
// forgotten first.
func TestRateLimitForgetsWhatSaysNothingFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{MaxHosts: 2})},
			step{status: 429, fields: "Retry-After: 10"}, ok)
		for _, host := range []string{"a", "b", "c", "a"} {
			status(s.Get(t.Context(), "http://"+host+".test/"))
		}
		if got := st.times(); got[2] != 0 || got[3] != 10*time.Second {
			t.Errorf("sent at %v", got)
		}
	})
}

// A host that is in use is not forgotten, however many there are.
func TestRateLimitRemembersWhatIsInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Concurrent: 1, Rate: 1, MaxHosts: 2})},
			step{status: 200, took: time.Minute}, ok)
		go func() { status(s.Get(t.Context(), "http://busy.test/")) }()
		synctest.Wait()
		for i := range 20 {
			status(s.Get(t.Context(), fmt.Sprintf("http://%d.test/", i)))
		}
		status(s.Get(t.Context(), "http://busy.test/"))
		if got := st.times(); got[20] != 0 || got[21] != time.Minute {
			t.Errorf("sent at %v", got)
		}
	})
}
