package middleware_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/middleware"
)

// onWire runs f with a session whose requests to a.test reach a listener, in a bubble
// of synctest.
func onWire(t *testing.T, all []aiohttp.Middleware, f func(t *testing.T, s *aiohttp.Session, ln net.Listener)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		ln, err := network.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		c := connector.New(connector.Options{DialContext: network.DialContext})
		s := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: all})
		f(t, s, ln)
		s.Close()
		c.Close()
		ln.Close()
		synctest.Wait()
		if n := network.OpenConns(); n != 0 {
			t.Errorf("%d connections are left open", n)
		}
	})
}

// outcome is what came of a request and its body.
type outcome struct {
	resp *aiohttp.Response
	body []byte
	err  error
}

// ask sends a request in a goroutine and reads the answer by read, or by Bytes.
func ask(t *testing.T, s *aiohttp.Session, req aiohttp.Request, read func(*aiohttp.Response) ([]byte, error)) <-chan outcome {
	out := make(chan outcome, 1)
	if read == nil {
		read = (*aiohttp.Response).Bytes
	}
	go func() {
		req.URL = "http://a.test/"
		resp, err := s.Do(t.Context(), req)
		if err != nil {
			out <- outcome{err: err}
			return
		}
		body, err := read(resp)
		out <- outcome{resp, body, err}
	}()
	return out
}

var content = bytes.Repeat([]byte("0123456789abcdef"), 4096) // 64 KiB

// serveCut answers one request with the content, of which it sends only n bytes.
func serveCut(t *testing.T, ln net.Listener, fields string, body []byte, n int) {
	t.Helper()
	s := testnet.Accept(t, ln)
	s.WantHead()
	s.Write("HTTP/1.1 200 OK\r\n" + fields + "\r\n" + string(body[:n]))
	s.Close()
}

func length(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }

func chunked(body []byte) []byte {
	return fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(body), body)
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(body)
	w.Close()
	return b.Bytes()
}

// A body that breaks off is asked for again, by whatever way it is framed and read.
func TestRetrySendsAgainWhatBreaksOff(t *testing.T) {
	coded := zipped(content)
	for _, framing := range []struct {
		name, fields string
		body         []byte
	}{
		{"length", length(len(content)), content},
		{"chunked", "Transfer-Encoding: chunked\r\n", chunked(content)},
		{"gzip", "Content-Encoding: gzip\r\n" + length(len(coded)), coded},
		{"gzip-chunked", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(coded)},
	} {
		for name, read := range map[string]func(*aiohttp.Response) ([]byte, error){
			"bytes": (*aiohttp.Response).Bytes,
			"text":  func(r *aiohttp.Response) ([]byte, error) { text, err := r.Text(); return []byte(text), err },
			"read":  func(r *aiohttp.Response) ([]byte, error) { return io.ReadAll(struct{ io.Reader }{r}) },
			"write": func(r *aiohttp.Response) ([]byte, error) {
				var b bytes.Buffer
				n, err := r.WriteTo(&b)
				if int(n) != b.Len() {
					return nil, fmt.Errorf("WriteTo says %d of %d", n, b.Len())
				}
				return b.Bytes(), err
			},
			"save": func(r *aiohttp.Response) ([]byte, error) {
				path := filepath.Join(t.TempDir(), "file")
				if _, err := r.Save(path); err != nil {
					return nil, err
				}
				return os.ReadFile(path)
			},
			"net-http": func(r *aiohttp.Response) ([]byte, error) { return io.ReadAll(r.HTTP().Body) },
		} {
			t.Run(framing.name+"-"+name, func(t *testing.T) {
				onWire(t, retry(middleware.RetryOptions{BodyBytes: 1 << 20}), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
					out := ask(t, s, aiohttp.Request{}, read)
					serveCut(t, ln, framing.fields, framing.body, 10)
					serveCut(t, ln, framing.fields, framing.body, len(framing.body)-1)
					serveCut(t, ln, framing.fields, framing.body, len(framing.body))
					got := <-out
					if got.err != nil || sha256.Sum256(got.body) != sha256.Sum256(content) {
						t.Errorf("got %d bytes, %v", len(got.body), got.err)
					}
				})
			})
		}
	}
}

// Which bodies are read within the attempt, and which pass as they come.
func TestRetryReadsNoBodyBeyondItsLimit(t *testing.T) {
	const limit = 1000
	for _, test := range []struct {
		name, method, fields string
		body                 []byte
		n                    int // of it is sent
		limit                int64
		again                bool
		err                  string
	}{
		{"at-the-limit", "GET", length(limit), content[:limit], limit - 1, limit, true, ""},
		{"above-the-limit", "GET", length(limit + 1), content[:limit+1], limit, limit, false, "after 1000 of 1001 bytes"},
		{"unknown-at-the-limit", "GET", "Transfer-Encoding: chunked\r\n", chunked(content[:limit]), limit + 5, limit, true, ""},
		{"unknown-above-the-limit", "GET", "Transfer-Encoding: chunked\r\n", chunked(content[:limit+500]), limit + 100, limit, false, "in the middle of the response's body"},
		{"decoded-above-the-limit", "GET", "Content-Encoding: gzip\r\n" + length(len(zipped(content))), zipped(content), len(zipped(content)) - 1, limit, false, ""},
		{"none", "GET", length(limit), content[:limit], limit - 1, 0, false, "after 999 of 1000 bytes"},
		{"post", "POST", length(limit), content[:limit], limit - 1, limit, false, "after 999 of 1000 bytes"},
		{"events", "GET", "Content-Type: text/event-stream; charset=utf-8\r\n" + length(limit), content[:limit], limit - 1, limit, false, "after 999 of 1000 bytes"},
		// What is broken for good is not asked for again.
		{"garbage", "GET", "Content-Encoding: gzip\r\n" + length(40), content[:40], 40, limit, false, "gzip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, retry(middleware.RetryOptions{BodyBytes: test.limit}), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
				out := ask(t, s, aiohttp.Request{Method: test.method}, nil)
				serveCut(t, ln, test.fields, test.body, test.n)
				if test.again {
					serveCut(t, ln, test.fields, test.body, len(test.body))
				}
				got := <-out
				if test.again {
					if got.err != nil || !bytes.Equal(got.body, content[:limit]) {
						t.Errorf("got %d bytes, %v", len(got.body), got.err)
					}
					return
				}
				wantText(t, got.err, test.err)
				if strings.Contains(got.err.Error(), "attempts") {
					t.Errorf("got %v", got.err)
				}
			})
		})
	}
}

// A POST is sent again where it may be.
func TestRetrySendsAPostAgainWhoseAnswerBreaksOffWhereItMay(t *testing.T) {
	for _, opts := range []middleware.RetryOptions{{BodyBytes: 1000, Unsafe: true}, {BodyBytes: 1000, When: func(_ *aiohttp.Request, resp *aiohttp.Response, err error) bool {
		return resp == nil && errors.Is(err, io.ErrUnexpectedEOF)
	}}} {
		onWire(t, retry(opts), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
			out := ask(t, s, aiohttp.Request{Method: "POST"}, nil)
			serveCut(t, ln, length(5), []byte("hello"), 4)
			serveCut(t, ln, length(5), []byte("hello"), 5)
			if got := <-out; got.err != nil || string(got.body) != "hello" {
				t.Errorf("got %q, %v", got.body, got.err)
			}
		})
	}
}

// A body that is longer than the limit streams on behind what was read of it.
func TestRetryStreamsOnBeyondItsLimit(t *testing.T) {
	onWire(t, retry(middleware.RetryOptions{BodyBytes: 1000}), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
		pieces := make(chan string)
		out := ask(t, s, aiohttp.Request{}, func(r *aiohttp.Response) ([]byte, error) {
			var all []byte
			for piece, err := range r.Chunks() {
				if err != nil {
					return nil, err
				}
				all = append(all, piece...)
				pieces <- string(piece)
			}
			close(pieces)
			return all, nil
		})
		peer := testnet.Accept(t, ln)
		peer.WantHead()
		peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + string(content[:1001]) + "\r\n")
		if got := <-pieces; got != string(content[:1001]) {
			t.Errorf("got %d bytes", len(got))
		}
		peer.Write("5\r\nhello\r\n")
		if got := <-pieces; got != "hello" {
			t.Errorf("got %q", got)
		}
		peer.Write("0\r\n\r\n")
		<-pieces
		if got := <-out; got.err != nil || string(got.body) != string(content[:1001])+"hello" {
			t.Errorf("got %d bytes, %v", len(got.body), got.err)
		}
	})
}

// What gives up says so, with the last cause; the budget and the attempts bound it,
// and each attempt that breaks off is told of.
func TestRetryOfBodiesIsBounded(t *testing.T) {
	for _, test := range []struct {
		name     string
		opts     middleware.RetryOptions
		attempts int
	}{
		{"attempts", middleware.RetryOptions{BodyBytes: 100, Attempts: 3}, 3},
		{"budget", middleware.RetryOptions{BodyBytes: 100, Attempts: 5, Budget: 1, Refill: -1}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			var events []middleware.RetryEvent
			test.opts.OnRetry = func(_ context.Context, e middleware.RetryEvent) { events = append(events, e) }
			onWire(t, retry(test.opts), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
				out := ask(t, s, aiohttp.Request{}, nil)
				for range test.attempts {
					serveCut(t, ln, length(5), []byte("hello"), 4)
				}
				got := <-out
				wantText(t, got.err, fmt.Sprintf("after %d attempts: ", test.attempts), "after 4 of 5 bytes of the body")
				if !errors.Is(got.err, io.ErrUnexpectedEOF) || len(events) != test.attempts-1 {
					t.Errorf("got %v, %v", got.err, events)
				}
				for _, e := range events {
					if e.Err == nil || e.Status != 0 {
						t.Errorf("told of %+v", e)
					}
				}
			})
		})
	}
}

// A body that stalls is a failure too; the end of the context is the end.
func TestRetryOfABodyThatStalls(t *testing.T) {
	onWire(t, retry(middleware.RetryOptions{BodyBytes: 100}), func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
		req := aiohttp.Request{Timeouts: connector.Timeouts{BodyStall: 3 * time.Second}}
		out := ask(t, s, req, nil)
		stalled := testnet.Accept(t, ln)
		stalled.WantHead()
		stalled.Write("HTTP/1.1 200 OK\r\n" + length(5) + "\r\nhell")
		serveCut(t, ln, length(5), []byte("hello"), 5)
		stalled.Close()
		if got := <-out; got.err != nil || string(got.body) != "hello" {
			t.Errorf("got %q, %v", got.body, got.err)
		}
		req = aiohttp.Request{Timeouts: connector.Timeouts{Total: time.Second}}
		out = ask(t, s, req, nil)
		stalled = testnet.Accept(t, ln)
		stalled.WantHead()
		stalled.Write("HTTP/1.1 200 OK\r\n" + length(5) + "\r\nhell")
		start := time.Now()
		got := <-out
		wantText(t, got.err, "total timeout of 1s")
		if took := time.Since(start); took > time.Second {
			t.Errorf("it took %v", took)
		}
		stalled.Close()
	})
}

// The rate limit within has its place back once the body was read ahead, since the
// connection is free.
func TestRetryReadsAheadWithinTheLimitsOfOthers(t *testing.T) {
	all := append(retry(middleware.RetryOptions{BodyBytes: 1000}), middleware.RateLimit(middleware.RateLimitOptions{Concurrent: 1}))
	onWire(t, all, func(t *testing.T, s *aiohttp.Session, ln net.Listener) {
		hold := func(r *aiohttp.Response) ([]byte, error) { return nil, nil } // nobody reads
		first := ask(t, s, aiohttp.Request{}, hold)
		serveCut(t, ln, length(500), content, 500)
		<-first
		second := ask(t, s, aiohttp.Request{}, nil)
		serveCut(t, ln, length(5), []byte("hello"), 5)
		if got := <-second; got.err != nil || string(got.body) != "hello" {
			t.Errorf("got %q, %v", got.body, got.err)
		}
	})
}

func TestRetryDoesNotRetryARefusalOfAProxy(t *testing.T) {
	for status, want := range map[int]int{407: 1, 403: 1, 502: 3} {
		synctest.Test(t, func(t *testing.T) {
			s, st := play(t, retry(), step{err: failed(connector.PhaseProxy, false, &connector.ProxyError{Status: status})})
			_, err := s.Get(t.Context(), "https://a.test/")
			wantText(t, err, "proxy refused")
			if len(st.calls) != want {
				t.Errorf("%d: %d calls, want %d", status, len(st.calls), want)
			}
		})
	}
}
