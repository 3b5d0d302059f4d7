package aiohttp_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// What describes a request is used again for others: nothing of one may be left
// for the next.
func TestSessionLeavesNothingOfARequest(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		case "/set":
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		}
	})
	policy, err := trust.New(trust.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pass := func(next aiohttp.Handler) aiohttp.Handler { return next }
	for _, test := range []struct {
		name string
		opts aiohttp.Options
		url  string
		req  func() aiohttp.Request
		fail bool
	}{
		{name: "plain", url: "http://a.test/"},
		{name: "plain-with-cookies", url: "http://a.test/set"},
		{name: "plain-redirected", url: "http://a.test/moved"},
		{name: "plain-with-a-limit", url: "http://a.test/", opts: aiohttp.Options{Timeouts: connector.Timeouts{Total: time.Minute}}},
		{name: "plain-through-middleware", url: "http://a.test/", opts: aiohttp.Options{Middleware: []aiohttp.Middleware{pass}}},
		{name: "plain-traced", url: "http://a.test/", opts: aiohttp.Options{Trace: []*tracing.Trace{{OnRequestEnd: func(*tracing.Call, tracing.RequestEnd) {}}}}},
		{name: "plain-by-a-policy", url: "http://a.test/", opts: aiohttp.Options{TLS: policy}},
		{name: "plain-by-a-proxy", url: "http://a.test/", opts: aiohttp.Options{Proxy: "http://proxy.test"}},
		{name: "plain-timed", url: "http://a.test/", opts: aiohttp.Options{Timings: true}},
		{name: "plain-relative", url: "/x", opts: aiohttp.Options{BaseURL: "http://a.test", Query: url.Values{"q": {"1"}}}},
		{name: "plain-of-a-user", url: "http://me:secret@a.test/"},
		{name: "plain-refused", url: "gopher://a.test/", fail: true},
		{name: "plain-redirect-refused", url: "http://a.test/moved", opts: aiohttp.Options{MaxRedirects: -1}},
		{name: "described", url: "http://a.test/moved", req: func() aiohttp.Request {
			return aiohttp.Request{
				Header: http.Header{"X": {"y"}}, Text: "text", Compress: "gzip", Cookies: []*http.Cookie{{Name: "c", Value: "d"}},
				Timeouts: connector.Timeouts{Head: time.Second}, Expect100: true,
			}
		}},
		{name: "streamed", url: "http://a.test/", req: func() aiohttp.Request {
			return aiohttp.Request{Body: strings.NewReader("text"), Trailer: http.Header{"T": {"u"}}}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := connector.New(connector.Options{Handler: handler})
			defer c.Close()
			test.opts.Connector = c
			s := aiohttp.NewSession(test.opts)
			defer s.Close()
			for range 3 {
				var req []aiohttp.Request
				if test.req != nil {
					req = append(req, test.req())
				}
				resp, err := s.Post(context.Background(), test.url, req...)
				if (err != nil) != test.fail {
					t.Fatalf("error %v", err)
				}
				if err == nil {
					if _, err := resp.Bytes(); err != nil {
						t.Fatal(err)
					}
				}
				if left := aiohttp.Leftovers(); len(left) > 0 {
					t.Errorf("left: %s", strings.Join(left, ", "))
				}
			}
		})
	}
}
