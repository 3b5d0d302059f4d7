package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func breaker(o ...middleware.CircuitBreakerOptions) []aiohttp.Middleware {
	return []aiohttp.Middleware{middleware.CircuitBreaker(o...)}
}

// What opens the breaker, of ten requests with one outcome.
func TestCircuitBreakerOpensByWhatSaysThatTheHostIsIll(t *testing.T) {
	for _, test := range []struct {
		name  string
		fail  step
		opens bool
	}{
		{"200", ok, false}, {"404", step{status: 404}, false}, {"429", step{status: 429}, false}, {"501", step{status: 501}, false},
		{"500", step{status: 500}, true}, {"502", step{status: 502}, true}, {"503", step{status: 503}, true}, {"504", step{status: 504}, true},
		{"refused", step{err: refused}, true}, {"cut", step{err: cut}, true},
		{"status-error", step{err: &aiohttp.StatusError{Status: 503}}, true},
		{"prepare", step{err: failed(connector.PhasePrepare, false, errOther)}, false},
		{"pool", step{err: failed(connector.PhasePool, false, errOther)}, false},
		{"cancelled", step{err: failed(connector.PhaseHead, true, context.Canceled)}, false},
		{"of-another-middleware", step{err: errOther}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := play(t, breaker(middleware.CircuitBreakerOptions{MinRequests: 10}), test.fail)
				for range 10 {
					_, err := s.Get(t.Context(), "http://a.test/")
					if e, ok := errors.AsType[*middleware.CircuitOpenError](err); ok {
						t.Fatalf("open too soon: %v", e)
					}
				}
				_, err := s.Get(t.Context(), "http://a.test/")
				if _, opened := errors.AsType[*middleware.CircuitOpenError](err); opened != test.opens {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// A breaker's life, by steps: how long to wait, what the host would answer, and
// whether it was asked.
func TestCircuitBreakerStates(t *testing.T) {
	// resty#448: no circuit breaker.
	type move struct {
		wait   time.Duration
		status int
		asked  bool
	}
	bad, good := move{0, 503, true}, move{0, 200, true}
	refusal := move{0, 200, false}
	opened := []move{good, good, bad, bad, refusal}
	for _, test := range []struct {
		name  string
		opts  middleware.CircuitBreakerOptions
		moves []move
		want  []string
	}{
		{"too-few", middleware.CircuitBreakerOptions{}, []move{bad, bad, bad, good}, nil},
		{"below-the-ratio", middleware.CircuitBreakerOptions{}, []move{good, good, good, bad, good, good, bad, bad, good}, nil},
		{"open", middleware.CircuitBreakerOptions{}, append(opened, move{4999 * ms, 200, false}), []string{"closed>open"}},
		{"out-of-the-window", middleware.CircuitBreakerOptions{}, []move{good, bad, {11 * time.Second, 503, true}, good, bad, good}, nil},
		{"within-the-window", middleware.CircuitBreakerOptions{}, []move{good, bad, {8 * time.Second, 200, true}, bad, refusal}, []string{"closed>open"}},
		{"recovers", middleware.CircuitBreakerOptions{}, append(opened, move{5 * time.Second, 200, true}, bad, good, good), []string{"closed>open", "open>half-open", "half-open>closed"}},
		{"still-ill", middleware.CircuitBreakerOptions{}, append(opened, move{5 * time.Second, 503, true}, refusal, move{5 * time.Second, 200, true}),
			[]string{"closed>open", "open>half-open", "half-open>open", "open>half-open", "half-open>closed"}},
		{"two-probes", middleware.CircuitBreakerOptions{Probes: 2}, append(opened, move{5 * time.Second, 200, true}, bad, refusal), []string{"closed>open", "open>half-open", "half-open>open"}},
		{"never", middleware.CircuitBreakerOptions{FailureRatio: 1.1}, []move{bad, bad, bad, bad, bad, bad}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var changes []string
				test.opts.MinRequests = 4
				test.opts.OnChange = func(host string, from, to middleware.BreakerState) {
					changes = append(changes, fmt.Sprintf("%v>%v", from, to))
				}
				s, st := play(t, breaker(test.opts), ok)
				for i, m := range test.moves {
					time.Sleep(m.wait)
					before := len(st.calls)
					st.steps = []step{{status: m.status}}
					status(s.Get(t.Context(), "http://a.test/"))
					if asked := len(st.calls) > before; asked != m.asked {
						t.Errorf("move %d %v: asked %v", i, m, asked)
					}
				}
				if !slices.Equal(changes, test.want) {
					t.Errorf("changes %q", changes)
				}
			})
		})
	}
}

func TestCircuitBreakerErrorTellsHostAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := play(t, breaker(middleware.CircuitBreakerOptions{MinRequests: 2, OpenFor: time.Minute}), step{status: 503})
		status(s.Get(t.Context(), "http://a.test/"))
		status(s.Get(t.Context(), "http://a.test/"))
		until := time.Now().Add(time.Minute)
		_, err := s.Get(t.Context(), "http://a.test/x")
		wantText(t, err, `get "http://a.test/x": circuit breaker of a.test:80 is open until `+until.Format("15:04:05.000")+": 2 of 2 requests failed")
		e, ok := errors.AsType[*middleware.CircuitOpenError](err)
		if !ok || e.Host != "a.test:80" || !e.Until.Equal(until) {
			t.Errorf("error %#v", err)
		}
		if got := status(s.Get(t.Context(), "http://b.test/")); got != 503 {
			t.Errorf("another host: %d", got)
		}
	})
}

// Half open, one request is let through at a time; a probe that its caller has
// cancelled says nothing, and the next is let through.
func TestCircuitBreakerLetsOneProbeThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, breaker(middleware.CircuitBreakerOptions{MinRequests: 1}), step{status: 503})
		status(s.Get(t.Context(), "http://a.test/"))
		time.Sleep(5 * time.Second)
		st.steps = []step{{status: 200, took: time.Minute}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { status(s.Get(ctx, "http://a.test/")); close(done) }()
		synctest.Wait()
		if _, err := s.Get(t.Context(), "http://a.test/"); err == nil || len(st.calls) != 2 {
			t.Errorf("a second probe: %v", err)
		}
		cancel()
		<-done
		st.steps = []step{ok}
		for range 2 {
			if got := status(s.Get(t.Context(), "http://a.test/")); got != 200 {
				t.Errorf("after a cancelled probe: %d", got)
			}
		}
	})
}

// What was sent before the breaker opened says nothing about what comes after.
func TestCircuitBreakerForgetsWhatBeganBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, breaker(middleware.CircuitBreakerOptions{MinRequests: 1, OpenFor: 5 * time.Second}), step{status: 503, took: 10 * time.Second})
		done := make(chan struct{})
		go func() { status(s.Get(t.Context(), "http://a.test/")); close(done) }()
		synctest.Wait()
		st.steps = []step{{status: 503}}
		status(s.Get(t.Context(), "http://a.test/"))
		time.Sleep(5 * time.Second)
		st.steps = []step{ok}
		status(s.Get(t.Context(), "http://a.test/")) // which closes it
		<-done
		if got := status(s.Get(t.Context(), "http://a.test/")); got != 200 {
			t.Errorf("an old failure opened it: %d", got)
		}
	})
}

// A probe that panics does not keep the breaker half open for good.
func TestCircuitBreakerSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panics := false
		maybe := func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				if panics {
					panic("probe")
				}
				return next(ctx, req)
			}
		}
		s, _ := play(t, append(breaker(middleware.CircuitBreakerOptions{MinRequests: 1}), maybe), step{status: 503}, ok)
		status(s.Get(t.Context(), "http://a.test/"))
		time.Sleep(5 * time.Second)
		panics = true
		func() {
			defer func() { recover() }()
			s.Get(t.Context(), "http://a.test/")
		}()
		panics = false
		if got := status(s.Get(t.Context(), "http://a.test/")); got != 200 {
			t.Errorf("status %d", got)
		}
	})
}

// Half open with many who wait: as many probes pass as there may be, the others are
// told at once that they are waited for, and no probe is lost or counted twice.
func TestCircuitBreakerWithManyWhoWait(t *testing.T) {
	for _, probes := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			s, st := play(t, breaker(middleware.CircuitBreakerOptions{MinRequests: 1, OpenFor: 5 * time.Second, Probes: probes}), step{status: 503})
			status(s.Get(t.Context(), "http://a.test/"))
			time.Sleep(5 * time.Second)
			st.steps = []step{{status: 200, took: time.Second}}
			before := len(st.calls)
			var all sync.WaitGroup
			var passed, refused atomic.Int32
			for range 100 {
				all.Go(func() {
					resp, err := s.Get(t.Context(), "http://a.test/")
					if err == nil {
						passed.Add(1)
						resp.Close()
						return
					}
					refused.Add(1)
					wantText(t, err, "circuit breaker of a.test:80 is half open and waits for a probe: 1 of 1 requests failed")
					if e, ok := errors.AsType[*middleware.CircuitOpenError](err); !ok || e.State != middleware.BreakerHalfOpen || e.Until.After(time.Now()) {
						t.Errorf("got %#v", err)
					}
				})
			}
			all.Wait()
			if int(passed.Load()) != probes || int(refused.Load()) != 100-probes || len(st.calls)-before != probes {
				t.Errorf("%d passed, %d were refused, %d were sent", passed.Load(), refused.Load(), len(st.calls)-before)
			}
			for range 10 { // it is closed
				if got := status(s.Get(t.Context(), "http://a.test/")); got != 200 {
					t.Errorf("status %d", got)
				}
			}
		})
	}
}

// What the program has given may panic as well: no place of a probe is lost.
func TestCircuitBreakerSurvivesAPanicOfItsOptions(t *testing.T) {
	for _, name := range []string{"fails", "on-change"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				panics := false
				maybe := func(which string) {
					if panics && which == name {
						panic(name)
					}
				}
				s, st := play(t, breaker(middleware.CircuitBreakerOptions{
					MinRequests: 1,
					Fails:       func(resp *aiohttp.Response, _ error) bool { maybe("fails"); return resp != nil && resp.Status == 503 },
					OnChange:    func(string, middleware.BreakerState, middleware.BreakerState) { maybe("on-change") },
				}), step{status: 503}, ok)
				status(s.Get(t.Context(), "http://a.test/"))
				time.Sleep(5 * time.Second)
				panics = true
				func() {
					defer func() {
						if recover() == nil {
							t.Error("no panic")
						}
					}()
					s.Get(t.Context(), "http://a.test/")
				}()
				panics = false
				st.steps = []step{ok}
				if got := status(s.Get(t.Context(), "http://a.test/")); got != 200 {
					t.Errorf("status %d", got)
				}
			})
		})
	}
}
