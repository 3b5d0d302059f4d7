package aiohttp_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// pieces gives an iterator of texts, and tells when its loop was left.
func pieces(left *bool, texts ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		defer func() { *left = true }()
		buf := make([]byte, 0, 64)
		for _, text := range texts {
			if !yield(append(buf[:0], text...), nil) { // the same memory each time
				return
			}
		}
	}
}

func TestBodyFromSendsPieces(t *testing.T) {
	rec := &recorder{}
	s := site(t, rec.serve)
	var left bool
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: aiohttp.BodyFrom(pieces(&left, "one,", "", "two,", "three"))})
	read(t, resp, err)
	if got, _ := rec.last(t); got.Body != "one,two,three" || !got.Chunked || !left {
		t.Errorf("request %+v, loop left %v", got, left)
	}
}

// An error of the iterator's is the request's, and the server does not take what it
// has for the whole.
func TestBodyFromFails(t *testing.T) {
	broken := errors.New("broken")
	whole := make(chan error, 1)
	s := site(t, func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		whole <- err
	})
	_, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: aiohttp.BodyFrom(func(yield func([]byte, error) bool) {
		_ = yield([]byte("one"), nil) && yield([]byte("lost"), broken)
	})})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if err := <-whole; err == nil {
		t.Error("the server has seen a whole body")
	}
}

// A server that answers early stops the iterator.
func TestBodyFromIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := network(t)
		ln, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		var left atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: aiohttp.BodyFrom(func(yield func([]byte, error) bool) {
				defer func() { left.Store(true) }()
				for yield([]byte("x"), nil) {
					time.Sleep(time.Second)
				}
			})})
			if err != nil {
				t.Error(err)
				return
			}
			resp.Close()
		}()
		peer := testnet.Accept(t, ln)
		peer.WantHead()
		synctest.Wait() // the iterator has begun
		peer.Write("HTTP/1.1 413 Too much\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		<-done
		time.Sleep(2 * time.Second) // the iterator is asleep
		if !left.Load() {
			t.Error("the iterator was not stopped")
		}
	})
}

// A body that is not read does not begin, one that is read in part is stopped.
func TestBodyFromClose(t *testing.T) {
	var begun bool
	unread := aiohttp.BodyFrom(func(func([]byte, error) bool) { begun = true })
	unread.Close()
	if n, err := unread.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrClosed) || begun {
		t.Errorf("after Close: %d, %v, begun %v", n, err, begun)
	}
	var left bool
	part := aiohttp.BodyFrom(pieces(&left, "one", "two"))
	if n, err := part.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	part.Close()
	part.Close()
	if n, err := part.Read(make([]byte, 2)); n != 0 || !errors.Is(err, os.ErrClosed) || !left {
		t.Errorf("after Close: %d, %v, loop left %v", n, err, left)
	}
}

// Close while the iterator runs, by another goroutine as the connector does it.
func TestBodyFromCloseWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left bool
		body := aiohttp.BodyFrom(func(yield func([]byte, error) bool) {
			defer func() { left = true }()
			time.Sleep(time.Second)
			yield([]byte("late"), nil)
		})
		var wg sync.WaitGroup
		wg.Go(func() { body.Read(make([]byte, 8)) })
		synctest.Wait()
		body.Close() // does not wait
		wg.Wait()
		if !left {
			t.Error("the iterator was not stopped")
		}
	})
}

// prose is what compresses well.
func prose(n int) string { return strings.Repeat("the quick brown fox ", n/20+1)[:n] }

// noise is what compresses a little; text that repeats without end is taken for a
// bomb.
func noise(n int) string {
	raw := make([]byte, n/2)
	rand.NewChaCha8([32]byte{}).Read(raw)
	return hex.EncodeToString(raw)
}

// undone gives a handler that decompresses what comes.
func undone(t *testing.T, rec *recorder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if codings := r.Header.Values("Content-Encoding"); len(codings) > 0 {
			dec, err := coding.NewReader(r.Body, codings, coding.Limits{})
			if err != nil {
				t.Error(err)
				return
			}
			r.Body = dec
		}
		rec.serve(w, r)
	}
}

func TestRequestCompress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.txt")
	if err := os.WriteFile(path, []byte(prose(100<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gzip", "deflate", "br", "zstd"} {
		for _, test := range []struct {
			name    string
			req     aiohttp.Request
			want    string
			chunked bool
			kind    string
		}{
			{"text", aiohttp.Request{Text: prose(1000)}, prose(1000), false, "text/plain; charset=utf-8"},
			{"one-byte", aiohttp.Request{Text: "x"}, "x", false, "text/plain; charset=utf-8"},
			{"json", aiohttp.Request{JSON: []int{1}}, "[1]", false, "application/json"},
			{"large", aiohttp.Request{Bytes: []byte(noise(1<<20 + 2))}, noise(1<<20 + 2), true, "application/octet-stream"},
			{"file", aiohttp.Request{File: path}, prose(100 << 10), true, "text/plain; charset=utf-8"},
			{"reader", aiohttp.Request{Body: io.MultiReader(strings.NewReader("ab"), strings.NewReader("c"))}, "abc", true, "application/octet-stream"},
			{"length", aiohttp.Request{Body: io.MultiReader(strings.NewReader("abc")), ContentLength: 3}, "abc", true, "application/octet-stream"},
		} {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				rec := &recorder{}
				s := site(t, undone(t, rec))
				test.req.Compress = name
				resp, err := s.Post(t.Context(), "http://a.test/", test.req)
				read(t, resp, err)
				got, _ := rec.last(t)
				if got.Body != test.want || got.Chunked != test.chunked || got.Header.Get("Content-Encoding") != name || got.Header.Get("Content-Type") != test.kind {
					t.Errorf("body of %d bytes, want %d; chunked %v, header %v", len(got.Body), len(test.want), got.Chunked, got.Header)
				}
				if !test.chunked && len(test.want) == 1000 && got.ContentLength > 200 {
					t.Errorf("%d bytes were sent", got.ContentLength)
				}
			})
		}
	}
}

// A compressed body is sent again after a redirect, as one that is not; and a
// redirect that drops the body drops its coding.
func TestRequestCompressRedirected(t *testing.T) {
	for _, middleware := range [][]aiohttp.Middleware{nil, {func(next aiohttp.Handler) aiohttp.Handler { return next }}} {
		for _, test := range []struct {
			status int
			body   aiohttp.Request
			want   string
		}{
			{307, aiohttp.Request{Text: "hello"}, "hello"},
			{307, aiohttp.Request{Body: strings.NewReader(prose(100 << 10))}, prose(100 << 10)},
			{307, aiohttp.Request{Bytes: []byte(prose(1<<20 + 2))}, prose(1<<20 + 2)},
			{303, aiohttp.Request{Text: "hello"}, ""},
		} {
			rec := &recorder{reply: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					http.Redirect(w, r, "/2", test.status)
				}
			}}
			s := site(t, undone(t, rec), aiohttp.Options{Middleware: middleware})
			test.body.Compress = "gzip"
			resp, err := s.Post(t.Context(), "http://a.test/", test.body)
			read(t, resp, err)
			got, n := rec.last(t)
			if n != 2 || got.Body != test.want || (got.Header.Get("Content-Encoding") == "gzip") != (test.want != "") {
				t.Errorf("%d: %d requests, body of %d bytes, want %d, header %v", test.status, n, len(got.Body), len(test.want), got.Header)
			}
		}
	}
}

// Middleware sees the body as it is sent.
func TestRequestCompressBeforeMiddleware(t *testing.T) {
	rec := &recorder{}
	var seen []byte
	s := site(t, undone(t, rec), aiohttp.Options{Middleware: []aiohttp.Middleware{func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			seen = bytes.Clone(req.Bytes)
			if req.Header.Get("Content-Encoding") != "gzip" || req.Compress != "" || req.OnDownload != nil {
				t.Errorf("header %v, Compress %q", req.Header, req.Compress)
			}
			return next(ctx, req)
		}
	}}})
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{
		Text: "hello", Compress: "gzip", OnDownload: func(_, _ int64) {},
	})
	read(t, resp, err)
	if got, _ := rec.last(t); got.Body != "hello" || len(got.Header.Values("Content-Encoding")) != 1 || !bytes.HasPrefix(seen, []byte{0x1f, 0x8b}) {
		t.Errorf("request %+v, middleware has seen %x", got, seen)
	}
}

func TestRequestExtrasRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		opts aiohttp.Options
		want string
	}{
		{"coding", aiohttp.Request{Text: "x", Compress: "lzma"}, aiohttp.Options{}, `unknown compression "lzma"`},
		{"twice", aiohttp.Request{Text: "x", Compress: "gzip", Header: http.Header{"content-encoding": {"br"}}}, aiohttp.Options{}, "both Compress and a Content-Encoding"},
		{"twice-by-default", aiohttp.Request{Text: "x", Compress: "gzip"}, aiohttp.Options{Header: http.Header{"Content-Encoding": {"br"}}}, "both Compress and a Content-Encoding"},
		{"trailer-alone", aiohttp.Request{Trailer: http.Header{"X-Sum": nil}}, aiohttp.Options{}, "a Trailer and no body"},
		{"trailer-name", aiohttp.Request{Text: "x", Trailer: http.Header{"a b": nil}}, aiohttp.Options{}, `"a b" does not belong`},
		{"trailer-framing", aiohttp.Request{Text: "x", Trailer: http.Header{"Content-Length": {"1"}}}, aiohttp.Options{}, `"Content-Length" does not belong`},
		{"trailer-secret", aiohttp.Request{Text: "x", Trailer: http.Header{"x-api-key": {"1"}}}, aiohttp.Options{}, `"x-api-key" does not belong`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") }, test.opts)
			_, err := s.Post(t.Context(), "http://a.test/", test.req)
			wantError(t, err, "prepare", test.want)
		})
	}
}

// summed is a body that sets a trailer when it has ended.
type summed struct {
	io.Reader
	trailer http.Header
}

func (s summed) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF {
		s.trailer["X-Sum"] = []string{"42"}
	}
	return n, err
}

func TestRequestTrailer(t *testing.T) {
	pass := func(next aiohttp.Handler) aiohttp.Handler { return next }
	rt := aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper { return next })
	for name, middleware := range map[string][]aiohttp.Middleware{"plain": nil, "middleware": {pass}, "round-tripper": {rt}} {
		t.Run(name, func(t *testing.T) {
			var got http.Header
			var body string
			s := site(t, func(_ http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				body, got = string(data), r.Trailer
			}, aiohttp.Options{Middleware: middleware})
			late := http.Header{"X-Sum": nil}
			for _, req := range []aiohttp.Request{
				{Text: "hello", Trailer: http.Header{"X-Sum": {"42"}}},
				{Text: "hello", Compress: "gzip", Trailer: http.Header{"X-Sum": {"42"}}},
				{Body: summed{strings.NewReader("hello"), late}, Trailer: late},
				{Body: strings.NewReader("hello"), ContentLength: 5, Trailer: http.Header{"X-Sum": {"42"}}},
			} {
				resp, err := s.Post(t.Context(), "http://a.test/", req)
				read(t, resp, err)
				if got.Get("X-Sum") != "42" || req.Compress == "" && body != "hello" {
					t.Errorf("body %q, trailer %v", body, got)
				}
			}
		})
	}
}

// A redirect that drops the body drops its trailers.
func TestRequestTrailerRedirected(t *testing.T) {
	for _, middleware := range [][]aiohttp.Middleware{nil, {func(next aiohttp.Handler) aiohttp.Handler { return next }}} {
		rec := &recorder{reply: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/2", http.StatusSeeOther)
			}
		}}
		s := site(t, rec.serve, aiohttp.Options{Middleware: middleware})
		resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "hello", Trailer: http.Header{"X-Sum": {"42"}}})
		read(t, resp, err)
		if got, n := rec.last(t); n != 2 || got.Method != "GET" || got.Body != "" || got.Chunked || got.Header.Get("Trailer") != "" {
			t.Errorf("%d requests, the last %+v", n, got)
		}
	}
}

// steps records what a hook is told.
type steps struct {
	mu   sync.Mutex
	all  []string
	last string
}

func (s *steps) tell(done, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = fmt.Sprintf("%d/%d", done, total)
	s.all = append(s.all, s.last)
}

func TestRequestOnUpload(t *testing.T) {
	// aio-libs/aiohttp PR #12452: how far an upload is cannot be seen.
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		want string
	}{
		{"small", aiohttp.Request{Text: "hello"}, "5/5"},
		{"large", aiohttp.Request{Bytes: []byte(prose(1 << 20))}, "1048576/1048576"},
		{"reader", aiohttp.Request{Body: io.MultiReader(strings.NewReader("hello"))}, "5/-1"},
		{"trailer", aiohttp.Request{Text: "hello", Trailer: http.Header{"X-A": {"b"}}}, "5/5"},
		{"none", aiohttp.Request{}, ""},
	} {
		for _, middleware := range [][]aiohttp.Middleware{nil, {func(next aiohttp.Handler) aiohttp.Handler { return next }}} {
			t.Run(test.name, func(t *testing.T) {
				rec := &recorder{}
				s := site(t, rec.serve, aiohttp.Options{Middleware: middleware})
				var told steps
				test.req.OnUpload = told.tell
				if test.req.Body != nil { // each time anew
					test.req.Body = io.MultiReader(strings.NewReader("hello"))
				}
				resp, err := s.Post(t.Context(), "http://a.test/", test.req)
				read(t, resp, err)
				told.mu.Lock()
				defer told.mu.Unlock()
				if told.last != test.want {
					t.Errorf("told %v, want %s at the end", told.all, test.want)
				}
				if test.name == "large" && len(told.all) < 10 {
					t.Errorf("told %d times", len(told.all))
				}
			})
		}
	}
}

// A body that is sent again is told of anew.
func TestRequestOnUploadRedirected(t *testing.T) {
	rec := &recorder{reply: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/2", http.StatusTemporaryRedirect)
		}
	}}
	s := site(t, rec.serve)
	var told steps
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "hello", OnUpload: told.tell})
	read(t, resp, err)
	if got := strings.Join(told.all, " "); got != "5/5 5/5" {
		t.Errorf("told %s", got)
	}
}

// Whatever way the body is read, it is told of; for a compressed one the size is
// not known.
func TestRequestOnDownload(t *testing.T) {
	content := prose(200 << 10)
	gzipped, err := coding.Encode([]byte(content), "gzip")
	if err != nil {
		t.Fatal(err)
	}
	for _, middleware := range [][]aiohttp.Middleware{nil, {aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper { return next })}} {
		s := site(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/redirect":
				w.Header().Set("Location", "/plain")
				w.WriteHeader(http.StatusFound)
				io.WriteString(w, "the body of a redirect")
			case "/gzip":
				w.Header().Set("Content-Encoding", "gzip")
				w.Write(gzipped)
			default:
				w.Header().Set("Content-Length", fmt.Sprint(len(content)))
				io.WriteString(w, content)
			}
		}, aiohttp.Options{Middleware: middleware})
		for path, total := range map[string]int{"/plain": len(content), "/gzip": -1, "/redirect": len(content)} {
			for name, take := range map[string]func(*aiohttp.Response) error{
				"bytes": func(r *aiohttp.Response) error { _, err := r.Bytes(); return err },
				"save":  func(r *aiohttp.Response) error { _, err := r.Save(filepath.Join(t.TempDir(), "f")); return err },
				"copy":  func(r *aiohttp.Response) error { _, err := io.Copy(io.Discard, r); return err },
				"http":  func(r *aiohttp.Response) error { _, err := io.Copy(io.Discard, r.HTTP().Body); return err },
				"lines": func(r *aiohttp.Response) error {
					for _, err := range r.Lines() {
						if err != nil {
							return err
						}
					}
					return nil
				},
			} {
				var told steps
				resp, err := s.Get(t.Context(), "http://a.test"+path, aiohttp.Request{OnDownload: told.tell})
				if err == nil {
					err = take(resp)
				}
				if want := fmt.Sprintf("%d/%d", len(content), total); err != nil || told.last != want || len(told.all) < 2 {
					t.Errorf("%s by %s: told %v, want %s at the end; error %v", path, name, told.all, want, err)
				}
			}
		}
	}
}
