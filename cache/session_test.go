package cache_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/cache"
	"github.com/aiohttp-go/aiohttp/connector"
)

// session gives a session with a cache, for which every host is the handler.
func session(t *testing.T, handler http.HandlerFunc) (get func(url string, req aiohttp.Request) (cache.Outcome, string), asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	conns := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		handler(w, r)
	})})
	c := cache.New()
	s := aiohttp.NewSession(aiohttp.Options{Connector: conns, Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(c.Transport)}})
	t.Cleanup(func() {
		s.Close()
		c.Close()
		conns.Close()
	})
	return func(url string, req aiohttp.Request) (cache.Outcome, string) {
		t.Helper()
		resp, err := s.Get(t.Context(), url, req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := resp.Text()
		if err != nil {
			t.Fatal(err)
		}
		return cache.OutcomeOf(resp.Headers()), text
	}, asked
}

// A page that depends on cookies is another one once the jar has another cookie.
func TestSessionCacheSeesTheJar(t *testing.T) {
	get, _ := session(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "user", Value: "ann", Path: "/"})
			return
		}
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Cookie")
		io.WriteString(w, "for "+r.Header.Get("Cookie"))
	})
	for _, want := range []struct {
		url     string
		outcome cache.Outcome
		text    string
	}{
		{page, miss, "for "}, {page, hit, "for "},
		{"http://site.test/login", miss, ""},
		{page, miss, "for user=ann"}, {page, hit, "for user=ann"},
	} {
		if outcome, text := get(want.url, aiohttp.Request{}); outcome != want.outcome || text != want.text {
			t.Errorf("%s: got %s %q, want %s %q", want.url, outcome, text, want.outcome, want.text)
		}
	}
}

// A stored response does not set its cookies again: they may have changed since.
func TestSessionCacheSetsCookiesOnce(t *testing.T) {
	value := "old"
	get, _ := session(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "user", Value: value, Path: "/"})
		if r.URL.Path == "/page" {
			w.Header().Set("Cache-Control", "max-age=60")
		}
		io.WriteString(w, r.Header.Get("Cookie"))
	})
	get(page, aiohttp.Request{})
	value = "new"
	get("http://site.test/login", aiohttp.Request{})
	if outcome, _ := get(page, aiohttp.Request{}); outcome != hit {
		t.Fatalf("got a %s", outcome)
	}
	if _, text := get("http://site.test/", aiohttp.Request{}); text != "user=new" {
		t.Errorf("the jar has %q", text)
	}
}

// What is stored is as it came, and each request decodes it for itself.
func TestSessionCacheStoresWhatCame(t *testing.T) {
	get, asked := session(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/start" {
			w.Header().Set("Cache-Control", "max-age=60")
			http.Redirect(w, r, "/page", http.StatusFound)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Vary", "Accept-Encoding")
		w.Header().Set("Cache-Control", "max-age=60")
		z := gzip.NewWriter(w)
		io.WriteString(z, "hello")
		z.Close()
	})
	for range 3 { // the redirect is stored, too
		if _, text := get("http://site.test/start", aiohttp.Request{}); text != "hello" {
			t.Errorf("got %q", text)
		}
	}
	if outcome, text := get(page, aiohttp.Request{DisableDecompression: true}); outcome != hit || text == "hello" {
		t.Errorf("got %s %q", outcome, text)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}
