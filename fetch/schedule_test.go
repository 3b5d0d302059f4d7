package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
)

// A stub answers requests without a network, in fake time.
type stub struct {
	took   time.Duration // for each answer
	answer func(it fetch.Item, attempt int) (int, string, error)

	mu       sync.Mutex
	start    time.Time
	active   map[string]int
	most     map[string]int // in flight at one time, by host; "" for all
	begun    map[string][]time.Duration
	finished time.Duration
}

func (s *stub) send(_ context.Context, it fetch.Item, attempt int) (int, string, error) {
	u, err := url.Parse(it.URL)
	if err != nil {
		return 0, "", err
	}
	s.mu.Lock()
	for _, host := range []string{u.Host, ""} {
		s.active[host]++
		s.most[host] = max(s.most[host], s.active[host])
	}
	s.begun[u.Host] = append(s.begun[u.Host], time.Since(s.start))
	s.mu.Unlock()
	time.Sleep(s.took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active[u.Host]--
	s.active[""]--
	s.finished = time.Since(s.start)
	if s.answer == nil {
		return 200, "", nil
	}
	return s.answer(it, attempt)
}

// simulate runs a job against s. HEAD requests make no files.
func simulate(t *testing.T, s *stub, o fetch.Options, items iter.Seq2[fetch.Item, error]) fetch.Summary {
	t.Helper()
	o.Dir = t.TempDir()
	j, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.start = time.Now()
	s.active, s.most, s.begun = make(map[string]int), make(map[string]int), make(map[string][]time.Duration)
	j.OnSend(s.send)
	sum, err := j.Run(t.Context(), items)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// heads yields HEAD requests for a pattern.
func heads(patterns ...string) iter.Seq2[fetch.Item, error] {
	return func(yield func(fetch.Item, error) bool) {
		for it, err := range fetch.Args(patterns...) {
			it.Method = http.MethodHead
			if !yield(it, err) {
				return
			}
		}
	}
}

func TestPerHostLimitIsNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: time.Second}
		sum := simulate(t, s, fetch.Options{Concurrency: 20, PerHost: 3}, heads("http://{a,b,c}/{1..100}"))
		if sum.Fetched != 300 {
			t.Errorf("got %v", &sum)
		}
		want := map[string]int{"a": 3, "b": 3, "c": 3, "": 9}
		if diff := cmp.Diff(want, s.most); diff != "" {
			t.Errorf("in flight (-want +got):\n%s", diff)
		}
		if want := 34 * time.Second; s.finished != want {
			t.Errorf("took %v, want %v", s.finished, want)
		}
	})
}

func TestConcurrencyIsUsedAndNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: time.Second}
		simulate(t, s, fetch.Options{Concurrency: 10}, heads("http://h{1..50}/{1..4}"))
		if s.most[""] != 10 || s.finished != 20*time.Second {
			t.Errorf("%d in flight, took %v; want 10, 20s", s.most[""], s.finished)
		}
	})
}

func TestSlowHostHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, err := fetch.New(fetch.Options{Dir: t.TempDir(), Concurrency: 16, PerHost: 4})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var fast atomic.Int64 // when its last request began
		j.OnSend(func(_ context.Context, it fetch.Item, _ int) (int, string, error) {
			if strings.HasPrefix(it.URL, "http://slow/") {
				time.Sleep(time.Hour)
			} else {
				fast.Store(int64(time.Since(start)))
			}
			return 200, "", nil
		})
		// The slow host stands first in the list, a thousand times.
		if _, err := j.Run(t.Context(), heads("http://slow/{1..1000}", "http://fast/{1..1000}")); err != nil {
			t.Fatal(err)
		}
		if fast.Load() != 0 {
			t.Errorf("the fast host was done after %v", time.Duration(fast.Load()))
		}
	})
}

func TestRateSpacesRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: 10 * time.Millisecond}
		simulate(t, s, fetch.Options{Rate: 10}, heads("http://{a,b}/{1..10}"))
		if want := 1900*time.Millisecond + s.took; s.finished != want {
			t.Errorf("20 requests at 10/s took %v, want %v", s.finished, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: 10 * time.Millisecond}
		simulate(t, s, fetch.Options{RatePerHost: 10}, heads("http://{a,b}/{1..10}"))
		for host, begun := range s.begun {
			slices.Sort(begun)
			for i, at := range begun {
				if want := time.Duration(i) * 100 * time.Millisecond; at != want {
					t.Errorf("%s: request %d began after %v, want %v", host, i, at, want)
				}
			}
		}
	})
}

func TestRetryAfterPausesHostForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: time.Second}
		s.answer = func(it fetch.Item, attempt int) (int, string, error) {
			if it.URL == "http://a/1" && attempt == 1 {
				return 429, "30", nil
			}
			return 200, "", nil
		}
		sum := simulate(t, s, fetch.Options{PerHost: 1}, heads("http://{a,b}/{1..3}"))
		if sum.Fetched != 6 || sum.Requests != 7 {
			t.Errorf("got %v", &sum)
		}
		sec := time.Second
		want := map[string][]time.Duration{
			"a": {0, 31 * sec, 32 * sec, 33 * sec},
			"b": {0, 1 * sec, 2 * sec},
		}
		if diff := cmp.Diff(want, s.begun); diff != "" {
			t.Errorf("requests began (-want +got):\n%s", diff)
		}
	})
}

func TestRetryAfterTakesADate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{}
		s.answer = func(_ fetch.Item, attempt int) (int, string, error) {
			if attempt == 1 {
				return 503, time.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat), nil
			}
			return 200, "", nil
		}
		if sum := simulate(t, s, fetch.Options{}, heads("http://a/1")); sum.Fetched != 1 || s.finished != 40*time.Second {
			t.Errorf("%v after %v, want 40s", &sum, s.finished)
		}
	})
}

func TestSnapshotNamesRestingHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, err := fetch.New(fetch.Options{Dir: t.TempDir(), PerHost: 1})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		j.OnSend(func(_ context.Context, it fetch.Item, attempt int) (int, string, error) {
			if attempt == 1 && strings.HasSuffix(it.URL, "/1") {
				return 429, "60", nil
			}
			return 200, "", nil
		})
		go func() {
			time.Sleep(time.Second)
			want := []fetch.RestingHost{{Host: "http://a", Until: start.Add(time.Minute), Queued: 2}}
			snap := j.Snapshot()
			if diff := cmp.Diff(want, snap.Resting); diff != "" || snap.Queued != 3 || snap.Hosts != 1 {
				t.Errorf("snapshot %+v (-want +got):\n%s", snap, diff)
			}
		}()
		if _, err := j.Run(t.Context(), heads("http://a/{1..3}", "http://b/{2..3}")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRetryAfterIsCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{}
		s.answer = func(fetch.Item, int) (int, string, error) { return 503, "86400", nil }
		sum := simulate(t, s, fetch.Options{MaxBackoff: time.Minute, Retries: 2}, heads("http://a/1"))
		if sum.Failed != 1 || sum.Requests != 3 || s.finished != 2*time.Minute {
			t.Errorf("%v after %v, want 3 requests in 2m", &sum, s.finished)
		}
	})
}

func TestBackoffStaysWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{answer: func(fetch.Item, int) (int, string, error) { return 500, "", nil }}
		simulate(t, s, fetch.Options{Retries: 20, Backoff: time.Second, MaxBackoff: 10 * time.Second}, heads("http://a/1"))
		limit, waited := time.Second, false
		for i := 1; i < len(s.begun["a"]); i++ {
			wait := s.begun["a"][i] - s.begun["a"][i-1]
			if wait > limit {
				t.Errorf("retry %d after %v, more than %v", i, wait, limit)
			}
			waited = waited || wait > 5*time.Second
			limit = min(2*limit, 10*time.Second)
		}
		if len(s.begun["a"]) != 21 || !waited {
			t.Errorf("requests began at %v", s.begun["a"])
		}
	})
}

func TestRetryOnlyWhatMayPass(t *testing.T) {
	// aio-libs/aiohttp#3133: retries are left to everybody to write.
	refused := &connector.Error{Phase: connector.PhaseConnect, Err: syscall.ECONNREFUSED}
	sent := &connector.Error{Phase: connector.PhaseHead, Sent: true, Err: syscall.ECONNRESET}
	unknown := &connector.Error{Phase: connector.PhaseDNS, Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	invalid := &connector.Error{Phase: connector.PhasePrepare, Err: errors.New("bad header")}
	through := func(status int) error {
		return &connector.Error{Phase: connector.PhaseProxy, Err: &connector.ProxyError{Status: status}}
	}
	tests := []struct {
		method string
		status int
		after  string
		err    error
		want   int64
	}{
		{status: 404, want: 1}, {status: 403, want: 1}, {status: 501, want: 1}, {status: 304, want: 1},
		{status: 408, want: 4}, {status: 429, want: 4}, {status: 500, want: 4}, {status: 502, want: 4},
		{status: 503, want: 4}, {status: 504, want: 4},
		{method: "POST", status: 500, want: 1}, {method: "POST", status: 503, want: 1},
		{method: "POST", status: 503, after: "1", want: 4}, {method: "POST", status: 429, want: 4},
		{err: refused, want: 4}, {err: sent, want: 4}, {err: unknown, want: 1}, {err: invalid, want: 1},
		{method: "POST", err: refused, want: 4}, {method: "POST", err: sent, want: 1},
		{err: &fetch.StatusError{Status: 200}, want: 1},
		{err: through(407), want: 1}, {err: through(403), want: 1}, {err: through(502), want: 4}, {method: "POST", err: through(502), want: 4},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.method, tt.status, tt.after, tt.err), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stub{answer: func(fetch.Item, int) (int, string, error) {
					err := tt.err
					if tt.status != 0 {
						err = &fetch.StatusError{Status: tt.status}
					}
					return tt.status, tt.after, err
				}}
				items := func(yield func(fetch.Item, error) bool) {
					yield(fetch.Item{URL: "http://a/", Method: tt.method}, nil)
				}
				if sum := simulate(t, s, fetch.Options{}, items); sum.Requests != tt.want {
					t.Errorf("%d requests, want %d", sum.Requests, tt.want)
				}
			})
		})
	}
}

// A host that never answers costs its own items a bounded time, and the others
// none.
func TestHostThatNeverAnswersIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{took: 10 * time.Second}
		timeout := &connector.Error{Phase: connector.PhaseConnect, Limit: "connect timeout of 10s", Err: os.ErrDeadlineExceeded}
		s.answer = func(fetch.Item, int) (int, string, error) { return 0, "", timeout }
		sum := simulate(t, s, fetch.Options{}, heads("http://dead/{1..10000}"))
		if sum.Failed != 10000 || s.finished > 2*time.Minute {
			t.Errorf("%d failed after %v", sum.Failed, s.finished)
		}
		causes := make(map[string]bool)
		for _, c := range sum.Causes {
			causes[c.Cause] = true
		}
		want := map[string]bool{"host is down: connect: connect timeout of 10s": true}
		delete(causes, "connect: connect timeout of 10s")
		if diff := cmp.Diff(want, causes); diff != "" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
	})
}

func TestHostThatComesBackIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stub{}
		refused := &connector.Error{Phase: connector.PhaseConnect, Err: syscall.ECONNREFUSED}
		s.answer = func(fetch.Item, int) (int, string, error) {
			if time.Since(s.start) < time.Second/2 {
				return 0, "", refused
			}
			return 200, "", nil
		}
		sum := simulate(t, s, fetch.Options{Retries: 10}, heads("http://a/{1..10000}"))
		if sum.Fetched != 10000 {
			t.Errorf("got %v", &sum)
		}
	})
}

// The memory of a job does not depend on the length of its list.
func TestLongListTakesConstantMemory(t *testing.T) {
	total := 1_000_000
	if testing.Short() {
		total = 100_000
	}
	j, err := fetch.New(fetch.Options{Dir: t.TempDir(), Concurrency: 8, PerHost: 2})
	if err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	var first, most uint64
	j.OnSend(func(context.Context, fetch.Item, int) (int, string, error) {
		if n := sent.Add(1); n%int64(total/10) == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			if first == 0 {
				first = m.HeapAlloc
			}
			most = max(most, m.HeapAlloc)
		}
		return 200, "", nil
	})
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer pw.Close()
		var b []byte
		for i := range total {
			b = fmt.Appendf(b[:0], `{"method":"HEAD","url":"http://host%d/%d"}`+"\n", i%3000, i)
			if _, err := pw.Write(b); err != nil {
				return
			}
		}
	}()
	sum, err := j.Run(t.Context(), fetch.Lines(pr))
	pr.Close()
	if err != nil || sum.Fetched != int64(total) {
		t.Fatalf("Run: %v, %v", &sum, err)
	}
	// Other goroutines leave garbage while the heap is looked at, some MiB of
	// it. Growth of 24 bytes an item would be 21 MiB.
	if most > first+10<<20 {
		t.Errorf("the heap grew from %d to %d bytes", first, most)
	}
}

// The connections of hosts that wait for their turn rest and are used again.
func TestRunKeepsConnectionsOfHostsThatTakeTurns(t *testing.T) {
	const hosts, each = 20, 10
	var opened atomic.Int64
	var list []string
	for range hosts {
		s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.Start()
		defer s.Close()
		list = append(list, s.URL)
	}
	var items []string
	for n := range each {
		for _, u := range list {
			items = append(items, fmt.Sprintf("%s/%d", u, n))
		}
	}
	sum, _ := run(t, fetch.Options{Dir: t.TempDir(), Concurrency: 4, PerHost: 1}, urls(items...))
	if got := opened.Load(); sum.Fetched != hosts*each || got != hosts {
		t.Errorf("%d connections to %d hosts; %v", got, hosts, &sum)
	}
}
