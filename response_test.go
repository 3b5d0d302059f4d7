package aiohttp_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// encode puts text into a content coding.
func encode(t testing.TB, coding, text string) []byte {
	t.Helper()
	var buf bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w, _ = gzip.NewWriterLevel(&buf, gzip.BestSpeed)
	case "deflate":
		w = zlib.NewWriter(&buf)
	case "br":
		w = brotli.NewWriter(&buf)
	case "zstd":
		z, err := zstd.NewWriter(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return []byte(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestResponseUndoesContentCodings(t *testing.T) {
	// golang/go#62492: br and zstd are not undone.
	text := strings.Repeat("hello, world\n", 1000)
	for _, coding := range []string{"", "identity", "gzip", "deflate", "br", "zstd", "unknown"} {
		for _, framing := range []string{"length", "chunked"} {
			t.Run(coding+"/"+framing, func(t *testing.T) {
				content := encode(t, coding, text)
				s := site(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Encoding", coding)
					if framing == "length" {
						w.Header().Set("Content-Length", fmt.Sprint(len(content)))
					} else {
						w.(http.Flusher).Flush()
					}
					w.Write(content)
				})
				for range 2 {
					resp, err := s.Get(t.Context(), "http://a.test/")
					if body := read(t, resp, err); body != text {
						t.Errorf("%d bytes, want %d", len(body), len(text))
					}
				}
				if stats := s.Connector().Stats(); stats.Open != 1 || stats.Idle != 1 {
					t.Errorf("connection not used again: %+v", stats)
				}
				resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{DisableDecompression: true})
				if body := read(t, resp, err); body != string(content) || resp.Header("content-encoding") != coding {
					t.Errorf("raw: %d bytes, want %d", len(body), len(content))
				}
			})
		}
	}
}

func TestResponseWithoutBody(t *testing.T) {
	for _, test := range []struct {
		name, method string
		status       int
		header       http.Header
		length       int64
	}{
		{"head", "HEAD", 200, http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"100"}}, 100},
		{"head-huge", "HEAD", 200, http.Header{"Content-Length": {"9000000000"}}, 9000000000},
		{"204", "GET", 204, http.Header{"Content-Encoding": {"gzip"}}, 0},
		{"304", "GET", 304, http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"100"}}, 0},
		{"empty-gzip", "GET", 200, http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"0"}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, n := network(t)
			peer(t, n, "a.test:80", func(conn net.Conn) {
				for {
					if _, err := conn.Read(make([]byte, 4<<10)); err != nil {
						return
					}
					fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n", test.status)
					test.header.Write(conn)
					io.WriteString(conn, "\r\n")
				}
			})
			for range 2 {
				resp, err := s.Do(t.Context(), aiohttp.Request{Method: test.method, URL: "http://a.test/"})
				if body := read(t, resp, err); body != "" || resp.ContentLength != test.length {
					t.Errorf("body %q, length %d, want %d", body, resp.ContentLength, test.length)
				}
				if text, err := resp.Text(); text != "" || err != nil {
					t.Errorf("Text: %q, %v", text, err)
				}
			}
			if n.Dials() != 1 {
				t.Errorf("%d connections, want 1", n.Dials())
			}
		})
	}
}

func TestResponseDecodeError(t *testing.T) {
	whole := encode(t, "gzip", strings.Repeat("hello", 1000))
	for _, test := range []struct {
		name, coding string
		body         []byte
		want         string
	}{
		{"garbage", "gzip", []byte("not gzip at all"), "decode gzip: "},
		{"cut", "gzip", whole[:len(whole)-6], "decode gzip: unexpected EOF"},
		{"br", "br", []byte("not brotli at all, no"), "decode br: "},
		{"many", "gzip, gzip, gzip, gzip, gzip, gzip", whole, "coding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", test.coding)
				w.Write(test.body)
			})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			_, err = resp.Bytes()
			wantError(t, err, "body a.test:80", test.want)
			var e *aiohttp.Error
			if !errors.As(err, &e) || e.Phase != connector.PhaseBody {
				t.Errorf("error %#v, want phase body", err)
			}
			if _, again := resp.Text(); again != err {
				t.Errorf("second error %v, want the first, %v", again, err)
			}
		})
	}
}

// CVE-2025-69223: ten MiB of zeros in gzip stop at the limit.
func TestResponseBombStopsAtLimit(t *testing.T) {
	bomb := encode(t, "gzip", strings.Repeat("\x00", 10<<20))
	for _, test := range []struct {
		name string
		opts aiohttp.Options
		want string
	}{
		{"ratio", aiohttp.Options{MaxBodyBytes: -1}, "decode"},
		{"held", aiohttp.Options{MaxBodyBytes: 100 << 10}, "body too large to be held in memory: the limit is 102400 bytes"},
		{"decoded", aiohttp.Options{MaxDecodedBytes: 200 << 10}, "204800"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.Write(bomb)
			}, test.opts)
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			_, err = resp.Bytes()
			if err == nil {
				t.Fatal("10 MiB came of 10 KiB")
			}
			if test.name != "ratio" {
				wantError(t, err, test.want)
			}
			if held := test.name == "held"; errors.Is(err, aiohttp.ErrBodyTooLarge) != held || errors.Is(err, aiohttp.ErrBomb) == held {
				t.Errorf("error %v: want ErrBodyTooLarge for what is held, else ErrBomb", err)
			}
		})
	}
}

// CVE-2026-54278: closing an unread bomb inflates nothing.
func TestResponseCloseDoesNotInflate(t *testing.T) {
	bomb := encode(t, "gzip", strings.Repeat("\x00", 2<<20))
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb)
	})
	for range 2 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		allocated := testing.AllocsPerRun(1, func() { resp.Close() })
		if allocated > 200 { // decoding sets up a decoder; closing does not
			t.Errorf("%v allocations", allocated)
		}
		if _, err := resp.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("read after Close: %v", err)
		}
	}
	if stats := s.Connector().Stats(); stats.Idle != 1 {
		t.Errorf("the rest of a small body was not read: %+v", stats)
	}
}

func TestResponseMaxBodyBytes(t *testing.T) {
	for _, test := range []struct {
		limit int64
		size  int
		ok    bool
	}{{0, 100, true}, {100, 100, true}, {99, 100, false}, {-1, 100, true}, {1 << 20, 3 << 20, false}, {-1, 3 << 20, true}} {
		for _, chunked := range []bool{false, true} {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				if chunked {
					w.(http.Flusher).Flush()
				} else {
					w.Header().Set("Content-Length", fmt.Sprint(test.size))
				}
				w.Write(make([]byte, test.size))
			}, aiohttp.Options{MaxBodyBytes: test.limit})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			content, err := resp.Bytes()
			if (err == nil) != test.ok || test.ok && len(content) != test.size || !test.ok && !errors.Is(err, aiohttp.ErrBodyTooLarge) {
				t.Errorf("limit %d, size %d, chunked %v: %d bytes, %v", test.limit, test.size, chunked, len(content), err)
			}
		}
	}
}

// A Content-Length that promises the world sets no memory aside for it.
func TestResponseLyingContentLength(t *testing.T) {
	s, n := network(t, aiohttp.Options{MaxBodyBytes: -1})
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if conn, err := ln.Accept(); err == nil {
			conn.Read(make([]byte, 4<<10))
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\nhello")
			conn.Close()
		}
	}()
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Bytes(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want an unexpected end", err)
	}
}

func TestResponseContentMayBeReadAgain(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"a":1}`) })
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		text, err := resp.Text()
		if text != `{"a":1}` || err != nil {
			t.Errorf("Text: %q, %v", text, err)
		}
		v, err := aiohttp.JSON[map[string]int](resp)
		if v["a"] != 1 || err != nil {
			t.Errorf("JSON: %v, %v", v, err)
		}
	}
	for line, err := range resp.Lines() {
		if line != `{"a":1}` || err != nil {
			t.Errorf("Lines: %q, %v", line, err)
		}
	}
	resp, err = s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(resp, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	if rest, err := resp.Text(); rest != `a":1}` || err != nil {
		t.Errorf("behind a Read: %q, %v", rest, err)
	}
}

func TestResponseReadAfterClose(t *testing.T) {
	for _, coding := range []string{"", "gzip"} {
		content := encode(t, coding, "hello")
		s := site(t, func(w http.ResponseWriter, _ *http.Request) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.Write(content)
		})
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp)
		if string(got) != "hello" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := resp.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%q: second read at the end: %v, want EOF", coding, err)
		}
		for range 2 {
			if err := resp.Close(); err != nil {
				t.Error(err)
			}
		}
		for name, read := range map[string]func() error{
			"Read":    func() error { _, err := resp.Read(make([]byte, 1)); return err },
			"WriteTo": func() error { _, err := resp.WriteTo(io.Discard); return err },
			"Bytes":   func() error { _, err := resp.Bytes(); return err },
		} {
			if err := read(); !errors.Is(err, http.ErrBodyReadAfterClose) {
				t.Errorf("%q: %s after Close: %v", coding, name, err)
			}
		}
	}
}

func TestResponseJSONError(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(502)
		fmt.Fprint(w, "<html>\r\n"+strings.Repeat("x", 100))
	})
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	_, err = aiohttp.JSON[int](resp)
	wantError(t, err, `decoding JSON (Content-Type "text/html", status 502, body begins "<html>\r\nxxx`)
}

// Whatever takes the body says whose it was when that fails, once.
func TestResponseErrorOfABodyNamesItsURL(t *testing.T) {
	s, n := network(t)
	peer(t, n, "a.test:80", func(conn net.Conn) {
		conn.Read(make([]byte, 4<<10))
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}")
	})
	dir := t.TempDir()
	for name, take := range map[string]func(*aiohttp.Response) error{
		"bytes": func(r *aiohttp.Response) error { _, err := r.Bytes(); return err },
		"text":  func(r *aiohttp.Response) error { _, err := r.Text(); return err },
		"json":  func(r *aiohttp.Response) error { return r.JSON(new(any)) },
		"save":  func(r *aiohttp.Response) error { _, err := r.Save(filepath.Join(dir, "file")); return err },
		"lines": func(r *aiohttp.Response) (last error) {
			for _, err := range r.Lines() {
				last = err
			}
			return last
		},
		"chunks": func(r *aiohttp.Response) (last error) {
			for _, err := range r.Chunks() {
				last = err
			}
			return last
		},
	} {
		resp, err := s.Get(t.Context(), "http://a.test/x?token=hush")
		if err != nil {
			t.Fatal(err)
		}
		err = take(resp)
		want := `get "http://a.test/x?token=xxxxx": body a.test:80 (` + resp.RemoteAddr() + `): server closed the connection after 2 of 5 bytes of the body`
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, want)
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: not io.ErrUnexpectedEOF", name)
		}
	}
}

func TestResponseRaiseForStatus(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Why", "because")
		if r.URL.Path == "/ok" {
			return
		}
		w.WriteHeader(404)
		fmt.Fprint(w, strings.Repeat("n", 5000))
	}
	s := site(t, answer)
	raising := site(t, answer, aiohttp.Options{RaiseForStatus: true})
	resp, err := s.Get(t.Context(), "http://u:p@a.test/?token=s")
	if err != nil || resp.OK() {
		t.Fatalf("%v, %v", resp, err)
	}
	err = resp.RaiseForStatus()
	_, raised := raising.Get(t.Context(), "http://u:p@a.test/?token=s")
	for _, err := range []error{err, raised} {
		var status *aiohttp.StatusError
		if !errors.As(err, &status) || status.Status != 404 || len(status.Body) != 1024 || status.Header.Get("X-Why") != "because" {
			t.Fatalf("error %#v", err)
		}
		if want := `get "http://u:xxxxx@a.test/?token=xxxxx": status 404 Not Found`; err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	}
	resp, err = raising.Get(t.Context(), "http://a.test/ok")
	read(t, resp, err)
	if err := resp.RaiseForStatus(); err != nil || !resp.OK() {
		t.Error(err)
	}
	for _, s := range []*aiohttp.Session{s, raising} {
		wantAtRest(t, s)
	}
}

func TestResponseMeta(t *testing.T) {
	s, n := network(t)
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if conn, err := ln.Accept(); err == nil {
			conn.Read(make([]byte, 4<<10))
			io.WriteString(conn, "HTTP/1.0 299 Fine So Far\r\nX-A: 1\r\nx-a: 2\r\nSet-Cookie: a=b\r\n\r\nhello")
			conn.Close()
		}
	}()
	resp, err := s.Get(t.Context(), "http://a.test/x?token=hush")
	body := read(t, resp, err)
	got := []any{resp.Status, resp.Reason(), resp.Proto(), resp.Header("X-A"), resp.Header("x-none"), resp.Headers()["X-A"], body, resp.Cookies()[0].Name, resp.ContentLength, resp.TLS() == nil, resp.RemoteAddr() != ""}
	want := []any{299, "Fine So Far", "HTTP/1.0", "1", "", []string{"1", "2"}, "hello", "a", int64(-1), true, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := fmt.Sprint(resp), `get "http://a.test/x?token=xxxxx": status 299 Fine So Far`; got != want {
		t.Errorf("String: %s, want %s", got, want)
	}
	std := resp.HTTP()
	if std.Status != "299 Fine So Far" || std.ProtoMajor != 1 || std.ProtoMinor != 0 || std.Request.URL.Path != "/x" || std.Header.Get("X-A") != "1" {
		t.Errorf("HTTP: %+v", std)
	}
}

func TestResponseHTTPDecodesAndBringsTrailers(t *testing.T) {
	content := encode(t, "gzip", "hello")
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Trailer", "X-Sum")
		w.Write(content)
		w.Header().Set("X-Sum", "5")
	})
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	std := resp.HTTP()
	defer std.Body.Close()
	body, err := io.ReadAll(std.Body)
	if string(body) != "hello" || err != nil || !std.Uncompressed || std.ContentLength != -1 || std.Header.Get("Content-Encoding") != "" {
		t.Errorf("%q, %v, %+v", body, err, std)
	}
	if std.Trailer.Get("X-Sum") != "5" || resp.Trailers().Get("X-Sum") != "5" {
		t.Errorf("trailer %v", std.Trailer)
	}
	if resp.Header("Content-Encoding") != "gzip" {
		t.Error("the response's own header was changed")
	}
}

// Close may come at any time: the detector of races is the judge.
func TestCloseWhileTheBodyIsReadIntoMemory(t *testing.T) {
	srv := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "hello")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	s := aiohttp.NewSession()
	defer s.Close()
	for range 20 {
		resp, err := s.Get(t.Context(), srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			_, err := resp.Bytes()
			done <- err
		}()
		resp.Close()
		if err := <-done; err == nil {
			t.Error("no error")
		}
	}
}

// What HTTP gives is told from a response of net/http's own by nothing but its types.
func TestResponseHTTPIsLikeThatOfNetHTTP(t *testing.T) {
	answers := map[string]string{
		"/length":   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello",
		"/chunked":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n",
		"/shouted":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
		"/close":    "HTTP/1.1 404 Gone Fishing\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
		"/until":    "HTTP/1.1 200 OK\r\n\r\nhello",
		"/kept":     "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nhello",
		"/both":     "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: x, Close\r\n\r\nhello",
		"/old":      "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"/empty":    "HTTP/1.1 204 No Content\r\n\r\n",
		"/none":     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"/p?a=%20b": "HTTP/1.1 200 \r\nContent-Length: 0\r\nEmpty:\r\n\r\n",
	}
	s, n := network(t)
	peer(t, n, "a.test:80", func(conn net.Conn) {
		if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.WriteString(conn, answers[req.URL.RequestURI()])
		}
	})
	std := &http.Transport{DialContext: n.DialContext, DisableCompression: true}
	defer std.CloseIdleConnections()
	look := func(resp *http.Response) map[string]any {
		before := fmt.Sprint(resp.Trailer)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		return map[string]any{
			"Status": resp.Status, "StatusCode": resp.StatusCode, "Proto": resp.Proto, "Header": resp.Header,
			"ContentLength": resp.ContentLength, "TransferEncoding": resp.TransferEncoding, "Close": resp.Close,
			"Trailer": resp.Trailer, "announced": before, "body": string(body), "err": err,
			"URL": resp.Request.URL.String(), "Method": resp.Request.Method,
		}
	}
	for target := range answers {
		url := "http://a.test" + target
		req, err := http.NewRequest("GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := std.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := s.Get(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(look(theirs), look(ours.HTTP())); diff != "" {
			t.Errorf("%s (-net/http +ours):\n%s", target, diff)
		}
	}
}
