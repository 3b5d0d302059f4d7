package connector_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// swallow answers each request when it has thrown the whole of its body away.
func swallow(t *testing.T) (url string) {
	t.Helper()
	ln := listenTCP(t)
	done := make(chan struct{})
	t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, req.Body, req.ContentLength); err != nil {
				return
			}
			if _, err := io.WriteString(conn, okHello); err != nil {
				return
			}
		}
	}()
	return "http://" + ln.Addr().(*net.TCPAddr).String() + "/"
}

func TestFileIsSentWithoutGarbageForEachPiece(t *testing.T) {
	url := swallow(t)
	c := connector.New()
	t.Cleanup(func() { c.Close() })
	allocs := func(size int64) float64 {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(5, func() {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			req := request(t, "PUT", url, f)
			req.ContentLength = size
			want(t, exchange(c, req), 200, "hello")
		})
	}
	small, large := allocs(1<<20), allocs(32<<20)
	if large > small+10 {
		t.Errorf("%v allocations for 32 MiB, %v for 1", large, small)
	}
}

func TestFileThatTheSystemCannotCopy(t *testing.T) {
	c := connector.New()
	url := swallow(t)
	t.Cleanup(func() { c.Close() })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		w.Write(make([]byte, 100_000))
		w.Close()
	}()
	req := request(t, "PUT", url, r)
	req.ContentLength = 100_000
	want(t, exchange(c, req), 200, "hello")
}

func TestFileThatCannotBeReadFailsAtOnce(t *testing.T) {
	// No answer is waited for: the server waits for the rest of the body.
	c := connector.New(connector.Options{Timeouts: never})
	url := swallow(t)
	t.Cleanup(func() { c.Close() })
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "file"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 20); err != nil {
		t.Fatal(err)
	}
	req := request(t, "PUT", url, f)
	req.ContentLength = 1 << 20
	a := exchange(c, req)
	wantError(t, a.err, connector.PhaseWrite)
	if !errors.Is(a.err, syscall.EBADF) {
		t.Errorf("got %v", a.err)
	}
}
