package aiohttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/google/go-cmp/cmp"
)

// note is middleware that notes what passes it.
func note(log *[]string, name string) aiohttp.Middleware {
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			*log = append(*log, name+" "+req.Method+" "+req.URL)
			resp, err := next(ctx, req)
			*log = append(*log, name+" done")
			return resp, err
		}
	}
}

// through gives a session whose requests all go through h.
func through(t testing.TB, handler http.HandlerFunc, h func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error)) *aiohttp.Session {
	return site(t, handler, aiohttp.Options{Middleware: []aiohttp.Middleware{func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) { return h(ctx, req, next) }
	}}})
}

func TestMiddlewareCountsResends(t *testing.T) {
	session := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
	})
	var got []int
	twice := func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			got = append(got, req.Resends())
			resp, err := next(ctx, req)
			if err != nil {
				return nil, err
			}
			resp.Close()
			got = append(got, req.Resends())
			return next(ctx, req)
		}
	}
	for range 2 {
		resp, err := session.Get(t.Context(), "http://a.test/a", aiohttp.Request{Middleware: []aiohttp.Middleware{twice}})
		read(t, resp, err)
	}
	if want := []int{0, 1, 2, 3, 0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := new(aiohttp.Request).Resends(); n != 0 {
		t.Errorf("outside: %d", n)
	}
}

func TestMiddlewareRunsInOrderForEachHop(t *testing.T) {
	var log []string
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "http://b.test/end?x=1", http.StatusSeeOther)
		}
	}, aiohttp.Options{
		Middleware: []aiohttp.Middleware{note(&log, "outer"), note(&log, "inner")},
		Query:      url.Values{"q": {"1"}},
	})
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "x", Query: url.Values{"r": {"2"}}})
	read(t, resp, err)
	want := []string{
		"outer POST http://a.test/?q=1&r=2", "inner POST http://a.test/?q=1&r=2", "inner done", "outer done",
		"outer GET http://b.test/end?x=1", "inner GET http://b.test/end?x=1", "inner done", "outer done",
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(resp.History()) != 1 {
		t.Errorf("history of %d", len(resp.History()))
	}
}

func TestMiddlewareOfARequestReplacesTheSessions(t *testing.T) {
	var log []string
	s := site(t, func(http.ResponseWriter, *http.Request) {}, aiohttp.Options{Middleware: []aiohttp.Middleware{note(&log, "session")}})
	for _, own := range [][]aiohttp.Middleware{{note(&log, "own")}, {}, nil} {
		resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Middleware: own})
		read(t, resp, err)
	}
	if want := []string{"own GET http://a.test/", "own done", "session GET http://a.test/", "session done"}; !slices.Equal(log, want) {
		t.Errorf("got %q", log)
	}
}

// What middleware sees is what is sent, and no credential that is not.
func TestMiddlewareSeesTheFields(t *testing.T) {
	var rec recorder
	rec.reply = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "http://b.test/end", http.StatusFound)
		}
	}
	var saw []http.Header
	s := site(t, rec.serve, aiohttp.Options{
		Header: http.Header{"X-Default": {"1"}, "X-Both": {"session"}, "Authorization": {"Bearer s"}, "user-agent": {"me"}},
		Middleware: []aiohttp.Middleware{func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				saw = append(saw, req.Header.Clone())
				req.Header.Set("X-Added", "2")
				req.Header.Del("X-Default")
				return next(ctx, req)
			}
		}},
	})
	resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: http.Header{"x-both": {"own"}, "X-Api-Key": {"k"}}})
	read(t, resp, err)
	first := http.Header{
		"Accept": {"*/*"}, "Accept-Encoding": saw[0]["Accept-Encoding"], "User-Agent": {"me"}, "X-Default": {"1"},
		"X-Both": {"own"}, "Authorization": {"Bearer s"}, "X-Api-Key": {"k"},
	}
	second := first.Clone()
	second.Del("Authorization")
	second.Del("X-Api-Key")
	if diff := cmp.Diff([]http.Header{first, second}, saw); diff != "" {
		t.Errorf("seen (-want +got)\n%s", diff)
	}
	for i, want := range []http.Header{first, second} {
		want.Set("X-Added", "2")
		want.Del("X-Default")
		if diff := cmp.Diff(want, rec.all[i].Header); diff != "" {
			t.Errorf("sent with hop %d (-want +got)\n%s", i, diff)
		}
	}
}

// However a body is given, middleware finds it in Bytes or in Body, with its type.
func TestMiddlewareSeesTheBody(t *testing.T) {
	for _, test := range []struct {
		name     string
		req      aiohttp.Request
		inMemory bool
		kind     string
	}{
		{"json", aiohttp.Request{JSON: map[string]int{"a": 1}}, true, "application/json"},
		{"text", aiohttp.Request{Text: `{"a":1}`}, true, "text/plain; charset=utf-8"},
		{"bytes", aiohttp.Request{Bytes: []byte(`{"a":1}`)}, true, "application/octet-stream"},
		{"own-type", aiohttp.Request{Text: `{"a":1}`, Header: http.Header{"content-type": {"x/y"}}}, true, "x/y"},
		{"stream", aiohttp.Request{Body: io.MultiReader(strings.NewReader(`{"a":1}`))}, false, "application/octet-stream"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := through(t, rec.serve, func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
				if req.JSON != nil || req.Text != "" || (req.Bytes != nil) != test.inMemory || (req.Body == nil) != test.inMemory {
					t.Errorf("body is given in another way: %+v", req)
				}
				return next(ctx, req)
			})
			resp, err := s.Post(t.Context(), "http://a.test/", test.req)
			read(t, resp, err)
			got, _ := rec.last(t)
			if got.Body != `{"a":1}` || got.Header.Get("Content-Type") != test.kind || got.Chunked == test.inMemory {
				t.Errorf("sent %+v", got)
			}
		})
	}
}

func TestMiddlewareReplacesTheBody(t *testing.T) {
	var rec recorder
	s := through(t, rec.serve, func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
		var squeezed bytes.Buffer
		z := gzip.NewWriter(&squeezed)
		z.Write(req.Bytes)
		z.Close()
		req.Bytes = squeezed.Bytes()
		req.Header.Set("Content-Encoding", "gzip")
		return next(ctx, req)
	})
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: strings.Repeat("x", 1000)})
	read(t, resp, err)
	if got, _ := rec.last(t); got.ContentLength > 100 || !strings.HasPrefix(got.Body, "\x1f\x8b") {
		t.Errorf("sent %d bytes", got.ContentLength)
	}
}

// A second attempt sends the same body again, where that can be had.
func TestMiddlewareSendsTwice(t *testing.T) {
	for _, test := range []struct {
		name string
		body func() aiohttp.Request
		err  string
	}{
		{"memory", func() aiohttp.Request { return aiohttp.Request{Text: "hello"} }, ""},
		{"seekable", func() aiohttp.Request {
			return aiohttp.Request{Body: strings.NewReader(strings.Repeat("hello", 10000))}
		}, ""},
		{"stream", func() aiohttp.Request { return aiohttp.Request{Body: io.MultiReader(strings.NewReader("hello"))} }, "cannot be read twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			s := through(t, rec.serve, func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
				resp, err := next(ctx, req)
				if err != nil {
					return nil, err
				}
				resp.Close()
				return next(ctx, req)
			})
			resp, err := s.Post(t.Context(), "http://a.test/", test.body())
			if test.err != "" {
				wantError(t, err, test.err)
				return
			}
			read(t, resp, err)
			if len(rec.all) != 2 || rec.all[0].Body == "" || rec.all[0].Body != rec.all[1].Body {
				t.Errorf("%d requests", len(rec.all))
			}
		})
	}
}

// A hedge sends the same request twice at once, and forgets the slower.
func TestMiddlewareSendsTwiceAtOnce(t *testing.T) {
	var rec recorder
	s := through(t, rec.serve, func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
		var both sync.WaitGroup
		resps := make([]*aiohttp.Response, 2)
		errs := make([]error, 2)
		for i := range resps {
			both.Go(func() {
				own := *req
				own.Header = req.Header.Clone()
				resps[i], errs[i] = next(ctx, &own)
			})
		}
		both.Wait()
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		resps[1].Close()
		return resps[0], nil
	})
	for range 20 {
		resp, err := s.Put(t.Context(), "http://a.test/", aiohttp.Request{Text: "hello"})
		read(t, resp, err)
	}
	if _, n := rec.last(t); n != 40 {
		t.Errorf("%d requests", n)
	}
}

func TestMiddlewareAnswersByItself(t *testing.T) {
	closed := false
	s := through(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") },
		func(_ context.Context, req *aiohttp.Request, _ aiohttp.Handler) (*aiohttp.Response, error) {
			return aiohttp.FromHTTP(req, &http.Response{
				StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}, "X-Bad\n": {"1"}},
				Body: closing{strings.NewReader(`{"a":1}`), func() { closed = true }},
			})
		})
	upload := false
	resp, err := s.Post(t.Context(), "http://a.test/x", aiohttp.Request{Body: closing{strings.NewReader("x"), func() { upload = true }}})
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ A int }
	if err := resp.JSON(&v); err != nil || v.A != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if resp.Status != 200 || resp.Reason() != "OK" || resp.URL().String() != "http://a.test/x" || resp.Header("content-type") != "application/json" {
		t.Errorf("%d %q %v %v", resp.Status, resp.Reason(), resp.URL(), resp.Headers())
	}
	if len(resp.Headers()) != 1 {
		t.Errorf("fields %v", resp.Headers())
	}
	if !closed || !upload {
		t.Errorf("closed: the response's body %v, the request's %v", closed, upload)
	}
}

type closing struct {
	io.Reader
	close func()
}

func (c closing) Close() error { c.close(); return nil }

func TestMiddlewareThatGivesNothing(t *testing.T) {
	s := through(t, nil, func(context.Context, *aiohttp.Request, aiohttp.Handler) (*aiohttp.Response, error) { return nil, nil })
	_, err := s.Get(t.Context(), "http://a.test/")
	wantError(t, err, "http://a.test/", "neither a response nor an error")
}

func TestMiddlewareIsToldTheDeadline(t *testing.T) {
	var told []time.Duration
	s := through(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/end", http.StatusFound)
		}
	}, func(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
		if at, ok := req.Deadline(); ok {
			told = append(told, time.Until(at))
		}
		return next(ctx, req)
	})
	for _, total := range []time.Duration{0, time.Hour} {
		resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Timeouts: connector.Timeouts{Total: total}})
		read(t, resp, err)
	}
	if len(told) != 2 || told[0] > time.Hour || told[1] > told[0] {
		t.Errorf("told %v", told)
	}
}

func TestRoundTripperAsMiddleware(t *testing.T) {
	var rec recorder
	rec.reply = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("X-Got", r.Header.Get("X-Added"))
		z := gzip.NewWriter(w)
		z.Write([]byte("hello"))
		z.Close()
	}
	var saw []string
	s := site(t, rec.serve, aiohttp.Options{Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			saw = append(saw, req.Method+" "+req.URL.String()+" "+req.Header.Get("X-Own"))
			req = req.Clone(req.Context())
			req.Header.Set("X-Added", "1")
			resp, err := next.RoundTrip(req)
			if err == nil {
				resp.Header.Set("X-Changed", "2")
			}
			return resp, err
		})
	})}})
	resp, err := s.Post(t.Context(), "http://a.test/", aiohttp.Request{Text: "body", Header: http.Header{"X-Own": {"0"}}})
	if got := read(t, resp, err); got != "hello" {
		t.Errorf("got %q", got)
	}
	if resp.Header("X-Got") != "1" || resp.Header("X-Changed") != "2" || len(resp.History()) != 1 {
		t.Errorf("fields %v", resp.Headers())
	}
	if want := []string{"POST http://a.test/ 0", "POST http://a.test/end 0"}; !slices.Equal(saw, want) {
		t.Errorf("saw %q", saw)
	}
	for _, r := range rec.all {
		if r.Body != "body" || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("sent %+v", r)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Request.Body "is closed, whatever becomes of the call": when middleware reads
// it, and sends another in its place or the same again, too.
func TestMiddlewareThatReadsTheBodyLeavesItsClosing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		again bool // the same body is sent, rather than what was read
		seek  bool
		want  string
	}{
		"replaced":             {want: "hello"},
		"sent-again":           {again: true, seek: true, want: "hello"},
		"cannot-be-sent-again": {again: true},
	} {
		t.Run(name, func(t *testing.T) {
			rec := &recorder{}
			session := site(t, rec.serve, aiohttp.Options{Middleware: []aiohttp.Middleware{func(next aiohttp.Handler) aiohttp.Handler {
				return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
					content, err := io.ReadAll(req.Body)
					if err != nil {
						t.Error(err)
					}
					if !tt.again {
						req.Body, req.Bytes = nil, content
					}
					return next(ctx, req)
				}
			}}})
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			body := io.Reader(f)
			if !tt.seek {
				body = closing{f, func() { f.Close() }}
			}
			resp, err := session.Post(t.Context(), "http://a.test/", aiohttp.Request{Body: body})
			if tt.want == "" {
				wantError(t, err, "cannot be read twice")
			} else if read(t, resp, err); rec.all[0].Body != tt.want {
				t.Errorf("got the body %q", rec.all[0].Body)
			}
			if _, err := f.Stat(); !errors.Is(err, os.ErrClosed) {
				t.Errorf("the file is open: %v", err)
			}
		})
	}
}

// A body that middleware gives may fail as one from the network does.
func TestMiddlewareGivesABodyThatFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, tt := range map[string]struct {
		length int64
		end    error
		want   string
	}{
		"of-its-own":      {-1, broken, "body: disk on fire"},
		"within-a-length": {10, broken, "body: disk on fire"},
		"too-short":       {10, io.EOF, "after 4 of 10 bytes of the body"},
		"of-an-exchange":  {-1, &aiohttp.Error{Phase: connector.PhaseBody, Host: "b.test:80", Err: broken}, "body b.test:80: disk on fire"},
	} {
		t.Run(name, func(t *testing.T) {
			s := through(t, nil, func(_ context.Context, req *aiohttp.Request, _ aiohttp.Handler) (*aiohttp.Response, error) {
				body := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(tt.end))
				return aiohttp.FromHTTP(req, &http.Response{StatusCode: 200, ContentLength: tt.length, Body: io.NopCloser(body)})
			})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp)
			if string(got) != "half" {
				t.Errorf("got %q", got)
			}
			wantError(t, err, tt.want)
			if e, ok := errors.AsType[*aiohttp.Error](err); !ok || e.Phase != connector.PhaseBody || tt.end == broken && !errors.Is(err, broken) {
				t.Errorf("got %#v", err)
			}
		})
	}
}
