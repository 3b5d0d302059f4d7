package middleware_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
	"github.com/aiohttp-go/aiohttp/trust"
)

// logger gives a logger whose records are text without the time.
func logger(out *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestLogWritesOneRecordAHop(t *testing.T) {
	blind, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	secret := http.Header{"Authorization": {"Bearer hush"}, "X-Trace": {"7"}}
	for _, test := range []struct {
		name string
		opts middleware.LogOptions
		req  aiohttp.Request
		step step
		want string
	}{
		{"success", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x"}, step{status: 200, took: time.Second, fields: "Content-Length: 0"},
			`level=INFO msg="http request" method=GET url=http://a.test/x status=200 duration=1s`},
		{"bytes", middleware.LogOptions{}, aiohttp.Request{Method: "HEAD", URL: "http://a.test/x"}, step{status: 204},
			`level=INFO msg="http request" method=HEAD url=http://a.test/x status=204 duration=0s`},
		{"not-found", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x"}, step{status: 404},
			`level=WARN msg="http request" method=GET url=http://a.test/x status=404 duration=0s`},
		{"unavailable", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x"}, step{status: 503},
			`level=ERROR msg="http request" method=GET url=http://a.test/x status=503 duration=0s`},
		{"failure", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x"}, step{err: refused, took: time.Second},
			`level=ERROR msg="http request" method=GET url=http://a.test/x duration=1s error="connect a.test:80: connection refused"`},
		{"cancelled", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x"}, step{err: failed(connector.PhaseHead, true, context.Canceled)},
			`level=INFO msg="http request" method=GET url=http://a.test/x duration=0s error="head a.test:80: context canceled"`},
		{"secrets", middleware.LogOptions{}, aiohttp.Request{URL: "http://u:pw@a.test/x?key=k&q=1", Header: secret, Text: "body"}, step{status: 200, fields: "Set-Cookie: a=b"},
			`level=INFO msg="http request" method=GET url="http://u:xxxxx@a.test/x?key=xxxxx&q=1" status=200 duration=0s`},
		{"fields", middleware.LogOptions{RequestFields: []string{"authorization", "x-trace", "x-none"}, ResponseFields: []string{"Set-Cookie", "Server"}},
			aiohttp.Request{URL: "http://a.test/x", Header: secret}, step{status: 200, fields: "Set-Cookie: a=b\nServer: s"},
			`level=INFO msg="http request" method=GET url=http://a.test/x request.authorization=xxxxx request.x-trace=7 status=200 duration=0s response.set-cookie=xxxxx response.server=s`},
		{"revealed", middleware.LogOptions{RequestFields: []string{"Authorization"}, RevealCredentials: true}, aiohttp.Request{URL: "http://a.test/x", Header: secret}, ok,
			`level=INFO msg="http request" method=GET url=http://a.test/x request.authorization="Bearer hush" status=200 duration=0s`},
		{"unverified", middleware.LogOptions{}, aiohttp.Request{URL: "https://a.test/x", TLS: blind}, ok,
			`level=WARN msg="http request" method=GET url=https://a.test/x status=200 duration=0s tls_verification=off`},
		{"unverified-plain", middleware.LogOptions{}, aiohttp.Request{URL: "http://a.test/x", TLS: blind}, ok,
			`level=INFO msg="http request" method=GET url=http://a.test/x status=200 duration=0s`},
		{"own-level", middleware.LogOptions{Level: func(*aiohttp.Response, error) slog.Level { return slog.LevelDebug }}, aiohttp.Request{URL: "http://a.test/x"}, ok,
			`level=DEBUG msg="http request" method=GET url=http://a.test/x status=200 duration=0s`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				test.opts.Logger = logger(&out)
				s, _ := play(t, []aiohttp.Middleware{middleware.Log(test.opts)}, test.step)
				status(s.Do(t.Context(), test.req))
				if got := strings.TrimSpace(out.String()); got != test.want {
					t.Errorf("\ngot  %s\nwant %s", got, test.want)
				}
			})
		})
	}
}

func TestLogTellsBytesAndAttempt(t *testing.T) {
	var out bytes.Buffer
	n := 0
	c := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(503)
			return
		}
		fmt.Fprint(w, "hello")
	})})
	defer c.Close()
	s := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: []aiohttp.Middleware{
		middleware.Retry(middleware.RetryOptions{BaseDelay: 1}), middleware.Log(middleware.LogOptions{Logger: logger(&out)}),
	}})
	defer s.Close()
	status(s.Get(t.Context(), "http://a.test/"))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || strings.Contains(lines[0], "attempt") || !strings.Contains(lines[1], "bytes=5 attempt=2") {
		t.Errorf("records:\n%s", &out)
	}
}
