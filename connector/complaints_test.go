package connector_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// Complaints about other clients, each by its name in docs/complaints.md, as far
// as they have no test beside the rule.

func TestNothingHangsByDefault(t *testing.T) {
	// golang/go#22982, mozilla/crlite#168, awa/go-iap#66: a client without any
	// time-out hangs for ever.
	got := connector.New().Timeouts()
	for name, d := range map[string]time.Duration{
		"pool": got.Pool, "dns": got.DNS, "connect": got.Connect, "tls": got.TLS, "write": got.Write, "head": got.Head, "body stall": got.BodyStall,
	} {
		if d <= 0 || d > time.Minute {
			t.Errorf("%s: %v", name, d)
		}
	}
	if got.Total > 0 {
		t.Errorf("total: %v, which cuts downloads that move", got.Total)
	}
}

func TestBurstKeepsItsConnections(t *testing.T) {
	// golang/go#13801, lakeFS#1455, boulder#7349, gobuster#127: with two resting
	// connections a host, each burst of requests opens all others anew.
	inBubble(t, connector.Options{}, func(e *env) {
		var peers []*testnet.Script
		for round := range 3 {
			var outs []<-chan answer
			for range 100 {
				outs = append(outs, e.get())
			}
			for range 100 - len(peers) {
				peers = append(peers, e.accept())
			}
			for _, s := range peers {
				s.WantHead()
			}
			for _, s := range peers {
				s.Write(okHello)
			}
			for _, out := range outs {
				want(t, <-out, 200, "hello")
			}
			e.wantStats(connector.Stats{Open: 100, Idle: 100, Hosts: 1})
			if n := e.net.Dials(); n != 100 {
				t.Errorf("round %d: %d dials", round, n)
			}
		}
	})
}

func TestForgottenConnectorsLeaveNothing(t *testing.T) {
	// resty#482, aio-libs/aiohttp#1029, #764: a client for each request, never
	// closed, leaks goroutines and connections.
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		ln, err := network.Listen("example.com:80")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })}
		go srv.Serve(ln)
		for range 100 {
			c := connector.New(connector.Options{DialContext: network.DialContext})
			want(t, exchange(c, request(t, "GET", "http://example.com/", nil)), 200, "hello")
		}
		time.Sleep(15 * time.Second) // the idle time-out
		synctest.Wait()
		if n := network.OpenConns(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		srv.Close()
	}) // which fails when a goroutine is left
}

func TestRestingConnectionHasNoGoroutine(t *testing.T) {
	// golang/go#35407, #19975, #80735: two goroutines and two buffers for each
	// connection at rest.
	release := make(chan struct{})
	var arrived atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Add(1)
		<-release
		io.WriteString(w, "hello")
	}))
	defer srv.Close()
	const n = 50
	c := connector.New()
	defer c.Close()
	before := stacksOf("aiohttp/connector.")
	var all sync.WaitGroup
	for range n {
		all.Go(func() { exchange(c, request(t, "GET", srv.URL, nil)) })
	}
	for arrived.Load() < n {
		runtime.Gosched()
	}
	close(release)
	all.Wait()
	if got := c.Stats(); got.Idle != n {
		t.Fatalf("pool: %+v", got)
	}
	if after := stacksOf("aiohttp/connector."); after > before {
		t.Errorf("%d goroutines for %d connections at rest", after-before, n)
	}
}

// stacksOf gives how many goroutines but this one run code of a package.
func stacksOf(pkg string) (n int) {
	buf := make([]byte, 4<<20)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")[1:] {
		if strings.Contains(stack, pkg) {
			n++
		}
	}
	return n
}

func TestEarlyAnswerSurvivesAReset(t *testing.T) {
	// golang/go#62547, #70798, #68715, fasthttp#1348: a server that answers 401 or
	// 413 and resets the connection with the body unread; the answer counts, not
	// the reset.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for i := 0; ; i++ {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				conn.Read(make([]byte, 1<<10))
				io.WriteString(conn, "HTTP/1.1 401 Unauthorized\r\n"+[]string{"Connection: close\r\n", ""}[i%2]+"Content-Length: 2\r\n\r\nno")
				conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			})
		}
	})
	defer served.Wait()
	defer ln.Close()
	c := connector.New()
	defer c.Close()
	for range 20 {
		want(t, exchange(c, request(t, "PUT", "http://"+ln.Addr().String(), bytes.NewReader(make([]byte, 8<<20)))), 401, "no")
	}
}

func TestTraceHooksAreOverAtTheReturn(t *testing.T) {
	// golang/go#16957, #34282, dd-trace-go#4525, imroc/req#159: hooks that are
	// called after the return race with who set them, above all when the request
	// was given up.
	eachHanging(t, func(int, *connector.Options) {},
		func(e *env, i int, begin func(context.Context) <-chan answer) {
			var v events
			ctx, cancel := context.WithCancel(v.context())
			out := begin(ctx)
			time.Sleep(time.Second)
			cancel()
			a := <-out
			if a.err == nil {
				e.t.Error("no error")
			}
			v.take()
			time.Sleep(time.Hour)
			synctest.Wait()
			if late := v.take(); len(late) > 0 {
				e.t.Errorf("after the return: %v", late)
			}
		})
}

func TestGzipOfManyEmptyMembersEnds(t *testing.T) {
	// CVE-2022-30631: a body of a hundred thousand empty gzip members made the
	// decoder call itself for each.
	var member bytes.Buffer
	gzip.NewWriter(&member).Close()
	body := bytes.Repeat(member.Bytes(), 100_000)
	inBubble(t, connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(body)
	})}, func(e *env) { want(t, <-e.get(), 200, "") })
}

func TestPrepareErrorsShowNoSecrets(t *testing.T) {
	// CVE-2024-6104: what a request is refused for does not show its keys.
	c := connector.New()
	defer c.Close()
	for name, spoil := range map[string]func(r *http.Request){
		"scheme-none": func(r *http.Request) { r.URL.Scheme = "" },
		"scheme":      func(r *http.Request) { r.URL.Scheme = "ftp" },
		"query":       func(r *http.Request) { r.URL.RawQuery += " " },
		"opaque":      func(r *http.Request) { r.URL.Opaque = "//a/hunter2 " },
		"host":        func(r *http.Request) { r.URL.Host = "xn--a" },
		"field":       func(r *http.Request) { r.Header.Set("Authorization", "hunter2\n") },
		"cookie":      func(r *http.Request) { r.Header.Set("Cookie", "k=hunter2\n") },
		"method":      func(r *http.Request) { r.Method = "A B" },
	} {
		req := request(t, "GET", "http://u:hunter2@example.com/?token=hunter2", nil)
		spoil(req)
		_, err := c.RoundTrip(req)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorTellsHowFarARequestCame(t *testing.T) {
	// golang/go#15935, #18596, #23827, #29489: whether it was the dial, TLS or the
	// answer, and whether the peer can have seen the request, cannot be told.
	for i, h := range hanging {
		t.Run(h.phase.String(), func(t *testing.T) {
			o := h.options
			o.Timeouts = never
			hanging[i].set(&o.Timeouts, time.Second)
			inBubble(t, o, func(e *env) {
				if h.prepare != nil {
					h.prepare(e)
				}
				url, method, body := "http://example.com/", "POST", io.Reader(nil)
				if h.url != "" {
					url = h.url
				}
				if h.upload > 0 {
					body = strings.NewReader(strings.Repeat("x", h.upload))
				}
				client := http.Client{Transport: e.c}
				done := make(chan error, 1)
				go func() {
					resp, err := client.Do(request(t, method, url, body))
					if err == nil {
						_, err = io.ReadAll(resp.Body)
						resp.Body.Close()
					}
					done <- err
				}()
				err := <-done
				got := wantError(t, err, h.phase)
				var timeout net.Error
				if got.Sent != h.sent || connector.SafeToRetry(err) == h.sent || !errors.As(err, &timeout) || !timeout.Timeout() {
					t.Errorf("got %+v", got)
				}
			})
		})
	}
}

func TestConnectionIsMadeToTheNewAddress(t *testing.T) {
	// golang/go#23427, #43905, #54429: a name that moves is not noticed as long as
	// a connection to its old address is in use.
	old, moved := httptest.NewServer(named("old")), httptest.NewServer(named("moved"))
	defer old.Close()
	defer moved.Close()
	var at atomic.Pointer[string]
	at.Store(&old.URL)
	c := connector.New(connector.Options{MaxConnAge: time.Nanosecond, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		u, _ := url.Parse(*at.Load())
		var d net.Dialer
		return d.DialContext(ctx, network, u.Host)
	}})
	defer c.Close()
	want(t, exchange(c, request(t, "GET", "http://example.com/", nil)), 200, "old")
	at.Store(&moved.URL)
	want(t, exchange(c, request(t, "GET", "http://example.com/", nil)), 200, "moved")
}

func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name) })
}

func TestRequestsOfManyGoroutinesStayApart(t *testing.T) {
	// fasthttp#342, #390, #955, #1109: an object from a pool is seen by two, and a
	// response has the body of another.
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("X-Echo"))
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	}))
	defer srv.Close()
	c := connector.New(connector.Options{MaxConns: 8})
	defer c.Close()
	kept := make([]answer, 400)
	var all sync.WaitGroup
	for i := range kept {
		all.Go(func() {
			req := request(t, "PUT", srv.URL, strings.NewReader(strings.Repeat(fmt.Sprintf("%06d", i), 1+i*7%900)))
			req.Header.Set("X-Echo", fmt.Sprint(i))
			kept[i] = exchange(c, req)
		})
	}
	all.Wait()
	for i, a := range kept { // looked at when all of the pools have been used again
		want(t, a, 200, strings.Repeat(fmt.Sprintf("%06d", i), 1+i*7%900))
		if got := a.resp.Header.Get("X-Echo"); got != fmt.Sprint(i) {
			t.Errorf("response %d has the head of %s", i, got)
		}
	}
}

func TestHeadThatTricklesIsCut(t *testing.T) {
	// slowloris: an octet now and then, of a head or of 1xx answers without end,
	// does not hold a request up for longer than a silent server does.
	for name, trickle := range map[string]string{
		"head":    "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1000),
		"interim": strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{Limits: connector.Limits{Interim: -1}}, func(e *env) {
				start := time.Now()
				out := e.get()
				s := e.accept()
				s.WantHead()
				var peer sync.WaitGroup
				peer.Go(func() {
					for i := range len(trickle) {
						if _, err := io.WriteString(s.Conn(), trickle[i:i+1]); err != nil {
							return
						}
						time.Sleep(100 * time.Millisecond)
					}
				})
				a := <-out
				d := time.Since(start)
				peer.Wait()
				err := wantError(t, a.err, connector.PhaseHead)
				if err.Limit != "head timeout of 30s" || d != 30*time.Second {
					t.Errorf("after %v: %v", d, err)
				}
			})
		})
	}
}
