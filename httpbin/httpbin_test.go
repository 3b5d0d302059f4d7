package httpbin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

// serve answers one request in memory.
func serve(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func TestServerAnswersWithWhatItWasAsked(t *testing.T) {
	h := httpbin.New()
	tests := []struct {
		name, method, target, body string
		header                     []string
		status                     int
		contains                   string
	}{
		{"get", "GET", "/get?a=1", "", nil, 200, `"a": [`},
		{"head", "HEAD", "/get", "", nil, 200, ""},
		{"post", "POST", "/post", "x=y", []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, `"x": [`},
		{"put", "PUT", "/put", "hello", []string{"Content-Type", "text/plain"}, 200, "hello"},
		{"patch", "PATCH", "/patch", "hello", []string{"Content-Type", "text/plain"}, 200, "hello"},
		{"delete", "DELETE", "/delete", "", nil, 200, "DELETE"},
		{"wrong-method", "POST", "/get", "", nil, 405, ""},
		{"anything", "PUT", "/anything/at/all", "hello", nil, 200, "/anything/at/all"},
		{"headers", "GET", "/headers", "", []string{"X-Test", "yes"}, 200, "X-Test"},
		{"ip", "GET", "/ip", "", nil, 200, "192.0.2.1"},
		{"user-agent", "GET", "/user-agent", "", []string{"User-Agent", "tester"}, 200, "tester"},
		{"status", "GET", "/status/418", "", nil, 418, "teapot"},
		{"status-402", "GET", "/status/402", "", nil, 402, "Payment Required"},
		{"redirect-to", "GET", "/redirect-to?url=/get&status_code=307", "", nil, 307, ""},
		{"basic-auth-missing", "GET", "/basic-auth/guido/secret", "", nil, 401, ""},
		{"basic-auth", "GET", "/basic-auth/guido/secret", "", []string{"Authorization", "Basic Z3VpZG86c2VjcmV0"}, 200, "guido"},
		{"bearer", "GET", "/bearer", "", []string{"Authorization", "Bearer abc"}, 200, "abc"},
		{"digest-auth-missing", "GET", "/digest-auth/auth/guido/secret", "", nil, 401, ""},
		{"cookies", "GET", "/cookies", "", []string{"Cookie", "a=b"}, 200, `"a": "b"`},
		{"etag-unchanged", "GET", "/etag/abc", "", []string{"If-None-Match", `"abc"`}, 304, ""},
		{"utf8", "GET", "/encoding/utf8", "", nil, 200, "UTF-8"},
		{"html", "GET", "/html", "", nil, 200, "<html>"},
		{"robots", "GET", "/robots.txt", "", nil, 200, "Disallow"},
		{"form", "GET", "/forms/post", "", nil, 200, "<form"},
		{"not-found", "GET", "/nowhere", "", nil, 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := serve(h, tt.method, tt.target, tt.body, tt.header...)
			if rec.Code != tt.status {
				t.Errorf("status = %d, want %d", rec.Code, tt.status)
			}
			if !strings.Contains(rec.Body.String(), tt.contains) {
				t.Errorf("body has no %q:\n%s", tt.contains, rec.Body)
			}
		})
	}
}

func TestServerBoundsTheRequestBody(t *testing.T) {
	tests := []struct {
		name   string
		opts   httpbin.Options
		bytes  int
		status int
	}{
		{"default-fits", httpbin.Options{}, 1 << 20, 200},
		{"default-too-large", httpbin.Options{}, 1<<20 + 1, 400},
		{"own-too-large", httpbin.Options{MaxBodyBytes: 10}, 11, 400},
		{"no-limit", httpbin.Options{MaxBodyBytes: -1}, 1<<20 + 1, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := serve(httpbin.New(tt.opts), "POST", "/post", strings.Repeat("x", tt.bytes))
			if rec.Code != tt.status {
				t.Errorf("status = %d, want %d", rec.Code, tt.status)
			}
		})
	}
}

func TestServerBoundsTheDelay(t *testing.T) {
	tests := []struct {
		name   string
		opts   httpbin.Options
		target string
		status int
		took   time.Duration
	}{
		{"default", httpbin.Options{}, "/delay/10", 200, 10 * time.Second},
		{"default-too-long", httpbin.Options{}, "/delay/11", 400, 0},
		{"own-too-long", httpbin.Options{MaxDelay: time.Second}, "/delay/2", 400, 0},
		{"no-limit", httpbin.Options{MaxDelay: -1}, "/delay/3600", 200, time.Hour},
		{"drip-within-own", httpbin.Options{MaxDelay: time.Second}, "/drip?numbytes=1", 200, 500 * time.Millisecond},
		{"sse-within-own", httpbin.Options{MaxDelay: time.Second}, "/sse?count=2", 200, 500 * time.Millisecond},
		{"range", httpbin.Options{}, "/range/1000?duration=2", 200, 2 * time.Second},
		{"range-too-long", httpbin.Options{}, "/range/1000?duration=1m", 400, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				rec := serve(httpbin.New(tt.opts), "GET", tt.target, "")
				if rec.Code != tt.status {
					t.Errorf("status = %d, want %d: %s", rec.Code, tt.status, rec.Body)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestServerRefusesTwoOptions(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	httpbin.New(httpbin.Options{}, httpbin.Options{})
}

// "An entity tag is an opaque validator", in quotes.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
func TestServerResumesRange(t *testing.T) {
	h := httpbin.New()
	first := serve(h, "GET", "/range/100", "")
	etag := first.Header().Get("ETag")
	if etag != `"range-100"` {
		t.Fatalf("ETag = %s", etag)
	}
	whole := first.Body.String()

	part := serve(h, "GET", "/range/100", "", "Range", "bytes=40-", "If-Range", etag)
	if part.Code != http.StatusPartialContent {
		t.Errorf("status = %d, want 206", part.Code)
	}
	if got, want := part.Body.String(), whole[40:]; got != want {
		t.Errorf("body = %q, want %q", got, want)
	}
	changed := serve(h, "GET", "/range/100", "", "Range", "bytes=40-", "If-Range", `"other"`)
	if changed.Code != http.StatusOK || changed.Body.String() != whole {
		t.Errorf("after a change: status %d, %d bytes; want 200 and all", changed.Code, changed.Body.Len())
	}
}

func TestServerCacheSendsValidatorsAndHonoursThem(t *testing.T) {
	h := httpbin.New()
	first := serve(h, "GET", "/cache", "")
	if first.Code != http.StatusOK {
		t.Fatalf("status = %d", first.Code)
	}
	etag := first.Header().Get("ETag")
	if !strings.HasPrefix(etag, `"`) || !strings.HasSuffix(etag, `"`) {
		t.Errorf("ETag = %s: no quotes", etag)
	}
	modified := first.Header().Get("Last-Modified")
	if _, err := time.Parse(http.TimeFormat, modified); err != nil {
		t.Errorf("Last-Modified: %v", err)
	}
	for name, value := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
		again := serve(h, "GET", "/cache", "", name, value)
		if again.Code != http.StatusNotModified {
			t.Errorf("%s: status = %d, want 304", name, again.Code)
		}
	}
}

func TestServerEchoesArgumentsInAnyCoding(t *testing.T) {
	decoders := map[string]func(*testing.T, []byte) []byte{
		"/brotli": storedBrotli,
		"/zstd":   storedZstd,
	}
	for path, decode := range decoders {
		rec := serve(httpbin.New(), "GET", path+"?a=1&a=2", "", "X-Test", "yes")
		var got struct {
			Args    map[string][]string
			Headers http.Header
		}
		if err := json.Unmarshal(decode(t, rec.Body.Bytes()), &got); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(got.Args["a"]) != 2 || got.Headers.Get("X-Test") != "yes" || got.Headers.Get("Host") == "" {
			t.Errorf("%s: got %+v", path, got)
		}
	}
}

func FuzzServerAnswersAnyTarget(f *testing.F) {
	for _, link := range httpbin.IndexLinks() {
		if link != "" {
			f.Add(link)
		}
	}
	f.Add("/range/0?duration=-1")
	f.Add("/bomb/-1")
	f.Add("/truncate/9999999999999999999")
	h := httpbin.New(httpbin.Options{MaxBodyBytes: 4096, MaxDelay: time.Millisecond})
	f.Fuzz(func(t *testing.T, target string) {
		if strings.HasPrefix(target, "/bomb/") && len(target) > len("/bomb/1") {
			t.Skip("right, but slow")
		}
		req, err := http.NewRequest("GET", "http://example.com"+target, nil)
		if err != nil {
			t.Skip("not a URL")
		}
		req.Body = http.NoBody // a server's request always has one
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				t.Errorf("panic: %v", p)
			}
		}()
		h.ServeHTTP(httptest.NewRecorder(), req)
	})
}
