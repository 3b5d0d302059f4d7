package connector_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// tunneled sends CONNECT with a pipe as its body, as is usual with net/http.
func tunneled(e *env, ctx context.Context) (w *io.PipeWriter, s *testnet.Script, out <-chan answer) {
	r, w := io.Pipe()
	result := make(chan answer, 1)
	go func() {
		resp, err := e.c.RoundTrip(request(e.t, "CONNECT", "http://example.com", r).WithContext(ctx))
		result <- answer{resp: resp, err: err}
	}()
	s = e.accept()
	if head := s.WantHead(); strings.Contains(head, "Transfer-Encoding") {
		e.t.Errorf("got head %q", head)
	}
	return w, s, result
}

func TestConnectSendsItsBodyThroughTheTunnel(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		w, s, out := tunneled(e, context.Background())
		sent := make(chan error, 1)
		go func() { _, err := io.WriteString(w, "up"); sent <- err }()
		s.WantSilence(time.Minute / 4) // nothing before the server has agreed
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfirst")
		a := <-out
		if a.err != nil {
			t.Fatal(a.err)
		}
		s.WantRead("up")
		if err := <-sent; err != nil {
			t.Error(err)
		}
		buf := make([]byte, 5)
		if _, err := io.ReadFull(a.resp.Body, buf); err != nil || string(buf) != "first" {
			t.Errorf("got %q, %v", buf, err)
		}
		w.Close()
		s.WantSilence(time.Minute) // the end of the body is not that of the tunnel
		s.Write("after")
		if _, err := io.ReadFull(a.resp.Body, buf); err != nil || string(buf) != "after" {
			t.Errorf("got %q, %v", buf, err)
		}
		a.resp.Body.Close()
		s.WantEOF()
	})
}

// TestConnectTunnelEnds holds that whatever ends a tunnel ends both directions,
// closes the request's body, and leaves no goroutine.
func TestConnectTunnelEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(e *env, w *io.PipeWriter, resp *http.Response, cancel func())
		want error // of a later Read
	}{
		"body-closed":      {func(_ *env, _ *io.PipeWriter, resp *http.Response, _ func()) { resp.Body.Close() }, nil},
		"context-ended":    {func(_ *env, _ *io.PipeWriter, _ *http.Response, cancel func()) { cancel() }, errWhim},
		"connector-closed": {func(e *env, _ *io.PipeWriter, _ *http.Response, _ func()) { e.c.Close() }, nil},
		"body-failed":      {func(_ *env, w *io.PipeWriter, _ *http.Response, _ func()) { w.CloseWithError(errWhim) }, errWhim},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				ctx, cancel := cancelable()
				w, s, out := tunneled(e, ctx)
				s.Write("HTTP/1.1 200 OK\r\n\r\n")
				a := <-out
				if a.err != nil {
					t.Fatal(a.err)
				}
				tt.end(e, w, a.resp, cancel)
				synctest.Wait()
				s.WantEOF()
				if _, err := io.WriteString(w, "x"); err == nil {
					t.Error("the request's body is still read")
				}
				if _, err := a.resp.Body.Read(make([]byte, 1)); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				a.resp.Body.Close()
				cancel()
			})
		})
	}
}

// vanishing is a body whose Read ends the goroutine that reads it.
type vanishing struct{ closed chan struct{} }

func (vanishing) Read([]byte) (int, error) { runtime.Goexit(); return 0, nil }

func (v vanishing) Close() error {
	select {
	case <-v.closed:
	default:
		close(v.closed)
	}
	return nil
}

// TestConnectTunnelEndsWithTheGoroutineOfItsBody holds that a body which ends the
// goroutine that sends it ends its tunnel.
func TestConnectTunnelEndsWithTheGoroutineOfItsBody(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		body := vanishing{make(chan struct{})}
		out := make(chan answer, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "CONNECT", "http://example.com", body))
			out <- answer{resp: resp, err: err}
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\n\r\n")
		a := <-out
		if a.err != nil {
			t.Fatal(a.err)
		}
		s.WantEOF()
		<-body.closed
		if _, err := a.resp.Body.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "runtime.Goexit") {
			t.Errorf("got %v", err)
		}
		e.wantStats(connector.Stats{})
	})
}

func TestConnectRefusedClosesItsBodyUnsent(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		w, s, out := tunneled(e, context.Background())
		s.Write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno")
		a := <-out
		if a.err != nil {
			t.Fatal(a.err)
		}
		if _, err := io.WriteString(w, "x"); err != io.ErrClosedPipe {
			t.Errorf("got %v", err)
		}
		body, err := io.ReadAll(a.resp.Body)
		want(t, answer{a.resp, string(body), err}, 407, "no")
		a.resp.Body.Close()
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
	inBubble(t, connector.Options{}, func(e *env) {
		w, s, out := tunneled(e, context.Background())
		s.Close()
		wantError(t, (<-out).err, connector.PhaseHead)
		if _, err := io.WriteString(w, "x"); err != io.ErrClosedPipe {
			t.Errorf("got %v", err)
		}
	})
}

func TestWriteDeadlineOfAnUpgradedConnectionHoldsForAllOfAWrite(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		const room = 1 << 10
		e.net.SetOptions("example.com:80", testnet.Options{BufferBytes: room})
		out := make(chan *http.Response, 1)
		go func() {
			req := request(t, "GET", "http://example.com/", nil)
			req.Header.Set("Connection", "upgrade")
			req.Header.Set("Upgrade", "x")
			resp, err := e.c.RoundTrip(req)
			if err != nil {
				t.Error(err)
			}
			out <- resp
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		conn := (<-out).Body.(net.Conn)
		defer conn.Close()
		start := time.Now()
		conn.SetWriteDeadline(start.Add(5 * time.Second))
		n, err := conn.Write(make([]byte, 2*room)) // the peer takes a part of it
		if took := time.Since(start); n != room || !errors.Is(err, os.ErrDeadlineExceeded) || took != 5*time.Second {
			t.Errorf("wrote %d, %v, after %v", n, err, took)
		}
	})
}

// What comes through a tunnel is no content, whatever the head of the answer says.
func TestUpgradedConnectionIsNotDecoded(t *testing.T) {
	for _, asked := range []bool{false, true} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := make(chan io.ReadWriteCloser, 1)
			go func() {
				req := request(t, "GET", "http://example.com/", nil)
				if asked {
					req.Header.Set("Connection", "upgrade")
					req.Header.Set("Upgrade", "x")
				}
				resp, err := e.c.RoundTrip(req)
				if err != nil {
					t.Error(err)
				}
				conn, ok := resp.Body.(io.ReadWriteCloser)
				if !ok {
					t.Errorf("asked %v: the body is a %T", asked, resp.Body)
					resp.Body.Close()
				}
				out <- conn
			}()
			s := e.accept()
			s.WantHead()
			s.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\nContent-Encoding: gzip\r\n\r\nhello")
			if conn := <-out; conn != nil {
				defer conn.Close()
				got := make([]byte, 5)
				if _, err := io.ReadFull(conn, got); string(got) != "hello" || err != nil {
					t.Errorf("asked %v: got %q, %v", asked, got, err)
				}
			}
		})
	}
}
