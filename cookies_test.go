package aiohttp_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/google/go-cmp/cmp"
)

// cookiesSent gives the Cookie fields of the last request.
func cookiesSent(t *testing.T, rec *recorder) []string {
	t.Helper()
	got, _ := rec.last(t)
	return got.Header["Cookie"]
}

func TestSessionKeepsCookies(t *testing.T) {
	std, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]aiohttp.Options{
		"own":        {},
		"given":      {Jar: cookie.New()},
		"net/http's": {Jar: std},
	} {
		t.Run(name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/login":
					w.Header().Add("Set-Cookie", "id=1; HttpOnly")
					w.Header().Add("Set-Cookie", "theme=dark; Path=/")
					http.Redirect(w, r, "/home", http.StatusSeeOther)
				case "/logout":
					w.Header().Add("Set-Cookie", "id=; Max-Age=0")
				}
			}
			s := site(t, rec.serve, opts)
			resp, err := s.Post(t.Context(), "http://a.test/login")
			read(t, resp, err)
			if diff := cmp.Diff([]string{"id=1; theme=dark"}, cookiesSent(t, &rec)); diff != "" {
				t.Errorf("behind the redirect (-want +got):\n%s", diff)
			}
			if set := resp.History()[0].Cookies(); len(set) != 2 || set[0].Name != "id" || !set[0].HttpOnly {
				t.Errorf("Cookies: %v", set)
			}
			resp, err = s.Get(t.Context(), "http://b.test/")
			read(t, resp, err)
			if got := cookiesSent(t, &rec); got != nil {
				t.Errorf("sent to another site: %q", got)
			}
			resp, err = s.Get(t.Context(), "http://a.test/logout")
			read(t, resp, err)
			resp, err = s.Get(t.Context(), "http://a.test/")
			read(t, resp, err)
			if diff := cmp.Diff([]string{"theme=dark"}, cookiesSent(t, &rec)); diff != "" {
				t.Errorf("after logout (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestCookies(t *testing.T) {
	for _, test := range []struct {
		name string
		opts aiohttp.Options
		req  aiohttp.Request
		want []string
	}{
		{"jar-and-own", aiohttp.Options{}, aiohttp.Request{Cookies: []*http.Cookie{{Name: "x", Value: "1"}}}, []string{"jar=1; other=2; x=1"}},
		{"own-replaces", aiohttp.Options{}, aiohttp.Request{Cookies: []*http.Cookie{{Name: "jar", Value: "9"}}}, []string{"other=2; jar=9"}},
		{"header", aiohttp.Options{}, aiohttp.Request{Header: http.Header{"cookie": {"h=1", "i=2"}}}, []string{"jar=1; other=2; h=1; i=2"}},
		{"session", aiohttp.Options{Header: http.Header{"Cookie": {"s=1"}}}, aiohttp.Request{}, []string{"jar=1; other=2; s=1"}},
		{"header-over-session", aiohttp.Options{Header: http.Header{"Cookie": {"s=1"}}}, aiohttp.Request{Header: http.Header{"Cookie": {}}}, []string{"jar=1; other=2"}},
		{"disabled", aiohttp.Options{DisableCookies: true}, aiohttp.Request{}, nil},
		{"disabled-but-own", aiohttp.Options{DisableCookies: true}, aiohttp.Request{Cookies: []*http.Cookie{{Name: "x", Value: "1"}}}, []string{"x=1"}},
		{"quoted", aiohttp.Options{DisableCookies: true}, aiohttp.Request{Cookies: []*http.Cookie{{Name: "x", Value: "a b", Quoted: true}}}, []string{`x="a b"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/set" {
					w.Header().Add("Set-Cookie", "jar=1; Path=/")
					w.Header().Add("Set-Cookie", "other=2; Path=/")
				}
			}
			s := site(t, rec.serve, test.opts)
			resp, err := s.Get(t.Context(), "http://a.test/set")
			read(t, resp, err)
			resp, err = s.Get(t.Context(), "http://a.test/", test.req)
			read(t, resp, err)
			if diff := cmp.Diff(test.want, cookiesSent(t, &rec)); diff != "" {
				t.Errorf("Cookie (-want +got):\n%s", diff)
			}
			resp, err = s.Get(t.Context(), "http://a.test/")
			read(t, resp, err)
			if got := cookiesSent(t, &rec); len(got) > 1 || len(test.req.Cookies) > 0 && cmp.Equal(got, test.want) {
				t.Errorf("cookies of one request were kept: %q", got)
			}
		})
	}
}

func TestSessionJar(t *testing.T) {
	if jar := aiohttp.NewSession(aiohttp.Options{DisableCookies: true}).Jar(); jar != nil {
		t.Errorf("jar %v, want none", jar)
	}
	s := aiohttp.NewSession()
	u := &url.URL{Scheme: "http", Host: "a.co.uk", Path: "/"}
	s.Jar().SetCookies(u, []*http.Cookie{{Name: "a", Value: "1", Domain: "co.uk"}})
	if got := s.Jar().Cookies(u); len(got) != 0 {
		t.Errorf("a cookie for a public suffix was kept: %v", got)
	}
}

// A Set-Cookie in front of the final response does not count.
func TestSessionIgnoresCookiesOfInterimResponses(t *testing.T) {
	var rec recorder
	rec.reply = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "early=1")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Set-Cookie", "final=1")
	}
	s := site(t, rec.serve)
	for range 2 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		read(t, resp, err)
	}
	if diff := cmp.Diff([]string{"final=1"}, cookiesSent(t, &rec)); diff != "" {
		t.Errorf("Cookie (-want +got):\n%s", diff)
	}
}
