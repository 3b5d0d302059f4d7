package aiohttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// observe gives a middleware that shows each response before it is passed on.
func observe(f func(*aiohttp.Request, *aiohttp.Response)) aiohttp.Middleware {
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			resp, err := next(ctx, req)
			if err == nil {
				f(req, resp)
			}
			return resp, err
		}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// The end of a response is told once: as soon as its connection is free, or it
// was closed, whatever reads it.
func TestResponseTellsWhenItsBodyIsOver(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n"
	bytesOf := func(r *aiohttp.Response) { r.Bytes() }
	for _, test := range []struct {
		name, method, answer, more string
		atOnce                     bool
		end                        func(*aiohttp.Response)
	}{
		{"short", "GET", head + "Content-Length: 2\r\n\r\nhi", "", true, nil},
		{"none", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "", true, nil},
		{"head", "HEAD", head + "Content-Length: 2\r\n\r\n", "", true, nil},
		{"upgrade", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "", true, nil},
		{"read", "GET", head + "Content-Length: 4\r\n\r\nhi", "ho", false, func(r *aiohttp.Response) { io.ReadAll(r) }},
		{"read-coded", "GET", head + "Content-Encoding: gzip\r\n\r\n", zipped("hi"), false, func(r *aiohttp.Response) { io.ReadAll(r) }},
		{"bytes", "GET", head + "Content-Length: 4\r\n\r\nhi", "ho", false, bytesOf},
		{"chunked", "GET", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", "0\r\n\r\n", false, bytesOf},
		{"coded", "GET", head + "Content-Encoding: gzip\r\n\r\n", zipped("hi"), false, bytesOf},
		{"copied", "GET", head + "Content-Length: 4\r\n\r\nhi", "ho", false, func(r *aiohttp.Response) { r.WriteTo(io.Discard) }},
		{"of-net-http", "GET", head + "Content-Length: 4\r\n\r\nhi", "ho", false, func(r *aiohttp.Response) { io.ReadAll(r.HTTP().Body) }},
		{"closed", "GET", head + "Content-Length: 4\r\n\r\nhi", "", false, func(r *aiohttp.Response) { r.Close() }},
		{"cut", "GET", head + "Content-Length: 5\r\n\r\nhi", "ho", false, bytesOf},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log []string
			s, n := network(t, aiohttp.Options{Middleware: []aiohttp.Middleware{observe(func(_ *aiohttp.Request, r *aiohttp.Response) {
				r.AfterBody(func() { log = append(log, "inner") })
				r.AfterBody(func() { log = append(log, "outer") })
			})}})
			ln, err := n.Listen("a.test:80")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			type result struct {
				resp *aiohttp.Response
				err  error
			}
			out := make(chan result)
			go func() {
				resp, err := s.Do(t.Context(), aiohttp.Request{Method: test.method, URL: "http://a.test/", Header: http.Header{"Upgrade": {"x"}, "Connection": {"upgrade"}}})
				out <- result{resp, err}
			}()
			peer := testnet.Accept(t, ln)
			peer.WantHead()
			peer.Write(test.answer)
			got := <-out
			if got.err != nil {
				t.Fatal(got.err)
			}
			if test.atOnce != (len(log) == 2) {
				t.Errorf("when the head is there: %q", log)
			}
			peer.Write(test.more)
			peer.CloseWrite()
			if test.end != nil {
				test.end(got.resp)
			}
			if len(log) != 2 {
				t.Errorf("at the end of the body: %q", log)
			}
			got.resp.Close()
			if !slices.Equal(log, []string{"inner", "outer"}) {
				t.Errorf("told %q", log)
			}
			got.resp.AfterBody(func() { log = nil })
			if log != nil {
				t.Error("not told what is over already")
			}
		})
	}
}

func TestResponseOfAMiddlewareTellsWhenItsBodyIsOver(t *testing.T) {
	over := false
	s := through(t, nil, func(_ context.Context, req *aiohttp.Request, _ aiohttp.Handler) (*aiohttp.Response, error) {
		resp, err := aiohttp.FromHTTP(req, &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("hi"))})
		if err == nil {
			resp.AfterBody(func() { over = true })
		}
		return resp, err
	})
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err == nil && over {
		t.Error("over before it was read")
	}
	if text := read(t, resp, err); text != "hi" || !over {
		t.Errorf("%q, over: %v", text, over)
	}
}

func TestRequestTakesCredentialsAtItsOriginOnly(t *testing.T) {
	for _, test := range []struct{ name, base, url, want string }{
		{"plain", "", "http://a.test/end", "a.test true"},
		{"there-and-back", "", "http://a.test/to-b", "a.test true, b.test false, a.test false"},
		{"base", "http://b.test", "http://b.test/end", "b.test true"},
		{"not-the-base", "http://b.test", "http://a.test/end", "a.test false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var saw []string
			s := site(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/to-b":
					http.Redirect(w, r, "http://b.test/to-a", http.StatusFound)
				case "/to-a":
					http.Redirect(w, r, "http://a.test/end", http.StatusFound)
				}
			}, aiohttp.Options{BaseURL: test.base, Middleware: []aiohttp.Middleware{observe(func(req *aiohttp.Request, resp *aiohttp.Response) {
				saw = append(saw, resp.URL().Host+map[bool]string{true: " true", false: " false"}[req.TakesCredentials()])
			})}})
			resp, err := s.Get(t.Context(), test.url)
			read(t, resp, err)
			if got := strings.Join(saw, ", "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if !(&aiohttp.Request{}).TakesCredentials() {
		t.Error("a request that is not under way takes none")
	}
}

func TestRequestTellsWhetherItCanBeSentAgain(t *testing.T) {
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		want bool
	}{
		{"none", aiohttp.Request{}, true},
		{"memory", aiohttp.Request{Text: "x"}, true},
		{"seekable", aiohttp.Request{Body: strings.NewReader(strings.Repeat("x", 100_000))}, true},
		{"stream", aiohttp.Request{Body: io.MultiReader(strings.NewReader("x"))}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := site(t, rec.serve, aiohttp.Options{Middleware: []aiohttp.Middleware{observe(func(req *aiohttp.Request, _ *aiohttp.Response) {
				if got := req.Resendable(); got != test.want {
					t.Errorf("got %v", got)
				}
			})}})
			resp, err := s.Post(t.Context(), "http://a.test/", test.req)
			read(t, resp, err)
		})
	}
}

func TestRequestTellsThePolicyThatApplies(t *testing.T) {
	own, sessions := new(trust.Policy), new(trust.Policy)
	var saw *trust.Policy
	show := observe(func(req *aiohttp.Request, _ *aiohttp.Response) { saw = req.TLS })
	for _, test := range []struct {
		name                string
		conn, session, want *trust.Policy
		req                 *trust.Policy
	}{
		{"default", nil, nil, nil, nil},
		{"connector", own, nil, own, nil},
		{"session", own, sessions, sessions, nil},
		{"request", sessions, sessions, own, own},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := connector.New(connector.Options{TLS: test.conn, Handler: http.NotFoundHandler()})
			defer c.Close()
			s := aiohttp.NewSession(aiohttp.Options{Connector: c, TLS: test.session, Middleware: []aiohttp.Middleware{show}})
			defer s.Close()
			resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{TLS: test.req})
			read(t, resp, err)
			if saw != test.want {
				t.Errorf("got %p, want %p", saw, test.want)
			}
		})
	}
}

func TestSessionCloseWaitsForWhatMiddlewareStarted(t *testing.T) {
	release, ended := make(chan struct{}), false
	var last *aiohttp.Request
	s := site(t, func(http.ResponseWriter, *http.Request) {}, aiohttp.Options{Middleware: []aiohttp.Middleware{observe(func(req *aiohttp.Request, _ *aiohttp.Response) {
		last = req
		req.Go(func() { <-release; ended = true })
	})}})
	resp, err := s.Get(t.Context(), "http://a.test/")
	read(t, resp, err)
	if ended {
		t.Fatal("not in a goroutine of its own")
	}
	close(release)
	s.Close()
	if !ended {
		t.Error("not waited for")
	}
	late := false
	last.Go(func() { late = true })
	if !late {
		t.Error("not called at once when the session is closed")
	}
}

func TestMaskURLHidesSecrets(t *testing.T) {
	got := aiohttp.MaskURL("https://u:pw@a.test/x?q=1&token=abc")
	if got != "https://u:xxxxx@a.test/x?q=1&token=xxxxx" {
		t.Errorf("got %q", got)
	}
}
