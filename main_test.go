package aiohttp_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// TestMain runs the tests without the proxies of whoever runs them.
func TestMain(m *testing.M) {
	for _, name := range proxyVariables {
		os.Unsetenv(name)
	}
	testnet.Main(m)
}

// site gives a session for which every host is the handler, in this process.
func site(t testing.TB, handler http.HandlerFunc, opts ...aiohttp.Options) *aiohttp.Session {
	t.Helper()
	var o aiohttp.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	c := connector.New(connector.Options{Handler: handler})
	o.Connector = c
	session := aiohttp.NewSession(o)
	t.Cleanup(func() {
		session.Close()
		c.Close()
	})
	return session
}

// wantAtRest waits until the rests of all bodies have come, or are not waited for any
// more, and every connection is at rest.
func wantAtRest(t testing.TB, s *aiohttp.Session) {
	t.Helper()
	stats := s.Connector().Stats()
	for tries := 0; stats.Open != stats.Idle && tries < 10_000; tries++ {
		time.Sleep(time.Millisecond)
		stats = s.Connector().Stats()
	}
	if stats.Open != stats.Idle {
		t.Errorf("connections kept: %+v", stats)
	}
}

// network gives a session on a network in memory, for tests that are the peer.
func network(t testing.TB, opts ...aiohttp.Options) (*aiohttp.Session, *testnet.Network) {
	t.Helper()
	var o aiohttp.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	n := testnet.New()
	c := connector.New(connector.Options{DialContext: n.DialContext})
	o.Connector = c
	session := aiohttp.NewSession(o)
	t.Cleanup(func() {
		session.Close()
		c.Close()
	})
	return session, n
}

// peer serves each connection to addr by a function, and closes it then.
func peer(t testing.TB, n *testnet.Network, addr string, serve func(net.Conn)) {
	t.Helper()
	ln, err := n.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go testnet.Serve(ln, serve)
}

// seen is what a handler was asked.
type seen struct {
	Method, URL, Host, Body string
	Header                  http.Header
	ContentLength           int64
	Chunked                 bool
}

// recorder is a handler that keeps what it was asked, and answers by reply or,
// when that is nil, with 200.
type recorder struct {
	reply http.HandlerFunc
	mu    sync.Mutex
	all   []seen
}

func (rec *recorder) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rec.mu.Lock()
	rec.all = append(rec.all, seen{
		Method: r.Method, URL: r.RequestURI, Host: r.Host, Body: string(body), Header: r.Header,
		ContentLength: r.ContentLength, Chunked: len(r.TransferEncoding) > 0,
	})
	rec.mu.Unlock()
	if rec.reply != nil {
		rec.reply(w, r)
	}
}

// last gives the last request, and how many there were.
func (rec *recorder) last(t testing.TB) (seen, int) {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.all) == 0 {
		t.Fatal("no request arrived")
	}
	return rec.all[len(rec.all)-1], len(rec.all)
}

// read reads a response to its end.
func read(t testing.TB, resp *aiohttp.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	content, err := resp.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// wantError checks that an error's text contains all of the parts, and is one
// line.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := err.Error()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("error %q, want %q in it", text, part)
		}
	}
	if strings.ContainsAny(text, "\r\n") {
		t.Errorf("error of several lines: %q", text)
	}
}
