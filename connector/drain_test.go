package connector_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// atRest waits until all connections of c are at rest.
func atRest(t testing.TB, c *connector.Connector) {
	t.Helper()
	for range 60_000 {
		if s := c.Stats(); s.Open == s.Idle {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("the connections do not come to rest: %+v", c.Stats())
}

// onSockets gives a connector, where to ask it, and what listens there, by TCP: only
// a socket survives that a call on it is interrupted.
func onSockets(t *testing.T, secure bool, o connector.Options) (c *connector.Connector, url string, ln net.Listener) {
	t.Helper()
	ln = listenTCP(t)
	url = "http://" + ln.Addr().String() + "/"
	if secure {
		ca := testCA(t)
		o.TLS = policy(t, trust.Options{CAs: ca.Pool()})
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{issue(t, ca)}})
		url = strings.Replace(url, "http:", "https:", 1)
	}
	c = connector.New(o)
	t.Cleanup(func() {
		c.Close()
		ln.Close()
	})
	return c, url, ln
}

// interruptions end a body in its middle, where the first five octets are read.
var interruptions = map[string]func(body io.ReadCloser, cancel func()) error{
	"a read by the context": func(body io.ReadCloser, cancel func()) error {
		time.AfterFunc(time.Millisecond, cancel)
		_, err := body.Read(make([]byte, 1))
		return err
	},
	"a read that is watched by the context": func(body io.ReadCloser, cancel func()) error {
		time.AfterFunc(4*connector.Tick, cancel)
		_, err := body.Read(make([]byte, 1))
		return err
	},
	"a copy by the context": func(body io.ReadCloser, cancel func()) error {
		time.AfterFunc(4*connector.Tick, cancel)
		_, err := io.Copy(new(bytes.Buffer), body)
		return err
	},
	"a read by Close": func(body io.ReadCloser, _ func()) error {
		time.AfterFunc(time.Millisecond, func() { body.Close() })
		if _, err := body.Read(make([]byte, 1)); err == nil {
			return errors.New("the body was read on")
		}
		return nil
	},
	"Close": func(body io.ReadCloser, _ func()) error { return body.Close() },
	"Close after the context's end": func(body io.ReadCloser, cancel func()) error {
		time.Sleep(4 * connector.Tick)
		cancel()
		return body.Close()
	},
}

// TestCancellationWithinAShortBodyKeepsTheConnection holds that who gives up the rest
// of a body gets on at once, and that the connection serves the next request when the
// rest has come: golang/go#66442, #16514.
func TestCancellationWithinAShortBodyKeepsTheConnection(t *testing.T) {
	for _, tt := range []struct{ name, head, rest string }{
		{"length", "Content-Length: 11\r\n\r\nhello", " world"},
		{"chunks", "Transfer-Encoding: chunked\r\n\r\nb\r\nhello", " world\r\n0\r\n\r\n"},
		{"a-chunk-in-the-middle-of-its-size", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1", "0\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n"},
	} {
		for _, secure := range []bool{false, true} {
			for name, interrupt := range interruptions {
				t.Run(fmt.Sprintf("%s/%v/%s", tt.name, secure, name), func(t *testing.T) {
					testnet.LeakCheck(t)
					c, url, ln := onSockets(t, secure, connector.Options{})
					connector.DrainFor(c, time.Minute)
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					got := make(chan answer, 1)
					left := make(chan struct{})
					go func() {
						resp, err := c.RoundTrip(request(t, "GET", url, nil).WithContext(ctx))
						if err == nil {
							_, err = io.ReadFull(resp.Body, make([]byte, 5))
						}
						if err == nil {
							err = interrupt(resp.Body, cancel)
						}
						close(left)
						if err != nil && !errors.Is(err, context.Canceled) {
							t.Error(err)
						}
						atRest(t, c)
						got <- exchange(c, request(t, "GET", url, nil))
					}()
					s := testnet.Accept(t, ln)
					s.WantHead()
					s.Write("HTTP/1.1 200 OK\r\n" + tt.head)
					<-left // whatever becomes of the rest
					s.Write(tt.rest)
					s.WantHead()
					s.Write(okHello)
					want(t, <-got, 200, "hello")
					if s := c.Stats(); s.Open != 1 {
						t.Errorf("got %+v", s)
					}
				})
			}
		}
	}
}

// TestCancellationWithinALongBodyCutsTheConnection holds that a rest that is too long
// is not waited for.
func TestCancellationWithinALongBodyCutsTheConnection(t *testing.T) {
	for name, interrupt := range interruptions {
		t.Run(name, func(t *testing.T) {
			c, url, ln := onSockets(t, false, connector.Options{})
			connector.DrainFor(c, time.Minute)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() {
				resp, err := c.RoundTrip(request(t, "GET", url, nil).WithContext(ctx))
				if err == nil {
					_, err = io.ReadFull(resp.Body, make([]byte, 5))
				}
				if err == nil {
					err = interrupt(resp.Body, cancel)
				}
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}()
			s := testnet.Accept(t, ln)
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello")
			s.WantEOF()
			atRest(t, c)
		})
	}
}

// TestDrainEndsAfterACancellation holds that a rest that does not come is not waited
// for without end, whatever deadline was armed before.
func TestDrainEndsAfterACancellation(t *testing.T) {
	c, url, ln := onSockets(t, false, connector.Options{Timeouts: connector.Timeouts{BodyStall: 300 * time.Millisecond}})
	connector.DrainFor(c, 400*time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		resp, err := c.RoundTrip(request(t, "GET", url, nil).WithContext(ctx))
		if err != nil {
			t.Error(err)
			return
		}
		time.AfterFunc(4*connector.Tick, cancel)
		io.Copy(io.Discard, resp.Body)
	}()
	s := testnet.Accept(t, ln)
	s.WantHead()
	s.Write("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello")
	s.WantEOF()
	atRest(t, c)
}

// TestConnectorCloseEndsDrains holds that nobody waits for the rest of a body longer
// than the connector lives.
func TestConnectorCloseEndsDrains(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err == nil {
				err = resp.Body.Close()
			}
			out <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		if err := <-out; err != nil {
			t.Fatal(err)
		}
		e.wantStats(connector.Stats{Open: 1, Hosts: 1})
		start := time.Now()
		e.c.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		s.WantEOF()
	})
}

// TestShutdownWaitsForDrains holds that a rest that is on its way is no request.
func TestShutdownWaitsForDrains(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err == nil {
				resp.Body.Close()
				err = e.c.Shutdown(context.Background())
			}
			out <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		start := time.Now()
		if err := <-out; err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > connector.DrainWait+connector.DrainTime {
			t.Errorf("Shutdown took %v", took)
		}
		s.WantEOF()
	})
}

// TestDrainsAreBounded holds that bodies which do not end keep a limited number of
// goroutines, for a limited time. What is closed beyond that waits itself.
func TestDrainsAreBounded(t *testing.T) {
	const more = 20
	inBubble(t, connector.Options{MaxConns: -1}, func(e *env) {
		bodies := make(chan io.Closer)
		for range connector.MostDrains + more {
			go func() {
				resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
				if err != nil {
					t.Error(err)
				}
				bodies <- resp.Body
			}()
			s := e.accept()
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello")
		}
		var closed atomic.Int32
		for range connector.MostDrains + more {
			body := <-bodies
			go func() { body.Close(); closed.Add(1) }()
		}
		time.Sleep(2 * connector.DrainWait)
		if n := closed.Load(); n != connector.MostDrains {
			t.Errorf("%d are closed", n)
		}
		e.wantStats(connector.Stats{Open: connector.MostDrains + more, Hosts: 1})
		time.Sleep(connector.DrainTime)
		e.wantStats(connector.Stats{})
	})
}

// TestDrainedConnectionServesWhoWaits holds that a connection that is drained is no
// less the host's, and is given to who waits for it.
func TestDrainedConnectionServesWhoWaits(t *testing.T) {
	inBubble(t, connector.Options{MaxConnsPerHost: 1}, func(e *env) {
		got := make(chan answer, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err != nil {
				got <- answer{err: err}
				return
			}
			resp.Body.Close()
			got <- exchange(e.c, request(t, "GET", "http://example.com/", nil))
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		time.Sleep(connector.DrainTime / 2)
		e.wantStats(connector.Stats{Open: 1, Hosts: 1, Waiting: 1})
		s.Write("llo")
		s.WantHead()
		s.Write(okHello)
		want(t, <-got, 200, "hello")
	})
}

// TestContextThatEndsLateCutsNobodyElse holds that the callback of a context that
// comes after its request was over does no harm to the next one, in whatever order
// the two come.
func TestContextThatEndsLateCutsNobodyElse(t *testing.T) {
	begun := func() bool { return false } // the callback is on its way
	for name, play := range map[string]func(w connector.Watched) (cut bool){
		"late":          func(w connector.Watched) bool { w.ContextEnded(); return false },
		"never-in-time": func(connector.Watched) bool { return false },
		"late-and-own":  func(w connector.Watched) bool { w.ContextEnded(); w.ContextEnded(); return true },
	} {
		t.Run(name, func(t *testing.T) {
			conn, peer := net.Pipe()
			defer peer.Close()
			defer conn.Close()
			w := connector.NewWatched(conn)
			w.Begin(t.Context(), begun)
			if !w.End() {
				t.Error("the first was cut")
			}
			w.Begin(t.Context(), begun)
			cut := play(w)
			if w.Aborted() != cut {
				t.Errorf("aborted: %v, want %v", w.Aborted(), cut)
			}
			if w.End() == cut {
				t.Errorf("the second was cut: %v, want %v", !cut, cut)
			}
		})
	}
}

// TestContextThatEndsWithTheBodyKeepsTheConnection holds that an end of the context that
// comes when all has been read is undone, and only on a socket.
func TestContextThatEndsWithTheBodyKeepsTheConnection(t *testing.T) {
	ln := listenTCP(t)
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	peer, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	w := connector.NewWatched(conn)
	w.Begin(t.Context(), nil)
	w.ContextEnded()
	if !w.Aborted() || !w.Free() || w.Aborted() {
		t.Error("the end of the context is not undone")
	}
	peer.Write([]byte("x"))
	if n, err := w.Read(make([]byte, 2)); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	piped, other := net.Pipe()
	defer other.Close()
	w = connector.NewWatched(piped)
	w.Begin(t.Context(), nil)
	w.ContextEnded()
	if w.Free() {
		t.Error("it is used again, and was closed")
	}
}

// TestConnectionThatIsCutDoesNotComeBack holds that what closes a connection for good
// is not undone with the end of a context, whichever came first.
func TestConnectionThatIsCutDoesNotComeBack(t *testing.T) {
	ln := listenTCP(t)
	for _, first := range []bool{true, false} {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		w := connector.NewWatched(conn)
		w.Begin(t.Context(), nil)
		if first {
			w.Cut(errWhim)
		}
		w.ContextEnded()
		if !first {
			w.Cut(errWhim)
		}
		w.End()
		if _, err := w.Read(make([]byte, 1)); err == nil {
			t.Error("it is read")
		}
		if w.Revive() {
			t.Errorf("cut first: %v, and it came back", first)
		}
	}
}

// TestHandedOverConnectionIsToldOf holds that a trace is told when its request lets
// go of the connection, and by nobody later.
func TestHandedOverConnectionIsToldOf(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		told := make(chan []bool, 1)
		go func() {
			var kept []bool
			own := &tracing.Trace{OnConnectionRelease: func(_ *tracing.Call, r tracing.ConnectionRelease) { kept = append(kept, r.Reused) }}
			ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
				PutIdleConn: func(error) { t.Error("told that it rests") },
			})
			var reply connector.Reply
			err := e.c.Do(ctx, &connector.Call{
				Method: "GET", Host: "example.com:80", Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\n"),
				Trace: tracing.Begin(ctx, nil, []*tracing.Trace{own}).Exchange(),
			}, &reply)
			if err != nil {
				t.Error(err)
			}
			reply.Close()
			told <- kept
			time.Sleep(time.Second)
			told <- kept
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		diff(t, <-told, []bool{true})
		s.Write("llo")
		diff(t, <-told, []bool{true})
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

// TestCloseIsNotHeldUpByAConnThatIgnoresDeadlines holds that the rest of a body is
// not waited for where a connection has no deadlines.
func TestCloseIsNotHeldUpByAConnThatIgnoresDeadlines(t *testing.T) {
	network := testnet.New()
	dial := func(ctx context.Context, n, addr string) (net.Conn, error) {
		conn, err := network.DialContext(ctx, n, addr)
		return deafConn{conn}, err
	}
	inBubble(t, connector.Options{DialContext: dial}, func(e *env) {
		e.ln.Close()
		e.net = network
		e.ln = e.listen("example.com:80")
		took := make(chan time.Duration, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err != nil {
				t.Error(err)
				took <- 0
				return
			}
			start := time.Now()
			resp.Body.Close()
			took <- time.Since(start)
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		if d := <-took; d > connector.DrainTime {
			t.Errorf("Close took %v", d)
		}
		s.WantEOF()
	})
}

// closingConn is a socket of which a Read that has taken something calls a function
// before it returns, once.
type closingConn struct {
	*net.TCPConn
	then *atomic.Pointer[func()]
}

func (c closingConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	if n > 0 {
		if then := c.then.Swap(nil); then != nil {
			(*then)()
		}
	}
	return n, err
}

// TestCloseAsTheBodyEndsKeepsTheConnection has Close come when the last octets have
// been read, and their reader does not know yet.
func TestCloseAsTheBodyEndsKeepsTheConnection(t *testing.T) {
	var then atomic.Pointer[func()]
	c, url, ln := onSockets(t, false, connector.Options{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return closingConn{conn.(*net.TCPConn), &then}, nil
	}})
	head := make(chan *http.Response)
	read := make(chan bool)
	next := make(chan answer, 1)
	go func() {
		resp, err := c.RoundTrip(request(t, "GET", url, nil))
		if err != nil {
			t.Error(err)
			close(head)
			return
		}
		head <- resp
		<-read
		if got, err := io.ReadAll(resp.Body); string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
		next <- exchange(c, request(t, "GET", url, nil))
	}()
	s := testnet.Accept(t, ln)
	s.WantHead()
	s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
	resp, ok := <-head
	if !ok {
		return
	}
	shut := func() { resp.Body.Close() }
	then.Store(&shut)
	s.Write("hello")
	read <- true
	s.WantHead()
	s.Write(okHello)
	want(t, <-next, 200, "hello")
	if then.Load() != nil {
		t.Error("Close was not called")
	}
}
