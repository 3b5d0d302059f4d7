package aiohttp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// closer counts how often it is closed.
type closer struct {
	io.Reader
	closed atomic.Int32
}

func (c *closer) Close() error {
	c.closed.Add(1)
	return nil
}

// seekCloser is a closer that can be sought.
type seekCloser struct {
	*bytes.Reader
	closed atomic.Int32
}

func (c *seekCloser) Close() error {
	c.closed.Add(1)
	return nil
}

func writeFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFile(t testing.TB, path string, at int64) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRequestBodies(t *testing.T) {
	path := writeFile(t, "a.html", []byte("<p>file"))
	large := strings.Repeat("x", 100<<10)
	for _, test := range []struct {
		name    string
		req     aiohttp.Request
		body    string
		typ     string
		length  int64
		chunked bool
	}{
		{"none", aiohttp.Request{}, "", "", 0, false},
		{"bytes", aiohttp.Request{Bytes: []byte("b")}, "b", "application/octet-stream", 1, false},
		{"empty-bytes", aiohttp.Request{Bytes: []byte{}}, "", "application/octet-stream", 0, false},
		{"text", aiohttp.Request{Text: "ä"}, "ä", "text/plain; charset=utf-8", 2, false},
		{"json", aiohttp.Request{JSON: map[string]int{"a": 1}}, `{"a":1}`, "application/json", 7, false},
		{"form", aiohttp.Request{Form: url.Values{"b": {"x y"}, "a": {"&"}}}, "a=%26&b=x+y", "application/x-www-form-urlencoded", 11, false},
		{"file", aiohttp.Request{File: path}, "<p>file", "text/html; charset=utf-8", 7, false},
		{"empty-file", aiohttp.Request{File: writeFile(t, "empty", nil)}, "", "application/octet-stream", 0, false},
		{"strings-reader", aiohttp.Request{Body: strings.NewReader("r")}, "r", "application/octet-stream", 1, false},
		{"bytes-reader", aiohttp.Request{Body: bytes.NewReader([]byte(large))}, large, "application/octet-stream", 100 << 10, false},
		{"buffer", aiohttp.Request{Body: bytes.NewBufferString(large)}, large, "application/octet-stream", 100 << 10, false},
		{"empty-reader", aiohttp.Request{Body: strings.NewReader("")}, "", "application/octet-stream", 0, false},
		{"os-file", aiohttp.Request{Body: openFile(t, path, 3)}, "file", "application/octet-stream", 4, false},
		{"reader", aiohttp.Request{Body: io.MultiReader(strings.NewReader("r"))}, "r", "application/octet-stream", -1, true},
		{"reader-with-length", aiohttp.Request{Body: io.MultiReader(strings.NewReader("r")), ContentLength: 1}, "r", "application/octet-stream", 1, false},
		{"own-type", aiohttp.Request{JSON: 1, Header: http.Header{"content-type": {"application/problem+json"}}}, "1", "application/problem+json", 1, false},
		{"no-type", aiohttp.Request{JSON: 1, Header: http.Header{"Content-Type": {}}}, "1", "", 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := site(t, rec.serve)
			resp, err := s.Post(t.Context(), "http://a.test/", test.req)
			read(t, resp, err)
			got, _ := rec.last(t)
			if got.Body != test.body {
				t.Errorf("body of %d bytes %.40q, want %d bytes %.40q", len(got.Body), got.Body, len(test.body), test.body)
			}
			if typ := got.Header.Get("Content-Type"); typ != test.typ {
				t.Errorf("Content-Type %q, want %q", typ, test.typ)
			}
			if got.ContentLength != test.length || got.Chunked != test.chunked {
				t.Errorf("length %d, chunked %v; want %d, %v", got.ContentLength, got.Chunked, test.length, test.chunked)
			}
		})
	}
}

func TestRequestContentTypeOfSessionWins(t *testing.T) {
	var rec recorder
	s := site(t, rec.serve, aiohttp.Options{Header: http.Header{"Content-Type": {"application/vnd.api+json"}}})
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{JSON: 1})
	read(t, resp, err)
	if got, _ := rec.last(t); len(got.Header["Content-Type"]) != 1 || got.Header.Get("Content-Type") != "application/vnd.api+json" {
		t.Errorf("Content-Type %q", got.Header["Content-Type"])
	}
}

func TestRequestRefusesBody(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	for _, test := range []struct {
		name string
		req  aiohttp.Request
		want string
	}{
		{"two", aiohttp.Request{JSON: 1, Text: "x"}, "more than one body: Text and JSON"},
		{"json", aiohttp.Request{JSON: func() {}}, "encoding the JSON body: json: unsupported type"},
		{"no-file", aiohttp.Request{File: filepath.Join(t.TempDir(), "none")}, "no such file"},
		{"folder", aiohttp.Request{File: t.TempDir()}, "is a directory"},
		{"negative", aiohttp.Request{ContentLength: -1}, "negative ContentLength"},
		{"buffer-length", aiohttp.Request{Body: bytes.NewBufferString("abc"), ContentLength: 2}, "3 bytes with a ContentLength of 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := &closer{Reader: strings.NewReader("x")}
			if test.name == "negative" {
				test.req.Body = body
			}
			_, err := s.Post(t.Context(), "http://a.test/", test.req)
			wantError(t, err, `post "http://a.test/": prepare: `, test.want)
			if test.req.Body == body && body.closed.Load() != 1 {
				t.Errorf("body closed %d times, want once", body.closed.Load())
			}
		})
	}
}

// A Body is closed whatever becomes of the call.
func TestRequestBodyIsClosed(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/read":
			io.Copy(io.Discard, r.Body)
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/303":
			http.Redirect(w, r, "/read", http.StatusSeeOther)
		case "/307":
			io.Copy(io.Discard, r.Body)
			http.Redirect(w, r, "/read", http.StatusTemporaryRedirect)
		case "/307-away":
			http.Redirect(w, r, "ftp://b.test/", http.StatusTemporaryRedirect)
		}
	}
	large := bytes.Repeat([]byte("x"), 200<<10) // the server reads as much behind an answer
	for _, path := range []string{"/read", "/unread", "/abort", "/303", "/307", "/307-away"} {
		for _, kind := range []string{"stream", "seeker", "two-bodies", "bad-header", "bad-url", "small"} {
			t.Run(path[1:]+"/"+kind, func(t *testing.T) {
				s := aiohttp.NewSession()
				srv := newServer(t, answer)
				stream, seeker := &closer{Reader: bytes.NewReader(large)}, &seekCloser{Reader: bytes.NewReader(large)}
				req := aiohttp.Request{Body: stream}
				target := srv.URL + path
				count := &stream.closed
				switch kind {
				case "seeker":
					req.Body, count = seeker, &seeker.closed
				case "two-bodies":
					req.JSON = 1
				case "bad-header":
					req.Header = http.Header{"a b": {"c"}}
				case "bad-url":
					target = "http://[::1"
				case "small":
					stream.Reader, req.ContentLength = strings.NewReader("abc"), 3
				}
				if resp, err := s.Post(t.Context(), target, req); err == nil {
					resp.Close()
				}
				s.Close() // joins what still sends
				if count.Load() < 1 || kind == "seeker" && count.Load() != 1 {
					t.Errorf("body closed %d times", count.Load())
				}
			})
		}
	}
}

// CVE-2026-54280: a body that is a file is closed when the peer goes away in the
// middle of it.
func TestRequestFileIsClosedOnDisconnect(t *testing.T) {
	path := writeFile(t, "large", bytes.Repeat([]byte("x"), 4<<20))
	before := openFiles()
	for range 5 {
		s, n := network(t)
		ln, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := ln.Accept()
			if err == nil {
				io.ReadFull(conn, make([]byte, 100<<10))
				conn.Close()
			}
		}()
		if _, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{File: path}); err == nil {
			t.Error("no error")
		}
		ln.Close()
		s.Close()
		s.Connector().Close()
	}
	if after := openFiles(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// openFiles counts the process's open files named "large"; always 0 where there
// is no /proc to tell.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	count := 0
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasSuffix(to, "/large") {
			count++
		}
	}
	return count
}

// A 307 or 308 sends the body again; what cannot be read twice is an error.
func TestRequestBodyIsReplayed(t *testing.T) {
	content := strings.Repeat("0123456789", 10<<10)
	for _, status := range []int{307, 308} {
		for _, early := range []bool{false, true} {
			for name, test := range map[string]struct {
				body func(t *testing.T) aiohttp.Request
				ok   bool
			}{
				"bytes":   {func(*testing.T) aiohttp.Request { return aiohttp.Request{Bytes: []byte(content)} }, true},
				"buffer":  {func(*testing.T) aiohttp.Request { return aiohttp.Request{Body: bytes.NewBufferString(content)} }, true},
				"strings": {func(*testing.T) aiohttp.Request { return aiohttp.Request{Body: strings.NewReader(content)} }, true},
				"seeker": {func(*testing.T) aiohttp.Request {
					return aiohttp.Request{Body: &seekCloser{Reader: bytes.NewReader([]byte(content))}}
				}, true},
				"file": {func(t *testing.T) aiohttp.Request {
					return aiohttp.Request{File: writeFile(t, "f", []byte(content))}
				}, true},
				"os-file": {func(t *testing.T) aiohttp.Request {
					return aiohttp.Request{Body: openFile(t, writeFile(t, "f", []byte("skipped"+content)), 7)}
				}, true},
				"stream": {func(*testing.T) aiohttp.Request {
					return aiohttp.Request{Body: io.MultiReader(strings.NewReader(content))}
				}, false},
			} {
				t.Run(fmt.Sprintf("%d/%s/early-%v", status, name, early), func(t *testing.T) {
					got := make(chan string, 1)
					srv := newServer(t, func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/end" {
							body, _ := io.ReadAll(r.Body)
							got <- r.Method + string(body)
							return
						}
						if !early {
							io.Copy(io.Discard, r.Body)
						}
						http.Redirect(w, r, "/end", status)
					})
					s := aiohttp.NewSession()
					defer s.Close()
					resp, err := s.Put(t.Context(), srv.URL, test.body(t))
					if !test.ok {
						wantError(t, err, "cannot be read twice")
						return
					}
					read(t, resp, err)
					if body := <-got; body != "PUT"+content {
						t.Errorf("%d bytes %.20q arrived, want %d", len(body), body, 3+len(content))
					}
				})
			}
		}
	}
}

// A body of the caller's that fails is the error.
func TestRequestBodyFails(t *testing.T) {
	s := site(t, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	broken := errors.New("disk on fire")
	_, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: io.MultiReader(strings.NewReader("x"), failing{broken})})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the body's", err)
	}
	wantError(t, err, `post "http://a.test/": write a.test:80`)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
