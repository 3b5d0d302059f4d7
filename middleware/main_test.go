package middleware_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// step is how the other side plays one exchange: it answers, or fails, after a
// while.
type step struct {
	status int
	fields string // "Name: value" by lines
	err    error
	took   time.Duration
	body   io.Reader // of the answer; nil for an empty one
}

// call is an exchange that the other side has seen.
type call struct {
	at      time.Duration // since the beginning
	req     *aiohttp.Request
	attempt int
	body    string
	closed  bool // the answer was
	ended   error
}

// stage plays the other side, in place of a network.
type stage struct {
	steps []step // the last one is played again and again
	start time.Time

	mu    sync.Mutex
	calls []*call
}

// play gives a session with the middleware, on a stage.
func play(t testing.TB, all []aiohttp.Middleware, steps ...step) (*aiohttp.Session, *stage) {
	st := &stage{steps: steps, start: time.Now()}
	s := aiohttp.NewSession(aiohttp.Options{Middleware: append(all[:len(all):len(all)], st.middleware)})
	t.Cleanup(func() { s.Close() })
	return s, st
}

func (st *stage) middleware(aiohttp.Handler) aiohttp.Handler { return st.handle }

func (st *stage) handle(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
	c := &call{at: time.Since(st.start), req: req, attempt: middleware.Attempt(ctx), body: string(req.Bytes)}
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		c.body = string(b)
	}
	st.mu.Lock()
	s := st.steps[min(len(st.calls), len(st.steps)-1)]
	st.calls = append(st.calls, c)
	st.mu.Unlock()
	if s.took > 0 {
		select {
		case <-time.After(s.took):
		case <-ctx.Done():
			c.ended = context.Cause(ctx)
			return nil, failed(connector.PhaseHead, true, ctx.Err())
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	header := http.Header{}
	for line := range strings.Lines(s.fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		header.Add(name, value)
	}
	body := s.body
	if body == nil {
		body = strings.NewReader("")
	}
	return aiohttp.FromHTTP(req, &http.Response{StatusCode: s.status, Header: header, Body: closer{body, func() { c.closed = true }}})
}

// times gives when the calls came.
func (st *stage) times() []time.Duration {
	st.mu.Lock()
	defer st.mu.Unlock()
	var all []time.Duration
	for _, c := range st.calls {
		all = append(all, c.at)
	}
	return all
}

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error { c.close(); return nil }

// failed makes the error of an exchange.
func failed(phase connector.Phase, sent bool, cause error) error {
	return &aiohttp.Error{Phase: phase, Host: "a.test:80", Sent: sent, Err: cause}
}

var (
	refused = failed(connector.PhaseConnect, false, syscall.ECONNREFUSED)
	cut     = failed(connector.PhaseHead, true, io.ErrUnexpectedEOF)
	ok      = step{status: 200}
)

// wantText checks that an error's text has the parts, in one line.
func wantText(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q, want %q in it", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of several lines: %q", err)
	}
}

// status gives the status of an answer, 0 for an error.
func status(resp *aiohttp.Response, err error) int {
	if err != nil {
		return 0
	}
	resp.Close()
	return resp.Status
}

var errOther = errors.New("something else")
