package middleware_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
	"github.com/aiohttp-go/aiohttp/trust"
)

func retry(o ...middleware.RetryOptions) []aiohttp.Middleware {
	return []aiohttp.Middleware{middleware.Retry(o...)}
}

// Which failures are followed by another attempt, and which are not.
func TestRetrySendsAgainWhatMayPass(t *testing.T) {
	// aio-libs/aiohttp#3133, resty#752: retries are everybody's own.
	key := http.Header{"Idempotency-Key": {"1"}}
	for _, test := range []struct {
		name   string
		method string
		header http.Header
		opts   middleware.RetryOptions
		fail   step
		want   int // calls
	}{
		{"success", "GET", nil, middleware.RetryOptions{}, ok, 1},
		{"not-found", "GET", nil, middleware.RetryOptions{}, step{status: 404}, 1},
		{"forbidden", "GET", nil, middleware.RetryOptions{}, step{status: 403}, 1},
		{"500", "GET", nil, middleware.RetryOptions{}, step{status: 500}, 2},
		{"501", "GET", nil, middleware.RetryOptions{}, step{status: 501}, 1},
		{"502", "PUT", nil, middleware.RetryOptions{}, step{status: 502}, 2},
		{"504", "DELETE", nil, middleware.RetryOptions{}, step{status: 504}, 2},
		{"post-500", "POST", nil, middleware.RetryOptions{}, step{status: 500}, 1},
		{"post-500-key", "POST", key, middleware.RetryOptions{}, step{status: 500}, 2},
		{"post-500-unsafe", "POST", nil, middleware.RetryOptions{Unsafe: true}, step{status: 500}, 2},
		{"post-408", "POST", nil, middleware.RetryOptions{}, step{status: 408}, 2},
		{"post-425", "POST", nil, middleware.RetryOptions{}, step{status: 425}, 2},
		{"post-429", "POST", nil, middleware.RetryOptions{}, step{status: 429}, 2},
		{"post-503", "POST", nil, middleware.RetryOptions{}, step{status: 503}, 1},
		{"post-503-after", "POST", nil, middleware.RetryOptions{}, step{status: 503, fields: "Retry-After: 1"}, 2},
		{"own-statuses", "GET", nil, middleware.RetryOptions{Statuses: []int{404}}, step{status: 404}, 2},
		{"no-statuses", "GET", nil, middleware.RetryOptions{Statuses: []int{}}, step{status: 503}, 1},
		{"refused", "POST", nil, middleware.RetryOptions{}, step{err: refused}, 2},
		{"cut", "GET", nil, middleware.RetryOptions{}, step{err: cut}, 2},
		{"post-cut", "POST", nil, middleware.RetryOptions{}, step{err: cut}, 1},
		{"post-cut-key", "POST", key, middleware.RetryOptions{}, step{err: cut}, 2},
		{"prepare", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhasePrepare, false, errOther)}, 1},
		{"closed", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhasePool, false, aiohttp.ErrClosed)}, 1},
		{"certificate", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhaseTLS, false, &trust.CertificateError{})}, 1},
		{"handshake", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhaseTLS, false, &trust.HandshakeError{Problem: trust.NotTLS})}, 1},
		{"handshake-cut", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhaseTLS, false, &trust.HandshakeError{Problem: trust.ConnectionClosed})}, 2},
		{"no-such-name", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhaseDNS, false, &net.DNSError{IsNotFound: true})}, 1},
		{"name-server-down", "GET", nil, middleware.RetryOptions{}, step{err: failed(connector.PhaseDNS, false, &net.DNSError{IsTimeout: true})}, 2},
		{"of-another-middleware", "GET", nil, middleware.RetryOptions{}, step{err: errOther}, 1},
		{"status-error", "GET", nil, middleware.RetryOptions{}, step{err: &aiohttp.StatusError{Status: 503}}, 2},
		{"when", "POST", nil, middleware.RetryOptions{When: func(_ *aiohttp.Request, _ *aiohttp.Response, err error) bool { return err == errOther }}, step{err: errOther}, 2},
		{"once", "GET", nil, middleware.RetryOptions{Attempts: 1}, step{status: 503}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, retry(test.opts), test.fail, ok)
				status(s.Do(t.Context(), aiohttp.Request{Method: test.method, URL: "http://a.test/", Header: test.header}))
				if len(st.calls) != test.want {
					t.Errorf("%d calls, want %d", len(st.calls), test.want)
				}
				for i, c := range st.calls[:len(st.calls)-1] {
					if c.attempt != i+1 || test.fail.err == nil && !c.closed {
						t.Errorf("attempt %d: numbered %d, closed %v", i+1, c.attempt, c.closed)
					}
				}
			})
		})
	}
}

func TestRetryGivesTheLastResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, retry(), step{status: 502}, step{status: 500}, step{status: 503, body: strings.NewReader("no")})
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		text, err := resp.Text()
		if resp.Status != 503 || text != "no" || err != nil || len(st.calls) != 3 {
			t.Errorf("%d %q %v after %d", resp.Status, text, err, len(st.calls))
		}
	})
}

func TestRetryGivesTheLastError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := play(t, retry(), step{err: refused})
		_, err := s.Get(t.Context(), "http://a.test/")
		wantText(t, err, `get "http://a.test/": after 3 attempts: connect a.test:80: `)
		e, ok := errors.AsType[*middleware.RetryError](err)
		if !ok || e.Attempts != 3 || !aiohttp.SafeToRetry(err) {
			t.Errorf("error %#v", err)
		}
	})
}

// Waits double, are random below that, and bounded.
func TestRetryWaitsLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []middleware.RetryEvent
		s, st := play(t, retry(middleware.RetryOptions{
			Attempts: 6, BaseDelay: time.Second, MaxDelay: 4 * time.Second,
			OnRetry: func(_ context.Context, e middleware.RetryEvent) { events = append(events, e) },
		}), step{status: 503})
		status(s.Get(t.Context(), "http://a.test/?token=secret"))
		if len(events) != 5 || len(st.calls) != 6 {
			t.Fatalf("%d events, %d calls", len(events), len(st.calls))
		}
		for i, most := range []time.Duration{1, 2, 4, 4, 4} {
			e := events[i]
			if e.Wait < 0 || e.Wait > most*time.Second || st.calls[i+1].at-st.calls[i].at != e.Wait {
				t.Errorf("wait %d: %v, came after %v", i, e.Wait, st.calls[i+1].at-st.calls[i].at)
			}
			if e.Attempt != i+1 || e.Status != 503 || e.Err != nil || e.Method != "GET" || e.URL != "http://a.test/?token=xxxxx" {
				t.Errorf("event %+v", e)
			}
		}
	})
}

func TestRetryWaitsAsLongAsTheServerAsks(t *testing.T) {
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for _, test := range []struct {
		name  string
		after func() string
		opts  middleware.RetryOptions
		from  time.Duration
		to    time.Duration
		calls int
	}{
		{"seconds", func() string { return "7" }, middleware.RetryOptions{}, 7 * time.Second, 7*time.Second + 200*time.Millisecond, 2},
		{"date", func() string { return date(9 * time.Second) }, middleware.RetryOptions{}, 8 * time.Second, 9*time.Second + 200*time.Millisecond, 2},
		{"past", func() string { return date(-time.Hour) }, middleware.RetryOptions{}, 0, 200 * time.Millisecond, 2},
		{"far-future", func() string { return "Fri, 31 Dec 9999 23:59:59 GMT" }, middleware.RetryOptions{}, 0, 0, 1},
		{"more-than-a-number", func() string { return "99999999999999999999" }, middleware.RetryOptions{}, 0, 0, 1},
		{"nonsense", func() string { return "soon" }, middleware.RetryOptions{}, 0, 200 * time.Millisecond, 2},
		{"too-long", func() string { return "61" }, middleware.RetryOptions{}, 0, 0, 1},
		{"allowed", func() string { return "61" }, middleware.RetryOptions{MaxRetryAfter: time.Hour}, time.Minute, 62 * time.Second, 2},
		{"ignored", func() string { return "61" }, middleware.RetryOptions{MaxRetryAfter: -1}, 0, 200 * time.Millisecond, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, retry(test.opts), step{status: 503, fields: "Retry-After: " + test.after()}, ok)
				status(s.Get(t.Context(), "http://a.test/"))
				if got := st.times(); len(got) != test.calls || got[len(got)-1] < test.from || got[len(got)-1] > test.to {
					t.Errorf("calls at %v", got)
				}
			})
		})
	}
}

// Nobody sleeps for what cannot be used any more.
func TestRetryDoesNotWaitBeyondTheEnd(t *testing.T) {
	busy := step{status: 503, fields: "Retry-After: 10"}
	for _, test := range []struct {
		name  string
		total time.Duration
		ctx   time.Duration
		calls int
	}{
		{"total", 10 * time.Second, 0, 1},
		{"total-later", 11 * time.Second, 0, 2},
		{"context", 0, 10 * time.Second, 1},
		{"context-later", 0, 11 * time.Second, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, st := play(t, retry(), busy, ok)
				ctx := t.Context()
				if test.ctx > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.ctx)
					defer cancel()
				}
				got := status(s.Get(ctx, "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Total: test.total}}))
				if len(st.calls) != test.calls || test.calls == 1 && (got != 503 || time.Since(st.start) > 0) {
					t.Errorf("status %d after %d calls and %v", got, len(st.calls), time.Since(st.start))
				}
			})
		})
	}
}

func TestRetryEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, retry(), step{status: 503, fields: "Retry-After: 10"})
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errOther) })
		_, err := s.Get(ctx, "http://a.test/")
		wantText(t, err, "context canceled: something else while waiting to send it again after: status 503")
		if !errors.Is(err, context.Canceled) || !errors.Is(err, errOther) || time.Since(st.start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(st.start))
		}
	})
}

// A body is sent whole with each attempt, or once.
func TestRetrySendsTheBodyAgain(t *testing.T) {
	long := strings.Repeat("hello", 10_000)
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		want int
	}{
		{"memory", aiohttp.Request{Text: "hello"}, 2},
		{"stream", aiohttp.Request{Body: io.MultiReader(strings.NewReader(long))}, 1},
		{"seekable", aiohttp.Request{Body: strings.NewReader(long)}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			var bodies []string
			c := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(b))
				w.WriteHeader(503)
			})})
			defer c.Close()
			s := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: retry(middleware.RetryOptions{Attempts: 2, BaseDelay: 1})})
			defer s.Close()
			if got := status(s.Put(t.Context(), "http://a.test/", test.req)); got != 503 {
				t.Errorf("status %d", got)
			}
			if len(bodies) != test.want || bodies[0] == "" || bodies[len(bodies)-1] != bodies[0] {
				t.Errorf("%d bodies", len(bodies))
			}
		})
	}
}

// What middleware within does to a request is done once to each attempt.
func TestRetryGivesEachAttemptARequestOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		add := func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				req.Header.Add("X-Signature", "1")
				req.URL += "x"
				return next(ctx, req)
			}
		}
		s, st := play(t, append(retry(), add), step{status: 503}, ok)
		status(s.Get(t.Context(), "http://a.test/"))
		for _, c := range st.calls {
			if c.req.URL != "http://a.test/x" || len(c.req.Header["X-Signature"]) != 1 {
				t.Errorf("sent %s %v", c.req.URL, c.req.Header)
			}
		}
	})
}

// An outage is not multiplied: when the budget is used up, each request is sent
// once, until successes have filled it again.
func TestRetryHasABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, retry(middleware.RetryOptions{Budget: 3, Refill: 0.5}), step{status: 503})
		calls := func() int {
			before := len(st.calls)
			status(s.Get(t.Context(), "http://a.test/"))
			return len(st.calls) - before
		}
		if a, b, c := calls(), calls(), calls(); a != 3 || b != 2 || c != 1 {
			t.Errorf("during the outage: %d, %d, %d attempts", a, b, c)
		}
		st.steps = []step{ok}
		calls()
		calls()
		st.steps = []step{{status: 503}}
		if a, b := calls(), calls(); a != 2 || b != 1 {
			t.Errorf("after two successes: %d, %d attempts", a, b)
		}
	})
}

// What needs a retry each time earns none.
func TestRetryBudgetIsFilledBySuccessesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, retry(middleware.RetryOptions{Budget: 2, Refill: 1}))
		for i, want := range []int{200, 200, 503} {
			st.calls, st.steps = nil, []step{{status: 503}, ok}
			if got := status(s.Get(t.Context(), "http://a.test/")); got != want {
				t.Errorf("request %d: status %d", i, got)
			}
		}
	})
}

func TestRetryBudgetCanBeTurnedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, st := play(t, retry(middleware.RetryOptions{Budget: -1}), step{status: 503})
		for range 200 {
			status(s.Get(t.Context(), "http://a.test/"))
		}
		if len(st.calls) != 600 {
			t.Errorf("%d calls", len(st.calls))
		}
	})
}
