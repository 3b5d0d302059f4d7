package aiohttp_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/google/go-cmp/cmp"
)

// The table of the Fetch standard, HTTP-redirect fetch, step 12.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func TestRedirectMethod(t *testing.T) {
	for _, test := range []struct {
		status int
		method string
		want   string // method, and "+" when the body is sent again
	}{
		{301, "GET", "GET"}, {301, "HEAD", "HEAD"}, {301, "POST", "GET"}, {301, "PUT", "PUT+"}, {301, "PATCH", "PATCH+"}, {301, "DELETE", "DELETE+"},
		{302, "GET", "GET"}, {302, "HEAD", "HEAD"}, {302, "POST", "GET"}, {302, "PUT", "PUT+"}, {302, "PATCH", "PATCH+"}, {302, "DELETE", "DELETE+"},
		{303, "GET", "GET"}, {303, "HEAD", "HEAD"}, {303, "POST", "GET"}, {303, "PUT", "GET"}, {303, "PATCH", "GET"}, {303, "DELETE", "GET"},
		{307, "GET", "GET"}, {307, "HEAD", "HEAD"}, {307, "POST", "POST+"}, {307, "PUT", "PUT+"}, {307, "PATCH", "PATCH+"}, {307, "DELETE", "DELETE+"},
		{308, "GET", "GET"}, {308, "HEAD", "HEAD"}, {308, "POST", "POST+"}, {308, "PUT", "PUT+"}, {308, "PATCH", "PATCH+"}, {308, "DELETE", "DELETE+"},
	} {
		t.Run(fmt.Sprint(test.status, "-", test.method), func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					w.Header().Set("Location", "/end")
					w.WriteHeader(test.status)
				}
			}
			s := site(t, rec.serve)
			req := aiohttp.Request{Method: test.method, URL: "http://a.test/"}
			if test.method != "GET" && test.method != "HEAD" {
				req.Text, req.Header = "body", http.Header{"Content-Language": {"de"}, "X-Kept": {"1"}}
			}
			resp, err := s.Do(t.Context(), req)
			read(t, resp, err)
			got, n := rec.last(t)
			method := got.Method
			if got.Body != "" {
				method += "+"
			}
			if n != 2 || got.URL != "/end" || method != test.want {
				t.Errorf("%d requests, the last %s %s; want 2, %s", n, method, got.URL, test.want)
			}
			bodied := strings.HasSuffix(test.want, "+")
			for _, name := range []string{"Content-Type", "Content-Language"} {
				if _, has := got.Header[name]; has != bodied {
					t.Errorf("%s sent: %v, want %v", name, has, bodied)
				}
			}
			if req.Header != nil && got.Header.Get("X-Kept") != "1" {
				t.Error("a field that is not about the body was dropped")
			}
		})
	}
}

func TestRedirectNotFollowed(t *testing.T) {
	for _, test := range []struct {
		name          string
		status        int
		location      string
		session, call int
	}{
		{"300", 300, "/end", 0, 0},
		{"304", 304, "/end", 0, 0},
		{"305", 305, "/end", 0, 0},
		{"306", 306, "/end", 0, 0},
		{"201", 201, "/end", 0, 0},
		{"no-location", 302, "", 0, 0},
		{"session", 302, "/end", -1, 0},
		{"request", 302, "/end", 5, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.location != "" {
					w.Header().Set("Location", test.location)
				}
				w.WriteHeader(test.status)
				if test.status != 304 {
					fmt.Fprint(w, "here")
				}
			}, aiohttp.Options{MaxRedirects: test.session})
			resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{MaxRedirects: test.call})
			body := read(t, resp, err)
			if resp.Status != test.status || test.status != 304 && body != "here" || len(resp.History()) != 0 {
				t.Errorf("status %d, body %q, history %v", resp.Status, body, resp.History())
			}
		})
	}
}

func TestRedirectHistory(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/1":
			w.Header().Set("X-Hop", "one")
			http.Redirect(w, r, "/2", http.StatusFound)
		case "/2":
			http.Redirect(w, r, "//b.test/3?x#end", http.StatusTemporaryRedirect)
		}
	})
	resp, err := s.Get(t.Context(), "http://a.test/1")
	read(t, resp, err)
	var got []string
	for _, past := range append(resp.History(), resp) {
		got = append(got, fmt.Sprint(past.Status, " ", past.URL()))
	}
	want := []string{"302 http://a.test/1", "307 http://a.test/2", "200 http://b.test/3?x#end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if hop := resp.History()[0].Header("x-hop"); hop != "one" {
		t.Errorf("header of the first hop: %q", hop)
	}
	wantAtRest(t, s)
}

func TestRedirectLimit(t *testing.T) {
	for _, test := range []struct{ session, call, want int }{{0, 0, 10}, {3, 0, 3}, {3, 2, 2}, {0, 12, 12}} {
		var rec recorder
		rec.reply = func(w http.ResponseWriter, r *http.Request) { // grows with each hop
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}
		s := site(t, rec.serve, aiohttp.Options{MaxRedirects: test.session})
		_, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{MaxRedirects: test.call})
		if !errors.Is(err, aiohttp.ErrTooManyRedirects) {
			t.Fatalf("error %v", err)
		}
		wantError(t, err, fmt.Sprintf(`get "http://a.test/%s": prepare: too many redirects: more than %d`, strings.Repeat("x", test.want), test.want))
		if _, n := rec.last(t); n != test.want+1 {
			t.Errorf("%d requests, want %d", n, test.want+1)
		}
	}
}

func TestRedirectRefused(t *testing.T) {
	for _, test := range []struct {
		name      string
		locations []string
		want      string
	}{
		{"ftp", []string{"ftp://b.test/"}, `redirect to an unsupported scheme: "ftp://b.test/"`},
		{"file", []string{"file:///etc/passwd"}, "unsupported scheme"},
		{"javascript", []string{"javascript:alert(1)"}, "unsupported scheme"},
		{"data", []string{"data:text/html,x"}, "unsupported scheme"},
		{"no-host", []string{"http:///x"}, "URL without a host"},
		{"opaque", []string{"http:b.test/x"}, "URL without a host"},
		{"slashes", []string{"//"}, "URL without a host"},
		{"three-slashes", []string{"///b.test/x"}, `invalid URL "///b.test/x": URL without a host`},
		{"userinfo-alone", []string{"//b.test@/x"}, "URL without a host"},
		{"not-utf-8", []string{"http://\xf6.test/"}, "not UTF-8"},
		{"bad-port", []string{"http://b.test:99999/"}, `invalid port "99999"`},
		{"bad-url", []string{"http://[::1"}, "redirect to an invalid URL"},
		{"password", []string{"ftp://u:secret@b.test/?token=secret"}, `"ftp://u:xxxxx@b.test/?token=xxxxx"`},
		{"bad-password", []string{"http://u:secret@b.test:x/"}, `invalid URL "http://xxxxx@b.test:x/"`},
		{"odd-ipv4", []string{"http://0x7f.1/"}, "invalid IPv4 address"},
		{"backslash-userinfo", []string{`http://a.test\@b.test/`}, "redirect to an invalid URL"},
		{"two", []string{"/x", "http://b.test/"}, "redirect to two places at once"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Location"] = test.locations
				w.WriteHeader(302)
			}
			s := site(t, rec.serve)
			_, err := s.Get(t.Context(), "http://a.test/from")
			wantError(t, err, `get "http://a.test/from": prepare: `, test.want)
			if _, n := rec.last(t); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("password in %v", err)
			}
		})
	}
}

func TestRedirectTarget(t *testing.T) {
	for _, test := range []struct{ from, location, host, url, final string }{
		{"http://a.test/d/x?q", "y", "a.test", "/d/y", "http://a.test/d/y"},
		{"http://a.test/d/x?q", "?z", "a.test", "/d/x?z", "http://a.test/d/x?z"},
		{"http://a.test/d/x", "../y", "a.test", "/y", "http://a.test/y"},
		{"http://a.test/d/x#frag", "/y", "a.test", "/y", "http://a.test/y#frag"},
		{"http://a.test/d/x#frag", "/y#own", "a.test", "/y", "http://a.test/y#own"},
		{"http://a.test/d/x#frag", "/y#", "a.test", "/y", "http://a.test/y"},
		{"http://a.test/", "//b.test:81/y", "b.test:81", "/y", "http://b.test:81/y"},
		{"http://a.test/", `/\b.test/y`, "a.test", "/%5Cb.test/y", "http://a.test/%5Cb.test/y"},
		{"http://a.test/", `\\b.test/y`, "a.test", "/%5C%5Cb.test/y", "http://a.test/%5C%5Cb.test/y"},
		{"http://a.test/", "/ä ö", "a.test", "/%C3%A4%20%C3%B6", "http://a.test/%C3%A4%20%C3%B6"},
		{"http://a.test/", "/?ä \"<b>'|{}^`\\#x y", "a.test", "/?%C3%A4%20%22%3Cb%3E'|{}^`\\", "http://a.test/?%C3%A4%20%22%3Cb%3E'|{}^`\\#x%20y"},
		{"http://a.test/", "//b.test:/y", "b.test", "/y", "http://b.test:/y"},
		{"http://a.test/", "http://bücher.test/", "xn--bcher-kva.test", "/", "http://b%C3%BCcher.test/"},
		{"http://a.test/", "HTTP://B.TEST/y", "B.TEST", "/y", "http://B.TEST/y"},
		{"http://a.test/", "http://u:p@b.test/y", "b.test", "/y", "http://b.test/y"},
	} {
		t.Run(test.location, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, _ *http.Request) {
				if _, n := rec.last(t); n == 1 {
					w.Header().Set("Location", test.location)
					w.WriteHeader(302)
				}
			}
			s := site(t, rec.serve)
			resp, err := s.Get(t.Context(), test.from)
			read(t, resp, err)
			got, _ := rec.last(t)
			if got.Host != test.host || got.URL != test.url || resp.URL().String() != test.final {
				t.Errorf("asked %s for %s, URL %s; want %s, %s, %s", got.Host, got.URL, resp.URL(), test.host, test.url, test.final)
			}
			if got.Header.Get("Authorization") != "" {
				t.Error("the server's userinfo was sent")
			}
		})
	}
}

// A server may tell its client as whom to ask itself, and nobody else.
func TestRedirectUserOfALocation(t *testing.T) {
	for _, test := range []struct {
		name string
		hops []string // URLs, the first one asked for
		want string   // the user of the last hop
	}{
		{"of-the-origin", []string{"http://a.test/", "http://u:p@a.test/2"}, "u:p"},
		{"of-the-origin-in-other-words", []string{"http://a.test/", "http://u:p@A.test:80/2"}, "u:p"},
		{"instead-of-the-callers", []string{"http://me:mine@a.test/", "http://u:p@a.test/2"}, "u:p"},
		{"without-a-password", []string{"http://me:mine@a.test/", "http://u@a.test/2"}, "u:"},
		{"empty", []string{"http://me:mine@a.test/", "http://@a.test/2"}, "me:mine"},
		{"stays", []string{"http://a.test/", "http://u:p@a.test/2", "/3"}, "u:p"},
		{"of-another-name", []string{"http://a.test/", "http://u:p@b.test/"}, ""},
		{"of-another-port", []string{"http://a.test/", "http://u:p@a.test:81/"}, ""},
		{"of-another-name-with-the-callers", []string{"http://me:mine@a.test/", "http://me:mine@b.test/"}, ""},
		{"without-a-scheme", []string{"http://me:mine@a.test/", "//u:p@b.test/"}, ""},
		{"of-where-a-redirect-led", []string{"http://me:mine@a.test/", "http://b.test/", "http://u:p@b.test/2"}, "u:p"},
		{"does-not-leave-the-origin", []string{"http://a.test/", "http://u:p@a.test/2", "http://b.test/"}, ""},
		{"does-not-come-back", []string{"http://a.test/", "http://u:p@a.test/2", "http://b.test/", "http://a.test/3"}, ""},
		{"back-with-another", []string{"http://me:mine@a.test/", "http://b.test/", "http://u:p@a.test/3"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rec recorder
			rec.reply = func(w http.ResponseWriter, _ *http.Request) {
				if _, n := rec.last(t); n < len(test.hops) {
					w.Header().Set("Location", test.hops[n])
					w.WriteHeader(302)
				}
			}
			s := site(t, rec.serve)
			resp, err := s.Get(t.Context(), test.hops[0])
			read(t, resp, err)
			got, n := rec.last(t)
			want := ""
			if test.want != "" {
				want = "Basic " + base64.StdEncoding.EncodeToString([]byte(test.want))
			}
			if auth := got.Header.Get("Authorization"); n != len(test.hops) || auth != want {
				t.Errorf("%d requests, the last with %q, want %q", n, auth, want)
			}
		})
	}
	// A field that the caller gives is nearer than any URL, within the origin.
	var rec recorder
	rec.reply = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Location", "http://u:p@a.test/2")
			w.WriteHeader(302)
		}
	}
	s := site(t, rec.serve)
	resp, err := s.Get(t.Context(), "http://a.test/", aiohttp.Request{Header: http.Header{"Authorization": {"Bearer t"}}})
	read(t, resp, err)
	if got, _ := rec.last(t); got.Header.Get("Authorization") != "Bearer t" {
		t.Errorf("got %q", got.Header.Get("Authorization"))
	}
}

// Credentials stay with the origin that they were given for and, once a redirect
// has left it, are not restored: CVE-2023-45289, CVE-2024-45336, CVE-2025-4673,
// CVE-2026-34518, CVE-2026-47265, golang/go#74994, aio-libs/aiohttp#12829.
func TestRedirectCredentials(t *testing.T) {
	secret := []string{"Authorization", "Cookie", "Cookie2", "Proxy-Authorization", "Www-Authenticate", "Proxy-Authenticate", "X-Api-Key", "X-Session-Key"}
	for _, test := range []struct {
		name string
		hops []string // URLs, the first one asked for
		want bool     // whether the last hop gets the credentials
	}{
		{"same", []string{"http://a.test/", "http://a.test/2"}, true},
		{"same-in-other-words", []string{"http://a.test/", "http://A.TEST:80/2"}, true},
		{"other", []string{"http://a.test/", "http://b.test/"}, false},
		{"a-b-b", []string{"http://a.test/", "http://b.test/", "http://b.test/2"}, false},
		{"a-b-a", []string{"http://a.test/", "http://b.test/", "http://a.test/2"}, false},
		{"a-a-b-a", []string{"http://a.test/", "http://a.test/2", "http://b.test/", "http://a.test/3"}, false},
		{"subdomain", []string{"http://a.test/", "http://x.a.test/"}, false},
		{"parent", []string{"http://x.a.test/", "http://a.test/"}, false},
		{"port", []string{"http://a.test/", "http://a.test:81/"}, false},
		{"ipv6-zone", []string{"http://[::1]/", "http://[::1%25.a.test]/"}, false},
		{"trailing-dot", []string{"http://a.test/", "http://a.test./"}, false},
	} {
		for _, from := range []string{"session", "request", "url"} {
			t.Run(test.name+"/"+from, func(t *testing.T) {
				var rec recorder
				rec.reply = func(w http.ResponseWriter, r *http.Request) {
					if _, n := rec.last(t); n < len(test.hops) {
						http.Redirect(w, r, test.hops[n], http.StatusFound)
					}
				}
				header := http.Header{
					"authorization": {"s"}, "Cookie": {"c=s"}, "Cookie2": {"s"}, "Proxy-Authorization": {"s"},
					"Www-Authenticate": {"s"}, "Proxy-Authenticate": {"s"}, "x-api-key": {"s"},
				}
				var opts aiohttp.Options
				req := aiohttp.Request{Header: http.Header{"X-Plain": {"1"}}}
				first, names := test.hops[0], secret[:7]
				switch from {
				case "session":
					opts.Header = header
				case "request":
					req.Header = header
					header["X-Plain"] = []string{"1"}
					req.Cookies = []*http.Cookie{{Name: "k", Value: "s"}}
				case "url":
					first, names = strings.Replace(first, "://", "://u:p@", 1), secret[:1]
				}
				s := site(t, rec.serve, opts)
				resp, err := s.Get(t.Context(), first, req)
				read(t, resp, err)
				got, n := rec.last(t)
				if n != len(test.hops) {
					t.Fatalf("%d requests, want %d", n, len(test.hops))
				}
				for _, name := range names {
					if _, has := got.Header[name]; has != test.want {
						t.Errorf("%s sent: %v, want %v", name, has, test.want)
					}
				}
				if got.Header.Get("X-Plain") != "1" {
					t.Error("a field that is no credential was dropped")
				}
			})
		}
	}
}

// https to http on the same name and port number is another origin.
func TestRedirectDowngradeDropsCredentials(t *testing.T) {
	var rec recorder
	plain := newServer(t, rec.serve)
	secure := newTLSServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "s" || r.Header.Get("Referer") == "" {
			t.Error("the first hop got no credentials, or no Referer")
		}
		http.Redirect(w, r, plain.URL, http.StatusFound)
	})
	s := aiohttp.NewSession(aiohttp.Options{TLS: trusting(t, secure), Header: http.Header{"Authorization": {"s"}}})
	defer s.Close()
	resp, err := s.Get(t.Context(), secure.URL, aiohttp.Request{Header: http.Header{"referer": {"https://a.test/"}}})
	read(t, resp, err)
	got, _ := rec.last(t)
	if got.Header.Get("Authorization") != "" || resp.TLS() != nil {
		t.Errorf("credentials %q", got.Header.Get("Authorization"))
	}
	// "A user agent MUST NOT send a Referer header field in an unsecured HTTP request
	// if the referring resource was accessed with a secure protocol."
	// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.3-9
	if got.Header.Get("Referer") != "" {
		t.Errorf("Referer %q", got.Header.Get("Referer"))
	}
}
