package aiohttp_test

import (
	"net/http"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// A round tripper sees the cookies that are sent, those of the jar too, and they are
// sent once.
func TestRoundTripperSeesTheCookies(t *testing.T) {
	for _, tt := range []struct {
		name       string
		request    aiohttp.Request
		change     func(*http.Request)
		shown, got string
	}{
		{"jar", aiohttp.Request{}, nil, "jar=1", "jar=1"},
		{"own too", aiohttp.Request{Header: http.Header{"Cookie": {"own=2"}}}, nil, "jar=1; own=2", "jar=1; own=2"},
		{"of the request", aiohttp.Request{Cookies: []*http.Cookie{{Name: "jar", Value: "3"}}}, nil, "jar=3", "jar=3"},
		{"added", aiohttp.Request{}, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "more", Value: "4"}) }, "jar=1", "jar=1; more=4"},
		{"another field", aiohttp.Request{Header: http.Header{"A": {"1"}}}, func(r *http.Request) { r.Header.Set("B", "2") }, "jar=1", "jar=1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/login" {
					http.SetCookie(w, &http.Cookie{Name: "jar", Value: "1"})
				}
			}
			var shown string
			s := site(t, rec.serve, aiohttp.Options{Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(req *http.Request) (*http.Response, error) {
					shown = req.Header.Get("Cookie")
					if tt.change != nil {
						req = req.Clone(req.Context())
						tt.change(req)
					}
					return next.RoundTrip(req)
				})
			})}})
			resp, err := s.Get(t.Context(), "http://a.test/login", aiohttp.Request{Middleware: []aiohttp.Middleware{}})
			read(t, resp, err)
			resp, err = s.Get(t.Context(), "http://a.test/", tt.request)
			read(t, resp, err)
			last, _ := rec.last(t)
			if got := last.Header["Cookie"]; shown != tt.shown || len(got) != 1 || got[0] != tt.got {
				t.Errorf("shown %q, sent %q, want %q and %q", shown, got, tt.shown, tt.got)
			}
			// Another host's are its own.
			shown = ""
			resp, err = s.Get(t.Context(), "http://b.test/")
			read(t, resp, err)
			if shown != "" {
				t.Errorf("shown %q for another host", shown)
			}
		})
	}
}
