//go:build linux

package memory_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

const (
	piece = 16 << 10 // in which the server gives and takes

	// socket is what the system is asked to hold of one direction at each end. It
	// takes twice that.
	socket = 64 << 10

	// inSystem is what may lie between two programs: the buffers of both ends, and
	// the piece that does not fit in.
	inSystem = 2*2*socket + piece

	// inClient is what the client may hold of a body beside that: its largest
	// buffer, twice.
	inClient = 2 * 64 << 10

	stops = 7 // of a slow reader, so that no buffer ends where it stops
)

// flow is a body between one who gives and one who takes it, and stops now and then
// until the other stands as well.
type flow struct {
	total, most  int64 // of bytes; most is by how many given may be ahead
	given, taken atomic.Int64
	farthest     atomic.Int64 // ahead
}

// Read gives the body. It is the source.
func (f *flow) Read(p []byte) (int, error) {
	left := f.total - f.given.Load()
	if left == 0 {
		return 0, io.EOF
	}
	n, _ := newlines{}.Read(p[:min(int64(len(p)), left)])
	f.given.Add(int64(n))
	return n, nil
}

var errAhead = errors.New("the source is too far ahead")

// Write takes a part of the body, slowly.
func (f *flow) Write(p []byte) (int, error) {
	before := f.taken.Load()
	after := f.taken.Add(int64(len(p)))
	if every := f.total / stops; before/every == after/every || after == f.total {
		return len(p), nil
	}
	for given := int64(-1); given != f.given.Load(); time.Sleep(20 * time.Millisecond) {
		given = f.given.Load()
	}
	ahead := f.given.Load() - after
	f.farthest.Store(max(f.farthest.Load(), ahead))
	if ahead > f.most {
		return len(p), errAhead
	}
	return len(p), nil
}

// serve gives the body to who gets it, and takes it from who posts.
func (f *flow) serve(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, piece)
	if r.Method == http.MethodPost {
		io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{r.Body}, buf)
		return
	}
	var out io.Writer = w
	if r.URL.Path == "/gzip" {
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.NoCompression)
		defer z.Close()
		out = z
	}
	io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{f}, buf)
}

// sized asks the system for small buffers.
func sized(_, _ string, c syscall.RawConn) error {
	var errs [2]error
	err := c.Control(func(fd uintptr) {
		errs[0] = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, socket)
		errs[1] = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, socket)
	})
	return errors.Join(err, errs[0], errs[1])
}

// between gives a server with small buffers, and a session that reaches it over
// such.
func between(t *testing.T, f *flow, secured bool) (*aiohttp.Session, string) {
	ln, err := (&net.ListenConfig{Control: sized}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	srv.Listener.Close()
	srv.Listener = ln
	opts := connector.Options{DialContext: (&net.Dialer{Control: sized}).DialContext}
	if secured {
		srv.StartTLS()
		if opts.TLS, err = trust.New(trust.Options{CAPEM: certificate(srv)}); err != nil {
			t.Fatal(err)
		}
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	c := connector.New(opts)
	t.Cleanup(func() { c.Close() })
	return aiohttp.NewSession(aiohttp.Options{Connector: c}), srv.URL
}

// reader and writer can do nothing else.
type (
	reader struct{ io.Reader }
	writer struct{ io.Writer }
)

// takes are the ways in which a response is taken.
var takes = map[string]func(*testing.T, *flow, *aiohttp.Response) error{
	"read": func(_ *testing.T, f *flow, resp *aiohttp.Response) error {
		_, err := io.CopyBuffer(writer{f}, reader{resp}, make([]byte, piece))
		return err
	},
	"write-to": func(_ *testing.T, f *flow, resp *aiohttp.Response) error {
		_, err := resp.WriteTo(writer{f})
		return err
	},
	"chunks": func(_ *testing.T, f *flow, resp *aiohttp.Response) error {
		for chunk, err := range resp.Chunks() {
			if err != nil {
				return err
			}
			if _, err := f.Write(chunk); err != nil {
				return err
			}
		}
		return nil
	},
	"lines": func(_ *testing.T, f *flow, resp *aiohttp.Response) error {
		for _, err := range resp.Lines() {
			if err != nil {
				return err
			}
			if _, err := f.Write([]byte{'\n'}); err != nil {
				return err
			}
		}
		return nil
	},
	"save-to-a-pipe": func(t *testing.T, f *flow, resp *aiohttp.Response) error {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			return err
		}
		saved := make(chan error, 1)
		go func() {
			_, err := resp.Save(path)
			saved <- err
		}()
		pipe, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = io.CopyBuffer(writer{f}, reader{pipe}, make([]byte, piece))
		pipe.Close()
		return errors.Join(err, <-saved)
	},
}

// A server is held up by who reads its answer slowly: what lies between is what the
// system and one buffer hold.
func TestSlowReaderHoldsUpTheServer(t *testing.T) {
	for _, c := range []struct {
		name, take, path string
		tls              bool
		more             int64 // that may lie between
	}{
		{"read", "read", "/", false, 0},
		{"read-tls", "read", "/", true, 0},
		{"write-to", "write-to", "/", false, 0},
		{"write-to-tls", "write-to", "/", true, 0},
		{"chunks", "chunks", "/", false, 0},
		{"lines", "lines", "/", false, 0},
		{"gzip", "read", "/gzip", false, 64 << 10}, // of the encoder
		{"gzip-lines", "lines", "/gzip", true, 64 << 10},
		{"save-to-a-pipe", "save-to-a-pipe", "/", false, 64 << 10}, // of the pipe
		{"save-to-a-pipe-tls", "save-to-a-pipe", "/", true, 64 << 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			testnet.LeakCheck(t)
			f := &flow{total: 32 * mebi, most: inSystem + inClient + c.more}
			if c.name == "read" {
				f.total = large()
			}
			s, url := between(t, f, c.tls)
			resp, err := s.Get(t.Context(), url+c.path)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Close()
			f.finish(t, takes[c.take](t, f, resp))
		})
	}
}

// finish checks that the body was held up, and came.
func (f *flow) finish(t *testing.T, err error) {
	t.Helper()
	ahead := f.farthest.Load()
	t.Logf("the source was at most %d KiB ahead", ahead>>10)
	if err != nil || ahead > f.most {
		t.Errorf("%v: the source was %d bytes ahead, want %d at most", err, ahead, f.most)
	}
	if taken := f.taken.Load(); err == nil && taken != f.total {
		t.Errorf("%d of %d bytes came", taken, f.total)
	}
}

// The body of a request is read no faster than the server takes it.
func TestSlowServerHoldsUpTheBody(t *testing.T) {
	for _, c := range []struct {
		name string
		tls  bool
		body func(*flow) aiohttp.Request
	}{
		{"chunked", false, func(f *flow) aiohttp.Request { return aiohttp.Request{Body: reader{f}} }},
		{"chunked-tls", true, func(f *flow) aiohttp.Request { return aiohttp.Request{Body: reader{f}} }},
		{"sized", false, func(f *flow) aiohttp.Request { return aiohttp.Request{Body: reader{f}, ContentLength: f.total} }},
		{"multipart", false, multipartOf},
		{"multipart-tls", true, multipartOf},
	} {
		t.Run(c.name, func(t *testing.T) {
			testnet.LeakCheck(t)
			f := &flow{total: 32 * mebi, most: inSystem + inClient}
			s, url := between(t, f, c.tls)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			resp, err := s.Post(ctx, url, c.body(f))
			if err == nil {
				err = resp.Close()
			}
			f.taken.Store(min(f.taken.Load(), f.total)) // a form has a frame
			f.finish(t, err)
		})
	}
}

func multipartOf(f *flow) aiohttp.Request {
	return aiohttp.Request{Multipart: form.New().AddReader("file", "f", reader{f}, f.total)}
}
