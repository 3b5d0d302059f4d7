package connector_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestResponseFraming(t *testing.T) {
	for _, tt := range []struct {
		name, method, response string
		status                 int
		body                   string
		length                 int64
		reused                 bool
	}{
		{"length", "GET", okHello, 200, "hello", 5, true},
		{"zero-length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", 0, true},
		{"chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, "hello", -1, true},
		{"close", "GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 5, false},
		{"http-1.0", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 5, false},
		{"http-1.0-keep-alive", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 5, true},
		{"head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "", 5, true},
		{"head-without-length", "HEAD", "HTTP/1.1 200 OK\r\n\r\n", 200, "", -1, true},
		{"head-chunked", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "", -1, true},
		{"head-with-body", "HEAD", okHello, 200, "", 5, false},
		{"204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", 0, true},
		{"204-chunked", "GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204, "", 0, true},
		{"304-chunked", "GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", 304, "", 0, true},
		{"204-with-body", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 204, "", 0, false},
		{"304-with-length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", 0, true},
		{"304-with-body", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", 304, "", 0, false},
		{"two-answers", "GET", okHello + okHello, 200, "hello", 5, false},
		{"interim", "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + okHello, 200, "hello", 5, true},
		{"no-reason", "GET", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 5, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				out := e.send(request(t, tt.method, "http://example.com/", nil))
				s := e.accept()
				s.WantHead()
				s.Write(tt.response)
				a := <-out
				want(t, a, tt.status, tt.body)
				if a.resp.ContentLength != tt.length {
					t.Errorf("got ContentLength %d, want %d", a.resp.ContentLength, tt.length)
				}
				synctest.Wait()
				if reused := e.c.Stats().Idle == 1; reused != tt.reused {
					t.Errorf("connection kept: %v, want %v", reused, tt.reused)
				}
			})
		})
	}
}

func TestResponseWithoutLengthEndsWithTheConnection(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\n\r\nhello")
		s.Close()
		want(t, <-out, 200, "hello")
		e.wantStats(connector.Stats{})
	})
}

func TestResponseCutShortIsAnError(t *testing.T) {
	// aio-libs/aiohttp#4397: a body that ends too soon says so, and by how much.
	for _, tt := range []struct {
		name, response string
		phase          connector.Phase
		text           string
	}{
		{"nothing", "", connector.PhaseHead, "server closed the connection without answering"},
		{"head", "HTTP/1.1 200 OK\r\nConte", connector.PhaseHead, "server closed the connection in the middle of the response's head"},
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", connector.PhaseBody, "server closed the connection after 5 of 50 bytes of the body"},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", connector.PhaseBody, "server closed the connection in the middle of the response's body"},
		{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n", connector.PhaseBody, "server closed the connection in the middle of the response's body"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				out := e.get()
				s := e.accept()
				s.WantHead()
				s.Write(tt.response)
				s.Close()
				err := wantError(t, (<-out).err, tt.phase)
				if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(err.Error(), ": "+tt.text) || !err.Sent || !err.Repeatable {
					t.Errorf("got %v (%+v)", err, err)
				}
			})
		})
	}
}

func TestTrailersOfAResponse(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		done := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err != nil {
				done <- err
				return
			}
			defer resp.Body.Close()
			diff(t, resp.Trailer, http.Header{"X-Sum": nil})
			for range 3 { // the end may be read more than once
				io.ReadAll(resp.Body)
			}
			diff(t, resp.Trailer, http.Header{"X-Sum": {"1"}, "X-More": {"a", "b"}})
			done <- nil
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum, content-length\r\n\r\n" +
			"5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 7\r\nX-More: a\r\nX-More: b\r\n\r\n")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestTrailersOfARequest(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "POST", "http://example.com/", unread(strings.NewReader("hello")))
		req.Trailer = http.Header{"X-Sum": nil}
		req.Body = &atEnd{req.Body, func() { req.Trailer["X-Sum"] = []string{"1"} }}
		out := e.send(req)
		s := e.accept()
		if head := s.WantHead(); !strings.Contains(head, "\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n") {
			t.Errorf("got head %q", head)
		}
		s.WantRead("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

// atEnd calls f when a body has been read.
type atEnd struct {
	io.ReadCloser
	f func()
}

func (a *atEnd) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if err == io.EOF {
		a.f()
	}
	return n, err
}

func TestLimitsOfAResponse(t *testing.T) {
	// interim-responses, aio-libs/aiohttp#2304: every part of a head has a limit, and
	// each can be set.
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name, response string
		phase          connector.Phase
		text           string
	}{
		{"status-line", "HTTP/1.1 200 " + long + "\r\n\r\n", connector.PhaseHead, "200"},
		{"head", "HTTP/1.1 200 OK\r\nA: " + long + long + "\r\n\r\n", connector.PhaseHead, "200"},
		{"fields", "HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n", connector.PhaseHead, " 3 "},
		{"interim", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3) + okHello, connector.PhaseHead, "too many interim (1xx) responses"},
		{"chunk-size-line", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + long + "\r\nhello\r\n0\r\n\r\n", connector.PhaseBody, "200"},
		{"trailer-fields", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n", connector.PhaseBody, " 3 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{Limits: connector.Limits{LineBytes: 200, HeadBytes: 200, Fields: 3, Interim: 2}}, func(e *env) {
				out := e.get()
				s := e.accept()
				s.WantHead()
				s.Write(tt.response)
				err := wantError(t, (<-out).err, tt.phase)
				if !strings.Contains(err.Error(), tt.text) {
					t.Errorf("got %v", err)
				}
				if tt.name != "interim" && !errors.Is(err, http1.ErrLimit) {
					t.Errorf("%v is not ErrLimit", err)
				}
				e.wantStats(connector.Stats{})
			})
		})
	}
}

func TestUnlimitedReasonIsKeptWhole(t *testing.T) {
	inBubble(t, connector.Options{Limits: connector.Limits{LineBytes: -1}}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		reason := strings.Repeat("y", 70_000)
		s.Write("HTTP/1.1 200 " + reason + "\r\nContent-Length: 0\r\nX: 1\r\n\r\n")
		a := <-out
		want(t, a, 200, "")
		if a.resp.Status != "200 "+reason || a.resp.Header.Get("X") != "1" {
			t.Errorf("got a status of %d bytes and %v", len(a.resp.Status), a.resp.Header)
		}
	})
}

func TestCloseDrainsAShortRestAndKeepsTheConnection(t *testing.T) {
	// golang/go#77370: a body must be drained to reuse the connection.
	for _, tt := range []struct {
		name string
		rest string
		head string
		wait time.Duration // before the rest is sent
		kept bool
	}{
		{"short", strings.Repeat("x", 1000), "Content-Length: 1000", 0, true},
		{"short-and-soon", strings.Repeat("x", 1000), "Content-Length: 1000", connector.DrainTime / 2, true},
		{"chunked", "3\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked", 0, true},
		{"at-once", strings.Repeat("x", 1000), "Content-Length: 1000", connector.DrainWait / 2, true},
		{"too-late", strings.Repeat("x", 1000), "Content-Length: 1000", 2 * connector.DrainTime, false},
		{"chunk-size-in-parts", "0\r\n0123456789abcdef\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1", connector.DrainTime / 2, true},
		{"chunk-size-too-late", "0\r\n0123456789abcdef\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1", 2 * connector.DrainTime, false},
		{"too-long", "", "Content-Length: 1000000", 0, false},
		{"too-long-by-chunks", strings.Repeat("8000\r\n"+strings.Repeat("x", 0x8000)+"\r\n", 20), "Transfer-Encoding: chunked", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				done := make(chan time.Duration, 1)
				go func() {
					resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
					if err != nil {
						t.Error(err)
						done <- 0
						return
					}
					start := time.Now()
					resp.Body.Close()
					done <- time.Since(start)
				}()
				s := e.accept()
				s.WantHead()
				head, part, _ := strings.Cut(tt.head, "\r\n\r\n")
				s.Write("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + part)
				synctest.Wait()
				time.Sleep(tt.wait)
				go s.Conn().Write([]byte(tt.rest))
				if d := <-done; d > connector.DrainWait {
					t.Errorf("Close took %v", d)
				}
				synctest.Wait()
				if kept := e.c.Stats().Idle == 1; kept != tt.kept {
					t.Errorf("connection kept: %v, want %v", kept, tt.kept)
				}
			})
		})
	}
}

func TestCloseDrainsTheAnswerToAnUpload(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		done := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "POST", "http://example.com/", unread(strings.NewReader("hello"))))
			if err == nil {
				resp.Body.Close()
			}
			done <- err
		}()
		s := e.accept()
		s.WantHead()
		s.WantRead("5\r\nhello\r\n0\r\n\r\n")
		synctest.Wait()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		synctest.Wait()
		s.Write("llo")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestCloseEndsAReadOfAnotherGoroutine(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		var reply connector.Reply
		done := make(chan error, 1)
		go func() {
			err := e.c.Do(context.Background(), &connector.Call{
				Method: "GET", Host: "example.com:80", Tunnel: true,
				Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\nConnection: upgrade\r\nUpgrade: x\r\n"),
			}, &reply)
			if err == nil {
				_, err = io.ReadAll(&reply)
			}
			done <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
		synctest.Wait()
		reply.Close()
		if err := <-done; err == nil {
			t.Error("the read went on")
		}
		e.wantStats(connector.Stats{})
		if _, err := reply.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("read after Close: %v", err)
		}
	})
}

func TestCancellationAfterTheAnswerKeepsTheConnection(t *testing.T) {
	// golang/go#66442: cancelling a request costs the connection.
	inBubble(t, connector.Options{}, func(e *env) {
		ctx, cancel := cancelable()
		out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		s := e.accept()
		s.WantHead()
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		cancel()
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
		out = e.get()
		s.WantHead()
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestUpgradeGivesTheConnection(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{Total: time.Minute}}, func(e *env) {
		ctx, cancel := cancelable()
		done := make(chan io.ReadWriteCloser, 1)
		go func() {
			req := request(t, "GET", "http://example.com/", nil).WithContext(ctx)
			req.Header.Set("Connection", "Upgrade")
			req.Header.Set("Upgrade", "echo")
			resp, err := e.c.RoundTrip(req)
			if err != nil {
				t.Error(err)
				close(done)
				return
			}
			done <- resp.Body.(io.ReadWriteCloser)
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly")
		rwc := <-done
		if rwc == nil {
			return
		}
		cancel()                // what ends a dial's context must not end the connection
		time.Sleep(time.Minute) // nor must its total time-out
		buf := make([]byte, 10)
		if n, err := io.ReadFull(rwc, buf[:5]); string(buf[:n]) != "early" {
			t.Errorf("got %q, %v", buf[:n], err)
		}
		io.WriteString(rwc, "ping")
		s.WantRead("ping")
		s.Write("pong")
		if n, err := rwc.Read(buf); string(buf[:n]) != "pong" {
			t.Errorf("got %q, %v", buf[:n], err)
		}
		conn := rwc.(interface{ SetReadDeadline(time.Time) error })
		conn.SetReadDeadline(time.Now().Add(time.Second))
		start := time.Now()
		if _, err := rwc.Read(buf); err == nil || time.Since(start) != time.Second {
			t.Errorf("read under a deadline of one's own: %v after %v", err, time.Since(start))
		}
		conn.SetReadDeadline(time.Time{})
		go func() {
			time.Sleep(time.Hour)
			rwc.Close()
		}()
		if _, err := rwc.Read(buf); err == nil {
			t.Error("Close does not end a Read")
		}
		rwc.Close()
		e.wantStats(connector.Stats{})
	})
}

func TestUpgradeIsClosedWithTheConnector(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		done := make(chan error, 1)
		go func() {
			req := request(t, "GET", "http://example.com/", nil)
			req.Header.Set("Connection", "upgrade")
			req.Header.Set("Upgrade", "x")
			resp, err := e.c.RoundTrip(req)
			if err == nil {
				_, err = resp.Body.Read(make([]byte, 1))
				resp.Body.Close()
			}
			done <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 101 Switching Protocols\r\n\r\n")
		synctest.Wait()
		e.c.Close()
		if err := <-done; !errors.Is(err, connector.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}

func TestUnusedUpgradeIsClosedWithTheReply(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		var reply connector.Reply
		done := make(chan error, 1)
		go func() {
			done <- e.c.Do(context.Background(), &connector.Call{
				Method: "GET", Host: "example.com:80", Tunnel: true,
				Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\nConnection: upgrade\r\nUpgrade: x\r\n"),
			}, &reply)
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 101 Switching Protocols\r\n\r\n")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if n, err := reply.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("body of a 101: %d, %v", n, err)
		}
		reply.Close()
		s.WantEOF()
	})
}

func TestClientRFC9110Section7_8UnaskedSwitchIsTheEnd(t *testing.T) {
	// "A server MUST NOT switch to a protocol that was not indicated by the client in
	// the corresponding request's Upgrade header field."
	// https://www.rfc-editor.org/rfc/rfc9110#section-7.8
	const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + okHello
	inBubble(t, connector.Options{}, func(e *env) {
		var reply connector.Reply
		done := make(chan error, 1)
		go func() {
			done <- e.c.Do(context.Background(), &connector.Call{
				Method: "GET", Host: "example.com:80", Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\n"),
			}, &reply)
		}()
		s := e.accept()
		s.WantHead()
		s.Write(switching)
		if err := <-done; err != nil || reply.Status != 101 || reply.Upgraded() != nil {
			t.Errorf("got %d, %v, %v", reply.Status, reply.Upgraded(), err)
		}
		if n, err := reply.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("body: %d, %v", n, err)
		}
		s.WantEOF() // though nobody has closed the reply
		e.wantStats(connector.Stats{})
	})
	for _, method := range []string{"GET", "HEAD", "POST"} { // net/http's way, but not for ever
		inBubble(t, connector.Options{}, func(e *env) {
			ctx, cancel := cancelable()
			out := e.send(request(t, method, "http://example.com/", nil).WithContext(ctx))
			s := e.accept()
			s.WantHead()
			s.Write(switching)
			synctest.Wait()
			cancel()
			if a := <-out; !errors.Is(a.err, errWhim) || a.body != okHello || a.resp.StatusCode != 101 {
				t.Errorf("got %+v", a)
			}
			s.WantEOF()
			e.wantStats(connector.Stats{})
		})
	}
}

func TestConnectIsNeverReusedAfterSuccess(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "CONNECT", "http://example.com", nil)
		done := make(chan *http.Response, 1)
		go func() {
			resp, err := e.c.RoundTrip(req)
			if err != nil {
				t.Error(err)
			}
			done <- resp
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\n\r\n")
		resp := <-done
		e.wantStats(connector.Stats{Open: 1, Hosts: 1})
		s.Write("through")
		buf := make([]byte, 7)
		if _, err := io.ReadFull(resp.Body, buf); err != nil || string(buf) != "through" {
			t.Errorf("got %q, %v", buf, err)
		}
		resp.Body.Close()
		e.wantStats(connector.Stats{})
	})
}
