package aiohttp_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// A kept connection that dies under a request is replaced by a new one, and the
// body is sent again, whole.
func TestRequestBodyIsReplayedOnDeadConnection(t *testing.T) {
	content := strings.Repeat("0123456789", 5<<10)
	seeker := &seekCloser{Reader: bytes.NewReader([]byte(content))}
	for name, req := range map[string]aiohttp.Request{
		"text":   {Text: content},
		"file":   {File: writeFile(t, "large", []byte(content))},
		"seeker": {Body: seeker, ContentLength: int64(len(content))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { replayOnDeadConnection(t, req, content) })
		})
	}
	if n := seeker.closed.Load(); n != 1 {
		t.Errorf("seeker closed %d times, want once", n)
	}
}

// replayOnDeadConnection runs in a bubble: a connection that is no socket and does
// not answer a look within 10 ms is given up, which a busy machine can be too late
// for.
func replayOnDeadConnection(t *testing.T, req aiohttp.Request, content string) {
	before := openFiles()
	s, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ask := func(ctx context.Context, req aiohttp.Request) <-chan error {
		done := make(chan error, 1)
		go func() {
			resp, err := s.Put(ctx, "http://a.test/", req)
			if err == nil {
				_, err = resp.Bytes()
			}
			done <- err
		}()
		return done
	}
	first := ask(t.Context(), aiohttp.Request{})
	peer := testnet.Accept(t, ln)
	peer.WantHead()
	peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	second := ask(t.Context(), req)
	peer.WantHead()
	peer.WantBytes(100)
	peer.Reset()
	peer = testnet.Accept(t, ln)
	if head := peer.WantHead(); !strings.Contains(head, "Content-Length: 51200\r\n") {
		t.Errorf("head %q", head)
	}
	if got := peer.WantBytes(len(content)); got != content {
		t.Error("another body arrived the second time")
	}
	peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	s.Connector().Close() // joins what was sending
	if after := openFiles(); after != before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// Close may come while another goroutine reads.
func TestResponseCloseDuringRead(t *testing.T) {
	for _, coding := range []string{"", "gzip"} {
		started := make(chan struct{})
		content := encode(t, coding, strings.Repeat("hello", 1000))
		s := site(t, func(w http.ResponseWriter, r *http.Request) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.Write(content[:len(content)-8])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			close(started)
			_, err := io.Copy(io.Discard, resp)
			done <- err
		}()
		<-started
		resp.Close()
		if err := <-done; err == nil {
			t.Errorf("%q: the read did not fail", coding)
		}
	}
}
