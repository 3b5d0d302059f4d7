package aiohttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

func TestSessionTraceBringsNoCredentials(t *testing.T) {
	// RFC 9110, section 9.3.8: "it would be foolish for a user agent to send stored
	// user credentials (Section 11) or cookies [COOKIE] in a TRACE request."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.8-2
	var rec recorder
	rec.reply = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Set-Cookie", "jar=s") }
	s := site(t, rec.serve, aiohttp.Options{Header: http.Header{"Authorization": {"Bearer s"}, "X-Api-Key": {"s"}, "Cookie": {"own=s"}, "X-Plain": {"1"}}})
	for _, method := range []string{"GET", "TRACE"} {
		resp, err := s.Do(t.Context(), aiohttp.Request{Method: method, URL: "http://a.test/"})
		read(t, resp, err)
	}
	got, _ := rec.last(t)
	if got.Method != "TRACE" || got.Header.Get("X-Plain") != "1" {
		t.Errorf("got %s with %v", got.Method, got.Header)
	}
	for _, name := range []string{"Authorization", "X-Api-Key", "Cookie"} {
		if v := got.Header.Get(name); v != "" {
			t.Errorf("sent %s: %s", name, v)
		}
	}
}

func TestSessionRefusesConnect(t *testing.T) {
	s := site(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	if _, err := s.Do(t.Context(), aiohttp.Request{Method: "CONNECT", URL: "http://a.test:80/"}); err == nil || !strings.Contains(err.Error(), "CONNECT is not for sessions") {
		t.Errorf("got %v", err)
	}
}
