package connector_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// panickingTrace has one hook that panics with its name.
func panickingTrace(hook string) context.Context {
	trace := &httptrace.ClientTrace{}
	switch hook {
	case "got-conn":
		trace.GotConn = func(httptrace.GotConnInfo) { panic(hook) }
	case "interim":
		trace.Got1xxResponse = func(int, textproto.MIMEHeader) error { panic(hook) }
	}
	return httptrace.WithClientTrace(context.Background(), trace)
}

// warm gives the script of a connection that has served a request.
func (e *env) warm() *testnet.Script {
	e.t.Helper()
	out := e.get()
	s := e.accept()
	serve(s)
	want(e.t, <-out, 200, "hello")
	synctest.Wait()
	return s
}

func TestRequestThatClosesTakesARestingConnection(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		s := e.warm()
		req := request(t, "GET", "http://example.com/", nil)
		req.Close = true
		out := e.send(req)
		if head := s.WantHead(); !strings.Contains(head, "\r\nConnection: close\r\n") {
			t.Errorf("got head %q", head)
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		s.WantEOF()
	})
}

func TestRequestIsSentAgainOnAStaleConnection(t *testing.T) {
	// golang/go#22158, #19943: a keep-alive that the server closes at the wrong
	// moment fails a request.
	get := func() *http.Request { return request(t, "GET", "http://example.com/", nil) }
	post := func(body io.Reader) *http.Request { return request(t, "POST", "http://example.com/", body) }
	for _, tt := range []struct {
		name  string
		req   func() *http.Request
		again bool
	}{
		{"get", get, true},
		{"post", func() *http.Request { return post(strings.NewReader("hello")) }, false},
		{"post-with-key", func() *http.Request {
			req := post(strings.NewReader("hello"))
			req.Header.Set("Idempotency-Key", "1")
			return req
		}, true},
		{"post-with-key-that-is-not-sent", func() *http.Request { // net/http's way of saying that it may be repeated
			req := post(strings.NewReader("hello"))
			req.Header["Idempotency-Key"] = []string{}
			return req
		}, true},
		{"put", func() *http.Request {
			req := post(strings.NewReader("hello"))
			req.Method = "PUT"
			return req
		}, true},
		{"put-stream-that-can-be-had-again", func() *http.Request {
			req := post(unread(strings.NewReader("hello")))
			req.Method = "PUT"
			req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("hello")), nil }
			return req
		}, true},
		{"put-stream", func() *http.Request {
			req := post(unread(strings.NewReader("hello")))
			req.Method = "PUT"
			return req
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				s := e.warm()
				out := e.send(tt.req())
				s.WantHead()
				s.Close() // after the request was sent, before a word of the answer
				if !tt.again {
					var err *connector.Error
					if a := <-out; !errors.As(a.err, &err) || !err.Sent || !err.Reused || connector.SafeToRetry(err) {
						t.Errorf("got %+v", a.err)
					}
					return
				}
				s = e.accept()
				s.WantHead()
				s.Write(okHello)
				want(t, <-out, 200, "hello")
			})
		})
	}
}

func TestRetryHappensOnce(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		s := e.warm()
		out := e.get()
		s.WantHead()
		s.Close()
		s = e.accept()
		s.WantHead()
		s.Close()
		err := wantError(t, (<-out).err, connector.PhaseHead)
		if err.Reused || !err.Repeatable || !err.Sent || e.net.Dials() != 2 {
			t.Errorf("got %+v after %d dials", err, e.net.Dials())
		}
	})
}

func TestRetryThatCannotConnectTellsOfNoPeer(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		s := e.warm()
		e.ln.Close()
		out := e.get()
		s.WantHead()
		s.Close()
		if err := wantError(t, (<-out).err, connector.PhaseConnect); err.Addr != "" || err.Reused || !err.Sent {
			t.Errorf("got %+v", err)
		}
	})
}

func TestNoRetryOnceTheAnswerHasBegun(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		s := e.warm()
		out := e.get()
		s.WantHead()
		s.Write("HTTP/1.1 20")
		s.Close()
		wantError(t, (<-out).err, connector.PhaseHead)
		if e.net.Dials() != 1 {
			t.Error("it was sent again")
		}
	})
}

func TestUnaskedAnswerIsNeverTaken(t *testing.T) {
	// unsolicited-response: what a server sends unasked is the answer to nothing.
	const poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
	t.Run("memory", func(t *testing.T) {
		inBubble(t, connector.Options{}, func(e *env) {
			s := e.warm()
			s.Write(poison)
			synctest.Wait()
			out := e.send(request(t, "POST", "http://example.com/", strings.NewReader("x")))
			serve(e.accept())
			want(t, <-out, 200, "hello")
		})
	})
	t.Run("socket", func(t *testing.T) {
		testnet.LeakCheck(t)
		ln := listenTCP(t)
		c := connector.New()
		defer c.Close()
		for _, body := range []io.Reader{nil, bytes.NewReader(make([]byte, 1<<20))} {
			url := "http://" + ln.Addr().String() + "/"
			out := make(chan answer, 1)
			go func() { out <- exchange(c, request(t, "GET", url, nil)) }()
			s := testnet.Accept(t, ln)
			serve(s)
			want(t, <-out, 200, "hello")
			s.Write(poison)
			method := "POST"
			go func() { out <- exchange(c, request(t, method, url, body)) }()
			s.WantReset() // since something was left unread
			s = testnet.Accept(t, ln)
			s.WantHead()
			if body != nil {
				s.WantBytes(1 << 20)
			}
			s.Write(okHello)
			want(t, <-out, 200, "hello")
			c.CloseIdleConnections()
		}
	})
}

func TestStaleSocketIsFoundBeforeThePost(t *testing.T) {
	// aio-libs/aiohttp#850, fasthttp#15, fasthttp#1892, hertz#349: a POST on a
	// connection that the server has closed fails, and must not be repeated.
	testnet.LeakCheck(t)
	ln := listenTCP(t)
	c := connector.New()
	defer c.Close()
	url := "http://" + ln.Addr().String() + "/"
	out := make(chan answer, 1)
	for range 3 {
		go func() { out <- exchange(c, request(t, "POST", url, strings.NewReader("hello"))) }()
		s := testnet.Accept(t, ln)
		s.WantHead()
		s.WantRead("hello")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		s.Close()
	}
}

// A server that closes its half right behind an answer is found out by a request
// that was sent at once, without a look, although the poller has told of the end
// before.
func TestHalfClosedSocketIsFoundByTheNextGet(t *testing.T) {
	testnet.LeakCheck(t)
	ln := listenTCP(t)
	c := connector.New()
	defer c.Close()
	url := "http://" + ln.Addr().String() + "/"
	out := make(chan answer, 1)
	for range 5 {
		go func() { out <- exchange(c, request(t, "GET", url, nil)) }()
		s := testnet.Accept(t, ln)
		s.WantHead()
		s.Write(okHello)
		if err := s.Conn().(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		want(t, <-out, 200, "hello")
	}
}

func TestServerThatSpeaksFirst(t *testing.T) {
	testnet.LeakCheck(t)
	ln := listenTCP(t)
	c := connector.New(connector.Options{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil { // wait until the greeting is there
			raw, _ := conn.(*net.TCPConn).SyscallConn()
			raw.Read(func(uintptr) bool { return spoken(conn) })
		}
		return conn, err
	}})
	defer c.Close()
	out := make(chan answer, 1)
	go func() { out <- exchange(c, request(t, "GET", "http://"+ln.Addr().String()+"/", nil)) }()
	s := testnet.Accept(t, ln)
	s.Write("220 mail.example.com ESMTP\r\n")
	err := wantError(t, (<-out).err, connector.PhaseWrite)
	if err.Sent || !strings.Contains(err.Error(), "server sent data before the request") {
		t.Errorf("got %v", err)
	}
}

// TestConcurrentRetriedPostsKeepTheirBodies is the row of CVE-2023-45286,
// resty#225 and resty#917: the body of another request was sent, since a buffer
// was given back twice.
func TestConcurrentRetriedPostsKeepTheirBodies(t *testing.T) {
	testnet.LeakCheck(t)
	var n, retried atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if n.Add(1)%7 == 0 || err != nil { // break off, at times, without an answer
			retried.Add(1)
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
			return
		}
		fmt.Fprintf(w, "%x", sha256.Sum256(body))
	}))
	defer srv.Close()
	c := connector.New(connector.Options{MaxConns: 16})
	defer c.Close()
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			body := bytes.Repeat([]byte(fmt.Sprintf("%05d-", i)), 1+i*7)
			sum := fmt.Sprintf("%x", sha256.Sum256(body))
			for {
				req := request(t, "POST", srv.URL, bytes.NewReader(body))
				req.Header.Set("Idempotency-Key", fmt.Sprint(i))
				a := exchange(c, req)
				if connector.SafeToRetry(a.err) {
					continue
				}
				if a.err != nil || a.body != sum {
					t.Errorf("request %d: got %q, %v", i, a.body, a.err)
				}
				return
			}
		})
	}
	all.Wait()
	if retried.Load() == 0 {
		t.Error("nothing was retried")
	}
}

func listenTCP(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}
