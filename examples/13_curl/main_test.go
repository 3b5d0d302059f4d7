package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

func TestCurl(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Date", "today")
		w.Header().Set("X-B", "2")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s %q %q", r.Method, r.Header.Get("X-A"), body)
	}))
	defer srv.Close()
	for _, test := range []struct {
		req  aiohttp.Request
		head bool
		want string
	}{
		{aiohttp.Request{}, false, `GET "" ""`},
		{aiohttp.Request{Method: "PUT", Text: "hi", Header: http.Header{"X-A": {"1"}}}, false, `PUT "1" "hi"`},
		{aiohttp.Request{}, true, "HTTP/1.1 202 Accepted\nContent-Length: 9\nContent-Type: text/plain; charset=utf-8\nDate: today\nX-B: 2\n\n" + `GET "" ""`},
	} {
		var out strings.Builder
		test.req.URL = srv.URL
		if err := curl(t.Context(), &out, test.req, test.head); err != nil || out.String() != test.want {
			t.Errorf("%q, error %v, want %q", &out, err, test.want)
		}
	}
}

func TestCurlGivesTheError(t *testing.T) {
	if err := curl(t.Context(), io.Discard, aiohttp.Request{URL: "gopher://a.test/"}, false); err == nil {
		t.Error("no error")
	}
}
