package connector_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// env is a connector, a network, and a host that listens on it, in a bubble of
// synctest.
type env struct {
	t   *testing.T
	net *testnet.Network
	ln  net.Listener
	c   *connector.Connector
}

// inBubble runs f, and checks afterwards that nothing is left behind.
func inBubble(t *testing.T, o connector.Options, f func(e *env)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &env{t: t, net: testnet.New()}
		e.ln = e.listen("example.com:80")
		if o.DialContext == nil && o.Resolver == nil && o.Handler == nil {
			o.DialContext = e.net.DialContext
		}
		e.c = connector.New(o)
		f(e)
		e.c.Close()
		e.ln.Close()
		synctest.Wait()
		if got := e.c.Stats(); got != (connector.Stats{}) {
			t.Errorf("the pool is left with %+v", got)
		}
		if n := e.net.OpenConns(); n != 0 {
			t.Errorf("%d connections are left open", n)
		}
	})
}

func (e *env) listen(addr string) net.Listener {
	e.t.Helper()
	ln, err := e.net.Listen(addr)
	if err != nil {
		e.t.Fatal(err)
	}
	return ln
}

// accept gives a script on the next connection to the host.
func (e *env) accept() *testnet.Script {
	e.t.Helper()
	return testnet.Accept(e.t, e.ln)
}

// seeds gives how many random runs a test makes: n, or what the environment says,
// for longer searches.
func seeds(t *testing.T, n uint64) uint64 {
	t.Helper()
	text := os.Getenv("TEST_SEEDS")
	if text == "" {
		return n
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("TEST_SEEDS: %v", err)
	}
	return n
}

// answer is what came of a request.
type answer struct {
	resp *http.Response
	body string
	err  error
}

// send sends a request in a goroutine, and reads the body to its end.
func (e *env) send(req *http.Request) <-chan answer {
	out := make(chan answer, 1)
	go func() { out <- exchange(e.c, req) }()
	return out
}

func exchange(rt http.RoundTripper, req *http.Request) answer {
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp, string(body), err}
}

func (e *env) get() <-chan answer { return e.send(request(e.t, "GET", "http://example.com/", nil)) }

func request(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// unread hides what a reader is, so that nothing is known of its length.
func unread(r io.Reader) io.Reader { return struct{ io.Reader }{r} }

func (e *env) wantStats(want connector.Stats) {
	e.t.Helper()
	synctest.Wait()
	if got := e.c.Stats(); got != want {
		e.t.Fatalf("pool: got %+v, want %+v", got, want)
	}
}

// want checks an answer.
func want(t testing.TB, a answer, status int, body string) {
	t.Helper()
	if a.err != nil {
		t.Fatalf("got error %v, want status %d", a.err, status)
	}
	if a.resp.StatusCode != status || a.body != body {
		t.Fatalf("got %d %q, want %d %q", a.resp.StatusCode, a.body, status, body)
	}
}

// wantError gives the *Error behind err, which must be of that phase.
func wantError(t testing.TB, err error, phase connector.Phase) *connector.Error {
	t.Helper()
	var e *connector.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want one of phase %v", err, phase)
	}
	if e.Phase != phase {
		t.Fatalf("got error of phase %v, want %v: %v", e.Phase, phase, err)
	}
	if strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("error is not one line: %q", err)
	}
	return e
}

func diff(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

const okHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

// cause is a reason of one's own for ending a context.
var errWhim = errors.New("changed my mind")

// cancelable gives a context that is ended with errWhim.
func cancelable() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	return ctx, func() { cancel(errWhim) }
}
