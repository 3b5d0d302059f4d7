package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// Who cannot have its turn in time is told so at once; who can, or may, waits.
func TestRateLimitDoesNotLetWaitInVain(t *testing.T) {
	within := func(d time.Duration) aiohttp.Request {
		return aiohttp.Request{Timeouts: connector.Timeouts{Total: d}}
	}
	for _, test := range []struct {
		name    string
		opts    middleware.RateLimitOptions
		waiting int           // requests that wait already
		total   time.Duration // of this one
		want    string        // in the error; "" for none
		after   time.Duration
	}{
		{"first", middleware.RateLimitOptions{Rate: 0.1}, 0, time.Second, "it comes in 10s at the earliest, when the total timeout is over", 0},
		{"in-time", middleware.RateLimitOptions{Rate: 0.1}, 0, 11 * time.Second, "", 10 * time.Second},
		{"behind-others", middleware.RateLimitOptions{Rate: 0.1}, 2, 29 * time.Second, "it comes in 30s at the earliest", 0},
		{"behind-others-in-time", middleware.RateLimitOptions{Rate: 0.1}, 2, 31 * time.Second, "", 30 * time.Second},
		{"burst", middleware.RateLimitOptions{Rate: 1, Burst: 3}, 3, time.Second, "it comes in 2s at the earliest", 0},
		{"burst-in-time", middleware.RateLimitOptions{Rate: 1, Burst: 3}, 3, 3 * time.Second, "", 2 * time.Second},
		// Nobody knows when a place is free.
		{"concurrent", middleware.RateLimitOptions{Concurrent: 1}, 0, time.Second, "total timeout", time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := ok
				if test.opts.Concurrent > 0 {
					answer.took = time.Minute
				}
				s, _ := play(t, []aiohttp.Middleware{middleware.RateLimit(test.opts)}, answer)
				var others sync.WaitGroup
				for range 1 + test.waiting {
					others.Go(func() { status(s.Get(t.Context(), "http://a.test/")) })
				}
				synctest.Wait()
				start := time.Now()
				_, err := s.Get(t.Context(), "http://a.test/", within(test.total))
				if took := time.Since(start); took != test.after {
					t.Errorf("it took %v, want %v", took, test.after)
				}
				if test.want == "" && err != nil {
					t.Errorf("got %v", err)
				}
				if test.want != "" {
					wantText(t, err, "waiting for the turn to ask a.test:80: ", test.want)
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("got %v", err)
					}
				}
				others.Wait()
			})
		})
	}
	// The context's own, and a pause that the host has asked for.
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit()}, step{status: 429, fields: "Retry-After: " + time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat)}, ok)
		status(s.Get(t.Context(), "http://a.test/"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := s.Get(ctx, "http://a.test/")
		wantText(t, err, "it comes in 20s at the earliest, when the context's time is over")
		if len(st.calls) != 1 || time.Since(st.start) != 0 {
			t.Errorf("%d calls, after %v", len(st.calls), time.Since(st.start))
		}
	})
}

// What a server can say, and what becomes of it.
func TestRateLimitReadsRetryAfterInAllForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for value, want := range map[string]time.Duration{
			"7": 7 * time.Second, "0": 0, "99999999999999999999": time.Minute, "-5": time.Second, "soon": time.Second,
			now.Add(7 * time.Second).UTC().Format(http.TimeFormat):                  7 * time.Second,
			now.Add(-time.Hour).UTC().Format(http.TimeFormat):                       0,
			now.Add(1e6 * time.Hour).UTC().Format(http.TimeFormat):                  time.Minute, // MaxPause
			now.Add(7 * time.Second).UTC().Format(time.ANSIC):                       7 * time.Second,
			now.Add(7 * time.Second).UTC().Format("Monday, 02-Jan-06 15:04:05 GMT"): 7 * time.Second,
		} {
			s, st := play(t, []aiohttp.Middleware{middleware.RateLimit()}, step{status: 429, fields: "Retry-After: " + value}, ok)
			shift := time.Since(now) // dates are from the beginning
			status(s.Get(t.Context(), "http://a.test/"))
			status(s.Get(t.Context(), "http://a.test/"))
			if strings.Contains(value, ":") && want > 0 && want < time.Minute {
				want = max(want-shift, 0)
			}
			if got := st.times()[1]; got != want {
				t.Errorf("%q: sent after %v, want %v", value, got, want)
			}
		}
	})
}

// Tens of thousands that give up at once, or wait their turn, cost the others
// nothing that grows with their number.
func TestRateLimitLetsManyGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 1})}, ok)
		ctx, cancel := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		status(s.Get(t.Context(), "http://a.test/"))
		for range 20_000 {
			waiting.Go(func() {
				if _, err := s.Get(ctx, "http://a.test/"); !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		waiting.Wait()
		status(s.Get(t.Context(), "http://a.test/"))
		if got := st.times(); !slices.Equal(got, []time.Duration{0, time.Second}) {
			t.Errorf("sent at %v", got)
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

// A turn that comes in the moment in which its request gives up is not counted:
// nothing was sent.
func TestRateLimitDoesNotCountATurnThatNobodyTakes(t *testing.T) {
	given := 0
	for range 100 { // which of the two comes first is the scheduler's choice
		synctest.Test(t, func(t *testing.T) {
			s, st := play(t, []aiohttp.Middleware{middleware.RateLimit(middleware.RateLimitOptions{Rate: 1})}, ok)
			status(s.Get(t.Context(), "http://a.test/"))
			ctx, cancel := context.WithCancel(t.Context())
			var both sync.WaitGroup
			var second error
			both.Go(func() { _, second = s.Get(ctx, "http://a.test/") })
			synctest.Wait()
			time.AfterFunc(time.Second, cancel)
			both.Go(func() { status(s.Get(t.Context(), "http://a.test/")) })
			both.Wait()
			want := []time.Duration{0, time.Second, 2 * time.Second}
			if second != nil {
				want = want[:2]
				given++
			}
			if got := st.times(); !slices.Equal(got, want) {
				t.Errorf("sent at %v, want %v", got, want)
			}
		})
	}
	t.Logf("%d of 100 gave up", given)
}
