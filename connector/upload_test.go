package connector_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestRequestFraming(t *testing.T) {
	big := strings.Repeat("x", 40_000)
	for _, tt := range []struct {
		name, method string
		body         io.Reader
		length       int64
		field        string // empty: neither
		wire         string
	}{
		{"get", "GET", nil, 0, "", ""},
		{"get-empty-reader", "GET", unread(strings.NewReader("")), 0, "", ""},
		{"get-reader", "GET", unread(strings.NewReader("q")), 0, "Transfer-Encoding: chunked", "1\r\nq\r\n0\r\n\r\n"},
		{"post-nothing", "POST", nil, 0, "Content-Length: 0", ""},
		{"post-small", "POST", strings.NewReader("hello"), 5, "Content-Length: 5", "hello"},
		{"post-big", "POST", strings.NewReader(big), 40_000, "Content-Length: 40000", big},
		{"post-unknown", "POST", unread(strings.NewReader("hello")), 0, "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"},
		{"post-unknown-empty", "POST", unread(strings.NewReader("")), 0, "Transfer-Encoding: chunked", "0\r\n\r\n"},
		{"post-stream-of-known-length", "POST", unread(strings.NewReader("hello")), 5, "Content-Length: 5", "hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				req := request(t, tt.method, "http://example.com/", tt.body)
				req.ContentLength = tt.length
				out := e.send(req)
				s := e.accept()
				head := s.WantHead()
				framing := ""
				for line := range strings.SplitSeq(head, "\r\n") {
					if strings.HasPrefix(line, "Content-Length") || strings.HasPrefix(line, "Transfer-Encoding") {
						framing += line
					}
				}
				if framing != tt.field {
					t.Errorf("got %q, want %q", framing, tt.field)
				}
				s.WantRead(tt.wire)
				s.Write(okHello)
				want(t, <-out, 200, "hello")
				e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
			})
		})
	}
}

func TestEarlyAnswerIsNotLostWhileUploading(t *testing.T) {
	// golang/go#62547: a 413 that comes early is lost behind a broken pipe.
	for _, response := range []string{
		"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge",
		"HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge",
	} {
		for _, reader := range []func() io.Reader{
			func() io.Reader { return bytes.NewReader(make([]byte, 10<<20)) },
			func() io.Reader { return unread(bytes.NewReader(make([]byte, 10<<20))) },
		} {
			inBubble(t, connector.Options{}, func(e *env) {
				out := e.send(request(t, "POST", "http://example.com/", reader()))
				s := e.accept()
				s.WantHead()
				s.WantBytes(1000)
				s.Write(response)
				want(t, <-out, 413, "large")
				e.wantStats(connector.Stats{})
			})
		}
	}
}

func TestEarlyAnswerWithoutBodyFreesTheConnection(t *testing.T) {
	for _, response := range []string{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.send(request(t, "POST", "http://example.com/", bytes.NewReader(make([]byte, 10<<20))))
			s := e.accept()
			s.WantHead()
			s.Write(response)
			if a := <-out; a.err != nil || a.body != "" {
				t.Errorf("got %+v", a)
			}
			e.wantStats(connector.Stats{})
		})
	}
}

func TestAnswerThatOvertakesTheEndOfTheBodyKeepsTheConnection(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		// The reader is slow to tell that it has ended.
		req := request(t, "POST", "http://example.com/", &atEnd{io.NopCloser(strings.NewReader("hello")), func() { time.Sleep(connector.LastWords / 2) }})
		req.ContentLength = 5
		out := e.send(req)
		s := e.accept()
		s.WantHead()
		s.WantRead("hello")
		s.Write("HTTP/1.1 204 No Content\r\n\r\n")
		want(t, <-out, 204, "")
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestResetWhileUploadingIsAnError(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(request(t, "POST", "http://example.com/", bytes.NewReader(make([]byte, 10<<20))))
		s := e.accept()
		s.WantHead()
		s.Reset()
		err := wantError(t, (<-out).err, connector.PhaseWrite)
		if !err.Sent || err.Repeatable || connector.SafeToRetry(err) {
			t.Errorf("got %+v", err)
		}
	})
}

// expecting is a request that waits for 100 (Continue).
func expecting(t *testing.T) *http.Request {
	req := request(t, "PUT", "http://example.com/", strings.NewReader("hello"))
	req.Header.Set("Expect", "100-continue")
	return req
}

func TestExpectWaitsForContinue(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(expecting(t))
		s := e.accept()
		if head := s.WantHead(); !strings.Contains(head, "\r\nExpect: 100-continue\r\n") {
			t.Errorf("got head %q", head)
		}
		s.WantSilence(connector.ContinueWait / 2)
		s.Write("HTTP/1.1 103 Early Hints\r\n\r\n") // is no leave
		s.WantSilence(connector.ContinueWait / 4)
		s.Write("HTTP/1.1 100 Continue\r\n\r\n")
		s.WantRead("hello")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestExpectGivesUpWaitingForContinue(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(expecting(t))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 10") // the beginning of a word is no word
		start := time.Now()
		s.WantRead("hello")
		if d := time.Since(start); d != connector.ContinueWait {
			t.Errorf("the body came after %v", d)
		}
		s.Write("0 Continue\r\n\r\n" + okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestExpectWithFinalAnswerLeavesTheBodyUnsent(t *testing.T) {
	// CVE-2024-24791: a final status in place of 100 left the connection broken.
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(expecting(t))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
		want(t, <-out, 401, "no")
		s.WantEOF()
		out = e.get()
		s = e.accept()
		s.WantHead()
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestExpectationFailedIsRepeatedWithoutIt(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(expecting(t))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
		s.WantEOF()
		s = e.accept()
		if head := s.WantHead(); strings.Contains(head, "Expect") {
			t.Errorf("got head %q", head)
		}
		s.WantRead("hello")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestExpectWithoutAnyAnswer(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		out := e.send(expecting(t))
		s := e.accept()
		s.WantHead()
		s.Close()
		err := wantError(t, (<-out).err, connector.PhaseHead)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
	})
}

// faultyBody reads its text and then does something else.
type faultyBody struct {
	io.Reader
	then   func() error
	closed chan struct{}
}

func newFaultyBody(text string, then func() error) *faultyBody {
	return &faultyBody{strings.NewReader(text), then, make(chan struct{})}
}

func (b *faultyBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.then()
	}
	return n, err
}

func (b *faultyBody) Close() error {
	close(b.closed) // twice would panic
	return nil
}

func TestFaultyRequestBody(t *testing.T) {
	errBroken := errors.New("disk is broken")
	for _, tt := range []struct {
		name    string
		text    string
		length  int64
		then    func() error
		is      error
		message string
	}{
		{"fails", "hel", 5, func() error { return errBroken }, errBroken, "disk is broken"},
		{"fails-chunked", "hel", -1, func() error { return errBroken }, errBroken, "disk is broken"},
		{"shorter", "hel", 5, func() error { return io.EOF }, io.ErrUnexpectedEOF, "request body ended after 3 of 5 bytes: unexpected EOF"},
		{"longer", "hello you", 5, func() error { return io.EOF }, nil, "request body is longer than its Content-Length of 5"},
		{"panics", "hel", 5, func() error { panic(errBroken) }, errBroken, "request body panicked: disk is broken"},
		{"panics-chunked", "hel", -1, func() error { panic("ouch") }, nil, "request body panicked: ouch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				body := newFaultyBody(tt.text, tt.then)
				req := request(t, "POST", "http://example.com/", body)
				req.ContentLength = tt.length
				out := e.send(req)
				s := e.accept()
				s.WantHead()
				err := wantError(t, (<-out).err, connector.PhaseWrite)
				if tt.is != nil && !errors.Is(err, tt.is) || !strings.HasSuffix(err.Error(), "): "+tt.message) {
					t.Errorf("got %v", err)
				}
				<-body.closed
				e.wantStats(connector.Stats{})
			})
		})
	}
}

func TestBlockedRequestBodyCanBeCancelled(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		ctx, cancel := cancelable()
		pr, pw := io.Pipe()
		out := e.send(request(t, "POST", "http://example.com/", pr).WithContext(ctx))
		s := e.accept()
		s.WantHead()
		pw.Write([]byte("hel"))
		s.WantRead("3\r\nhel\r\n")
		time.Sleep(time.Hour) // no time-out of ours ends a slow body
		cancel()
		if err := wantError(t, (<-out).err, connector.PhaseWrite); !errors.Is(err, errWhim) {
			t.Errorf("got %v", err)
		}
		if _, err := pw.Write([]byte("lo")); err != io.ErrClosedPipe {
			t.Errorf("body was not closed: %v", err)
		}
	})
}

func TestEndOfUploadDoesNotChangeTheTimeoutOfTheBody(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{Head: time.Second, BodyStall: time.Minute}}, func(e *env) {
		pr, pw := io.Pipe()
		out := e.send(request(t, "POST", "http://example.com/", pr))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
		synctest.Wait()
		pw.Close()
		s.WantRead("0\r\n\r\n")
		time.Sleep(30 * time.Second)
		s.Write("hello")
		want(t, <-out, 200, "hello")
	})
}

func TestStreamsGoBothWaysAtOnce(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		pr, pw := io.Pipe()
		done := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "POST", "http://example.com/", pr))
			if err != nil {
				done <- err
				return
			}
			defer resp.Body.Close()
			buf := make([]byte, 1)
			for range 3 {
				pw.Write([]byte("?"))
				if _, err := io.ReadFull(resp.Body, buf); err != nil || buf[0] != '!' {
					done <- err
					return
				}
			}
			pw.Close()
			_, err = io.ReadAll(resp.Body)
			done <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for range 3 {
			s.WantRead("1\r\n?\r\n")
			s.Write("1\r\n!\r\n")
		}
		s.WantRead("0\r\n\r\n")
		s.Write("0\r\n\r\n")
		if err := <-done; err != nil {
			t.Error(err)
		}
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestGetWithSlowBodyIsProbed(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		pr, pw := io.Pipe()
		out := e.send(request(t, "GET", "http://example.com/", pr))
		go func() {
			time.Sleep(time.Second)
			pw.Write([]byte("late"))
			pw.Close()
		}()
		start := time.Now()
		s := e.accept()
		s.WantHead()
		if d := time.Since(start); d != connector.ProbeTime {
			t.Errorf("the head came after %v", d)
		}
		s.WantRead("1\r\nl\r\n3\r\nate\r\n0\r\n\r\n")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestBodyIsClosedWhateverHappens(t *testing.T) {
	for name, spoil := range map[string]func(e *env, req *http.Request){
		"invalid": func(_ *env, req *http.Request) { req.Method = "GET IT" },
		"no-host": func(e *env, _ *http.Request) { e.ln.Close() },
		"closed":  func(e *env, _ *http.Request) { e.c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				body := newFaultyBody("hello", func() error { return io.EOF })
				req := request(t, "POST", "http://example.com/", body)
				spoil(e, req)
				if a := <-e.send(req); a.err == nil {
					t.Error("no error")
				}
				<-body.closed
			})
		})
	}
}

func TestUploadArrivesWhole(t *testing.T) {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	inBubble(t, connector.Options{}, func(e *env) {
		e.net.SetOptions("example.com:80", testnet.Options{BufferBytes: 777, ToServer: testnet.Fault{ReadBytes: 100}})
		out := e.send(request(t, "POST", "http://example.com/", bytes.NewReader(data)))
		s := e.accept()
		s.WantHead()
		if got := s.WantBytes(len(data)); sha256.Sum256([]byte(got)) != sha256.Sum256(data) {
			t.Error("other bytes arrived")
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		synctest.Wait()
	})
}
