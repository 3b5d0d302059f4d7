package httpbin_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestIndexIsSelfContained(t *testing.T) {
	rec := serve(httpbin.New(), "GET", "/", "")
	if got, want := rec.Header().Get("Content-Type"), "text/html; charset=utf-8"; got != want {
		t.Errorf("Content-Type = %q, want %q", got, want)
	}
	page := rec.Body.String()
	for _, outside := range []string{"<script", "<link", "<img", "url(", "//"} {
		if strings.Contains(page, outside) {
			t.Errorf("page has %q", outside)
		}
	}
	if !strings.Contains(page, "prefers-color-scheme: dark") {
		t.Error("page has no dark side")
	}
}

func TestIndexLinksLeadSomewhere(t *testing.T) {
	h := httpbin.New()
	page := serve(h, "GET", "/", "").Body.String()
	links := regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 40 {
		t.Fatalf("%d links", len(links))
	}
	for _, link := range links {
		target := html.UnescapeString(link[1])
		t.Run(target, func(t *testing.T) {
			// In a bubble the slow ones take no time.
			synctest.Test(t, func(t *testing.T) {
				status := status(h, target)
				asked := strings.Contains(target, "auth") || target == "/bearer"
				if asked && status != 401 && status != 404 {
					t.Errorf("status = %d, want to be asked for credentials", status)
				}
				known := status < 400 || target == "/status/418" || strings.HasPrefix(target, "/unstable")
				if !asked && !known {
					t.Errorf("status = %d", status)
				}
			})
		})
	}
}

// status answers as a server would, for which an aborted handler is no crash.
func status(h http.Handler, target string) int {
	rec := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
	}()
	h.ServeHTTP(rec, httptest.NewRequest("GET", target, nil))
	return rec.Code
}

func TestIndexTellsOfEveryEndpoint(t *testing.T) {
	listed := httpbin.IndexLinks()
	for _, pattern := range strings.Fields(`
		/get /anything /headers /ip /user-agent /status/{code} /delay/{n} /drip
		/stream/{n} /bytes/{n} /range/{n} /redirect/{n} /redirect-to
		/absolute-redirect/{n} /relative-redirect/{n} /cookies /cookies/set
		/cookies/delete /basic-auth/{user}/{password} /bearer /gzip /deflate
		/brotli /zstd /etag/{etag} /cache /response-headers /encoding/utf8 /html
		/json /xml /robots.txt /sse /trailers /unstable /forms/post /image
		/bomb/{n} /truncate/{n} /early-hints /encoding/{charset}`) {
		if _, ok := listed[pattern]; !ok {
			t.Errorf("%s is not listed", pattern)
		}
	}
}
