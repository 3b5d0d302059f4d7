package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/connector"
)

// mint makes tokens, each by a number of its own.
type mint struct {
	life time.Duration // 0 means for ever
	took time.Duration
	err  error

	mu    sync.Mutex
	calls int
}

func (m *mint) fetch(ctx context.Context) (auth.Token, error) {
	m.mu.Lock()
	m.calls++
	n, err := m.calls, m.err
	m.mu.Unlock()
	if m.took > 0 {
		select {
		case <-time.After(m.took):
		case <-ctx.Done():
			return auth.Token{}, ctx.Err()
		}
	}
	token := auth.Token{Value: fmt.Sprintf("t%d", n)}
	if m.life > 0 {
		token.Expires = time.Now().Add(m.life)
	}
	return token, err
}

func source(t *testing.T, m *mint, opts ...auth.TokenOptions) *auth.TokenSource {
	s := auth.NewTokenSource(m.fetch, opts...)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestTokenSourceFetchesOnceForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{took: time.Second}
		s := source(t, m)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if token, err := s.Token(t.Context()); err != nil || token.Value != "t1" {
					t.Errorf("%v, %v", token, err)
				}
			})
		}
		all.Wait()
		if m.calls != 1 {
			t.Errorf("fetched %d times", m.calls)
		}
	})
}

// Who leaves ends his own wait, also when he was the first.
func TestTokenSourceGoesOnWithoutWhoLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{took: time.Second}
		s := source(t, m)
		ctx, cancel := context.WithCancelCause(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { _, err := s.Token(ctx); first <- err }()
		synctest.Wait()
		go func() { _, err := s.Token(t.Context()); second <- err }()
		synctest.Wait()
		cancel(errors.New("no patience"))
		err := <-first
		wantText(t, err, "fetching a token: context canceled: no patience")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if err := <-second; err != nil || m.calls != 1 {
			t.Errorf("the other: %v after %d fetches", err, m.calls)
		}
	})
}

// Another token is fetched before the old one ends, while that one is in use.
func TestTokenSourceRenewsEarly(t *testing.T) {
	for _, test := range []struct {
		name        string
		life, early time.Duration
		at          time.Duration // when it is asked
		now, soon   string        // what it gives, and a while later
		wait        time.Duration // how long it took
	}{
		{"fresh", time.Hour, 0, time.Hour - 31*time.Second, "t1", "t1", 0},
		{"early", time.Hour, 0, time.Hour - 30*time.Second, "t1", "t2", 0},
		{"ended", time.Hour, 0, time.Hour, "t2", "t2", time.Second},
		{"own", time.Hour, time.Minute, time.Hour - time.Minute, "t1", "t2", 0},
		{"to-the-end", time.Hour, -1, time.Hour - time.Nanosecond, "t1", "t1", 0},
		{"short-life", 20 * time.Second, 0, 9 * time.Second, "t1", "t1", 0},
		{"short-life-half", 20 * time.Second, 0, 10 * time.Second, "t1", "t2", 0},
		{"for-ever", 0, 0, 1e6 * time.Hour, "t1", "t1", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &mint{life: test.life}
				s := source(t, m, auth.TokenOptions{Early: test.early})
				s.Token(t.Context())
				m.took = time.Second
				time.Sleep(test.at)
				start := time.Now()
				token, err := s.Token(t.Context())
				if took := time.Since(start); err != nil || token.Value != test.now || took != test.wait {
					t.Errorf("%q, %v after %v", token.Value, err, took)
				}
				if test.life > 0 && test.early >= 0 {
					time.Sleep(time.Second + 1)
				}
				synctest.Wait()
				if token, err := s.Token(t.Context()); err != nil || token.Value != test.soon {
					t.Errorf("later: %q, %v", token.Value, err)
				}
			})
		})
	}
}

// A failure to renew early is nobody's business, but not repeated at once.
func TestTokenSourceOutlivesAFailedRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: time.Hour}
		s := source(t, m)
		s.Token(t.Context())
		m.err = errors.New("out of order")
		time.Sleep(time.Hour - 30*time.Second)
		for range 100 {
			if token, err := s.Token(t.Context()); err != nil || token.Value != "t1" {
				t.Fatalf("%v, %v", token, err)
			}
			synctest.Wait()
		}
		if m.calls > 3 { // a wait that is random can be none
			t.Errorf("fetched %d times", m.calls)
		}
		time.Sleep(30 * time.Second)
		_, err := s.Token(t.Context())
		wantText(t, err, "fetching a token: out of order")
		if e, ok := errors.AsType[*auth.TokenError](err); !ok || e.Err != m.err {
			t.Errorf("error %#v", err)
		}
	})
}

func TestTokenSourceBoundsAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := source(t, &mint{took: time.Hour})
		start := time.Now()
		_, err := s.Token(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestTokenSourceCloseEndsAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{took: time.Hour}
		s := source(t, m)
		failed := make(chan error, 1)
		go func() { _, err := s.Token(t.Context()); failed <- err }()
		synctest.Wait()
		s.Close()
		s.Close()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		_, err := s.Token(t.Context())
		wantText(t, err, "token source is closed")
	})
}

// Only the token that is there can be invalidated.
func TestTokenSourceInvalidatesWhatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := source(t, &mint{})
		for _, test := range []struct{ invalid, want string }{{"", "t1"}, {"t0", "t1"}, {"t1", "t2"}, {"t1", "t2"}} {
			time.Sleep(time.Minute)
			s.Invalidate(test.invalid)
			if token, err := s.Token(t.Context()); err != nil || token.Value != test.want {
				t.Errorf("without %q: %q, %v", test.invalid, token.Value, err)
			}
		}
	})
}

func TestTokenIsNotShown(t *testing.T) {
	token := auth.Token{Value: "hunter2", Expires: time.Unix(0, 0).UTC()}
	s := source(t, &mint{})
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", token)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", token, token, token, &token), fmt.Sprintf("%v %+v %#v", s, s, s), log.String()} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "t1") {
			t.Errorf("shown: %s", text)
		}
	}
	if got := token.String(); got != "Bearer xxxxx until 1970-01-01T00:00:00Z" {
		t.Errorf("got %s", got)
	}
}

func TestTokenSourceRefusesWhatCannotBeSent(t *testing.T) {
	for _, token := range []auth.Token{{}, {Value: "hunter2\n"}, {Value: "x", Scheme: "hunter2 x"}} {
		s := auth.NewTokenSource(func(context.Context) (auth.Token, error) { return token, nil })
		_, err := s.Token(t.Context())
		wantText(t, err, "token that is empty")
	}
}

// A refused token is renewed once, however many requests have been refused.
func TestTokenIsRenewedWhenItIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		src := source(t, m)
		good := "Bearer t1"
		var mu sync.Mutex
		s, st := session(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if body, _ := io.ReadAll(r.Body); r.Header.Get("Authorization") != good || string(body) != "body" {
				refuse(w, `Bearer error="invalid_token"`)
			}
		}, src.Middleware)
		post := func() int {
			resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "body"})
			return status(t, resp, err)
		}
		if got := post(); got != 200 || len(st.log) != 1 {
			t.Errorf("status %d after %d requests", got, len(st.log))
		}
		time.Sleep(time.Minute)
		mu.Lock()
		good = "Bearer t2"
		mu.Unlock()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if got := post(); got != 200 {
					t.Errorf("status %d", got)
				}
			})
		}
		all.Wait()
		if m.calls != 2 {
			t.Errorf("fetched %d times", m.calls)
		}
	})
}

// What is refused again and again is returned, and does not wear out the mint.
func TestTokenThatIsRefusedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{}
		src := source(t, m)
		s, st := session(t, func(w http.ResponseWriter, r *http.Request) { refuse(w) }, src.Middleware)
		get := func() int {
			resp, err := s.Get(t.Context(), "http://a.test/")
			return status(t, resp, err)
		}
		if got := get(); got != 401 || len(st.log) != 1 || m.calls != 1 {
			t.Errorf("young: status %d, %d requests, %d tokens", got, len(st.log), m.calls)
		}
		time.Sleep(5 * time.Second)
		if got := get(); got != 401 || len(st.log) != 3 || m.calls != 2 {
			t.Errorf("old: status %d, %d requests, %d tokens", got, len(st.log), m.calls)
		}
	})
}

func TestTokenMiddleware(t *testing.T) {
	for _, test := range []struct {
		name string
		m    *mint
		opts auth.TokenOptions
		req  aiohttp.Request
		want []string
		err  string
	}{
		{"origin", &mint{}, auth.TokenOptions{}, aiohttp.Request{URL: "http://a.test/?to=http://b.test/"}, []string{"GET http://a.test/?to=http://b.test/ Bearer t1", "GET http://b.test/"}, ""},
		{"not-listed", &mint{}, auth.TokenOptions{Origins: []string{"http://b.test"}}, aiohttp.Request{URL: "http://a.test/"}, []string{"GET http://a.test/"}, ""},
		{"failure", &mint{err: errors.New("out of order")}, auth.TokenOptions{}, aiohttp.Request{URL: "http://a.test/"}, nil, `get "http://a.test/": fetching a token: out of order`},
		{"total", &mint{took: time.Minute}, auth.TokenOptions{Timeout: -1}, aiohttp.Request{URL: "http://a.test/", Timeouts: connector.Timeouts{Total: time.Second}}, nil, "total timeout exceeded"},
		{"options", &mint{}, auth.TokenOptions{Origins: []string{"?"}}, aiohttp.Request{URL: "http://a.test/"}, nil, "invalid origin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := source(t, test.m, test.opts)
				s, st := session(t, nil, src.Middleware)
				resp, err := s.Do(t.Context(), test.req)
				if test.err != "" {
					wantText(t, err, test.err)
				} else {
					status(t, resp, err)
				}
				if !slices.Equal(st.log, test.want) {
					t.Errorf("sent %q", st.log)
				}
			})
		})
	}
}

// The requests that fetch a token may go through the session that needs it.
func TestTokenIsFetchedThroughTheSameSession(t *testing.T) {
	var s *aiohttp.Session
	src := auth.NewTokenSource(func(ctx context.Context) (auth.Token, error) {
		resp, err := s.Post(ctx, "http://a.test/token")
		if err != nil {
			return auth.Token{}, err
		}
		value, err := resp.Text()
		return auth.Token{Value: value}, err
	})
	defer src.Close()
	s, st := session(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "secret") }, src.Middleware)
	resp, err := s.Get(t.Context(), "http://a.test/")
	status(t, resp, err)
	if want := []string{"POST http://a.test/token", "GET http://a.test/ Bearer secret"}; !slices.Equal(st.log, want) {
		t.Errorf("sent %q", st.log)
	}
	var recursive *auth.TokenSource
	recursive = auth.NewTokenSource(func(ctx context.Context) (auth.Token, error) { return recursive.Token(ctx) })
	defer recursive.Close()
	_, err = recursive.Token(t.Context())
	wantText(t, err, "function that fetches a token asks for it")
}
