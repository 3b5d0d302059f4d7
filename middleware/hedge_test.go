package middleware_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func hedge(o ...middleware.HedgeOptions) []aiohttp.Middleware {
	return []aiohttp.Middleware{middleware.Hedge(o...)}
}

func TestHedgeTakesTheFirstAnswer(t *testing.T) {
	slow := step{status: 201, took: time.Minute}
	for _, test := range []struct {
		name   string
		opts   middleware.HedgeOptions
		steps  []step
		status int
		took   time.Duration
		sent   []time.Duration
	}{
		{"in-time", middleware.HedgeOptions{Delay: 50 * ms}, []step{{status: 200, took: 40 * ms}}, 200, 40 * ms, []time.Duration{0}},
		{"copy-wins", middleware.HedgeOptions{Delay: 50 * ms}, []step{slow, {status: 200, took: 10 * ms}}, 200, 60 * ms, []time.Duration{0, 50 * ms}},
		{"first-wins", middleware.HedgeOptions{Delay: 50 * ms}, []step{{status: 200, took: 60 * ms}, slow}, 200, 60 * ms, []time.Duration{0, 50 * ms}},
		{"third-wins", middleware.HedgeOptions{Delay: 50 * ms, Copies: 2}, []step{slow, slow, {status: 200, took: 10 * ms}}, 200, 110 * ms, []time.Duration{0, 50 * ms, 100 * ms}},
		{"failure-is-not-taken", middleware.HedgeOptions{Delay: 50 * ms}, []step{{err: cut, took: 60 * ms}, {status: 200, took: 100 * ms}}, 200, 150 * ms, []time.Duration{0, 50 * ms}},
		{"failure-of-the-copy", middleware.HedgeOptions{Delay: 50 * ms}, []step{{status: 200, took: 70 * ms}, {err: refused}}, 200, 70 * ms, []time.Duration{0, 50 * ms}},
		{"both-fail", middleware.HedgeOptions{Delay: 50 * ms}, []step{{err: cut, took: 60 * ms}, {err: refused, took: 50 * ms}}, 0, 100 * ms, []time.Duration{0, 50 * ms}},
		{"fails-at-once", middleware.HedgeOptions{Delay: 50 * ms}, []step{{err: refused}, ok}, 0, 0, []time.Duration{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, hedge(test.opts), test.steps...)
				got := status(s.Get(t.Context(), "http://a.test/"))
				if took := time.Since(st.start); got != test.status || took != test.took || !slices.Equal(st.times(), test.sent) {
					t.Errorf("status %d after %v, sent at %v", got, took, st.times())
				}
				s.Close() // which waits for the losers
				for i, c := range st.calls {
					if lost := test.steps[i].took == time.Minute; lost != (c.ended == context.Canceled) {
						t.Errorf("copy %d ended with %v", i, c.ended)
					}
				}
			})
		})
	}
}

// Only what may be done twice is sent twice.
func TestHedgeSendsTwiceWhatMayBe(t *testing.T) {
	for _, test := range []struct {
		name string
		opts middleware.HedgeOptions
		req  aiohttp.Request
		want int
	}{
		{"get", middleware.HedgeOptions{}, aiohttp.Request{Method: "GET"}, 2},
		{"head", middleware.HedgeOptions{}, aiohttp.Request{Method: "HEAD"}, 2},
		{"put", middleware.HedgeOptions{}, aiohttp.Request{Method: "PUT", Text: "x"}, 1},
		{"put-asked", middleware.HedgeOptions{Idempotent: true}, aiohttp.Request{Method: "PUT", Text: "x"}, 2},
		{"post-asked", middleware.HedgeOptions{Idempotent: true}, aiohttp.Request{Method: "POST", Text: "x"}, 1},
		{"post-key", middleware.HedgeOptions{Idempotent: true}, aiohttp.Request{Method: "POST", Text: "x", Header: http.Header{"Idempotency-Key": {"1"}}}, 2},
		{"stream", middleware.HedgeOptions{Idempotent: true}, aiohttp.Request{Method: "PUT", Body: strings.NewReader(strings.Repeat("x", 100_000))}, 1},
		{"upgrade", middleware.HedgeOptions{}, aiohttp.Request{Method: "GET", Header: http.Header{"Upgrade": {"websocket"}, "Connection": {"upgrade"}}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.opts.Delay = 50 * ms
				s, st := play(t, hedge(test.opts), step{status: 200, took: time.Second})
				test.req.URL = "http://a.test/"
				status(s.Do(t.Context(), test.req))
				s.Close()
				if len(st.calls) != test.want || st.calls[0].body != st.calls[len(st.calls)-1].body {
					t.Errorf("%d calls", len(st.calls))
				}
			})
		})
	}
}

// The delay is that by which most answers of the host have come.
func TestHedgeLearnsTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, hedge(middleware.HedgeOptions{Percentile: 0.9}), ok)
		for i := range 20 {
			st.steps = []step{{status: 200, took: time.Duration(i+1) * ms}}
			status(s.Get(t.Context(), "http://a.test/"))
		}
		if len(st.calls) != 20 {
			t.Fatalf("%d calls while it was learning", len(st.calls))
		}
		st.steps = []step{{status: 200, took: time.Second}}
		status(s.Get(t.Context(), "http://b.test/"))
		if len(st.calls) != 21 {
			t.Fatalf("%d calls: a host lent its latency to another", len(st.calls))
		}
		status(s.Get(t.Context(), "http://a.test/"))
		if len(st.calls) != 23 || st.calls[22].at-st.calls[21].at != 19*ms {
			t.Errorf("sent at %v", st.times()[20:])
		}
	})
}

func TestHedgeHasABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, hedge(middleware.HedgeOptions{Delay: 50 * ms, Budget: 2, Refill: 0.5}), step{status: 200, took: time.Second})
		var each []int
		for range 6 {
			before := len(st.calls)
			status(s.Get(t.Context(), "http://a.test/"))
			each = append(each, len(st.calls)-before)
		}
		if want := []int{2, 2, 2, 1, 2, 1}; !slices.Equal(each, want) {
			t.Errorf("sent %v, want %v", each, want)
		}
	})
}

// The winner's body can be read for as long as the caller's context allows, and
// the loser's connection is closed.
func TestHedgeOverANetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := testnet.New()
		ln, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		c := connector.New(connector.Options{DialContext: n.DialContext})
		defer c.Close()
		s := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: hedge(middleware.HedgeOptions{Delay: 50 * ms})})
		defer s.Close()
		var timings connector.Timings
		type result struct {
			resp *aiohttp.Response
			err  error
		}
		out := make(chan result, 1)
		go func() {
			resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timings: &timings})
			out <- result{resp, err}
		}()
		first := testnet.Accept(t, ln)
		first.WantHead()
		second := testnet.Accept(t, ln)
		second.WantHead()
		second.Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
		got := <-out
		if got.err != nil {
			t.Fatal(got.err)
		}
		first.WantEOF()
		time.Sleep(time.Second)
		second.Write("world")
		text, err := io.ReadAll(got.resp)
		if string(text) != "helloworld" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		if timings.Receive != time.Second || timings.Addr == "" {
			t.Errorf("timings %+v", timings)
		}
	})
}

// A copy that answers though it was called off is closed; the context of the one
// that has won lives as long as its body.
func TestHedgeLeavesNothingOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var copies []context.Context
		stubborn := func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				mu.Lock()
				copies = append(copies, ctx)
				mu.Unlock()
				return next(context.WithoutCancel(ctx), req)
			}
		}
		s, st := play(t, append(hedge(middleware.HedgeOptions{Delay: 50 * ms}), stubborn),
			step{status: 200, took: time.Second}, step{status: 200, body: strings.NewReader("hello")})
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if copies[0].Err() == nil || copies[1].Err() != nil {
			t.Errorf("contexts: %v, %v", copies[0].Err(), copies[1].Err())
		}
		s.Close()
		if !st.calls[0].closed || st.calls[1].closed {
			t.Errorf("closed: %v, %v", st.calls[0].closed, st.calls[1].closed)
		}
		io.ReadAll(resp)
		if copies[1].Err() == nil {
			t.Error("the winner's context outlives its body")
		}
	})
}

func TestHedgePassesAPanicOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := func(aiohttp.Handler) aiohttp.Handler {
			return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) { panic("boom") }
		}
		s, _ := play(t, append(hedge(middleware.HedgeOptions{Delay: time.Second}), boom), ok)
		defer func() {
			if v := recover(); v != "boom" {
				t.Errorf("recovered %v", v)
			}
		}()
		s.Get(t.Context(), "http://a.test/")
	})
}

// What fails is fast: an answer that says so does not win over a copy that may do
// better, but is taken where none does.
func TestHedgeWaitsForABetterAnswer(t *testing.T) {
	slow := func(s step) step { s.took = time.Second; return s }
	quick := func(s step) step { s.took = 10 * ms; return s }
	body := func(text string) step { return step{status: 200, body: strings.NewReader(text)} }
	for _, test := range []struct {
		name          string
		first, second step
		status        int
		text          string // of the body, or of the error
		after         time.Duration
	}{
		{"copy-fails", slow(body("first")), quick(step{status: 503}), 200, "first", time.Second},
		{"copy-is-too-many", slow(body("first")), quick(step{status: 429}), 200, "first", time.Second},
		{"copy-is-not-found", slow(body("first")), quick(step{status: 404}), 404, "", 60 * ms},
		{"both-fail", slow(step{status: 500}), quick(step{status: 503, body: strings.NewReader("down")}), 503, "down", time.Second},
		{"answer-and-error", slow(step{err: cut}), quick(step{status: 503, body: strings.NewReader("down")}), 503, "down", time.Second},
		{"error-and-answer", slow(step{status: 503, body: strings.NewReader("down")}), quick(step{err: cut}), 503, "down", time.Second},
		{"errors", slow(step{err: refused}), quick(step{err: cut}), 0, "head a.test:80", 50 * ms},
		{"first-fails-before", step{status: 503}, ok, 503, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, hedge(middleware.HedgeOptions{Delay: 50 * ms}), test.first, test.second)
				resp, err := s.Get(t.Context(), "http://a.test/")
				took := time.Since(st.start)
				if test.status == 0 {
					wantText(t, err, test.text)
					return
				}
				if err != nil || took != test.after {
					t.Fatalf("got %v after %v, want %v", err, took, test.after)
				}
				text, err := resp.Text()
				if resp.Status != test.status || text != test.text || err != nil {
					t.Errorf("got %d %q, %v", resp.Status, text, err)
				}
				s.Close()
				for i, c := range st.calls {
					if s := []step{test.first, test.second}[i]; s.err == nil && !c.closed && c.ended == nil {
						t.Errorf("the answer to copy %d is not closed", i+1)
					}
				}
			})
		})
	}
}

// A panic, and the end of the context, leave no answer open that was kept.
func TestHedgeClosesTheAnswerThatItKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, hedge(middleware.HedgeOptions{Delay: 50 * ms}), step{status: 200, took: time.Minute}, step{status: 503})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got := status(s.Get(ctx, "http://a.test/"))
		if took := time.Since(st.start); got != 503 || took != time.Second {
			t.Errorf("got %d after %v", got, took)
		}
		s.Close()
		if !st.calls[1].closed {
			t.Error("the answer is not closed")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		boom := func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				if n.Add(1) == 1 {
					time.Sleep(time.Second)
					panic("boom")
				}
				return next(ctx, req)
			}
		}
		s, st := play(t, append(hedge(middleware.HedgeOptions{Delay: 50 * ms}), boom), step{status: 503})
		func() {
			defer func() { recover() }()
			s.Get(t.Context(), "http://a.test/")
		}()
		if !st.calls[0].closed {
			t.Error("the answer is not closed")
		}
	})
}

// Answers that say that the host is ill do not make it look fast.
func TestHedgeDoesNotLearnFromFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, hedge(), step{status: 503, took: ms})
		for range 20 {
			status(s.Get(t.Context(), "http://a.test/"))
		}
		st.steps = []step{{status: 200, took: time.Second}}
		before := len(st.calls)
		status(s.Get(t.Context(), "http://a.test/"))
		if got := len(st.calls) - before; got != 1 {
			t.Errorf("%d were sent", got)
		}
	})
}

func TestHedgeSurvivesACopyThatBringsNothing(t *testing.T) {
	for name, inner := range map[string]func(){"nothing": func() {}, "goexit": runtime.Goexit} {
		for _, delay := range []time.Duration{0, time.Hour} {
			nothing := func(aiohttp.Handler) aiohttp.Handler {
				return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) {
					inner()
					return nil, nil
				}
			}
			s := aiohttp.NewSession(aiohttp.Options{Middleware: append(hedge(middleware.HedgeOptions{Delay: delay}), nothing)})
			done := make(chan error, 1)
			go func() {
				defer close(done)
				_, err := s.Get(t.Context(), "http://a.test/")
				done <- err
			}()
			if err, returned := <-done; returned && err == nil {
				t.Errorf("%s after %v: no error", name, delay)
			}
			s.Close()
		}
	}
}
