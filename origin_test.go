package aiohttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// The spellings of the URL standard's tests (https://url.spec.whatwg.org/) that
// programs disagree on. Whoever checks a URL with net/url before the request
// checks the host that is dialled, or there is an error: CVE-2024-45258, CVE-2022-33124,
// aio-libs/aiohttp#12827.
func TestSessionDialsTheHostOfNetURL(t *testing.T) {
	for _, text := range []string{
		"http://a.test", "http://a.test?x", "http://a.test#x", "http://a.test/#x", "HTTP://A.TEST/", "http://a.test:/", "http://a.test:80/", "http://a.test:0080/",
		"http://a.test:0/", "http://a.test:65536/", "http://a.test:-1/", "http://a.test:80a/", "http://a.test:８０/",
		"http://a.test\\b.test/", `http:\\a.test/`, `http:/\a.test/`, "http:a.test/", "http:/a.test/", "http:///a.test/", "http:////a.test/", "//a.test/", "a.test/",
		"http://user@a.test/", "http://b.test@a.test/", "http://b.test:80@a.test/", "http://b.test%40a.test/", "http://b.test%2f@a.test/", "http://b.test#@a.test/", "http://b.test?@a.test/", `http://b.test\@a.test/`, "http://b.test/@a.test/", "http://@a.test/", "http://:@a.test/", "http://a@b@a.test/",
		"http://a%2etest/", "http://a%00.test/", "http://a.test%09/", "http://a\ttest/", "http://a test/", " http://a.test/", "http://a.test/ ", "\x00http://a.test/", "ht\ntp://a.test/",
		"http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.0.0.1./", "http://127.0.0.1.a/", "http://256.0.0.1/", "http://1.2.3/", "http://１２７.0.0.1/", "http://a.0x1/",
		"http://[::1]/", "http://[::1]:80/", "http://[::1", "http://::1/", "http://[::1]a/", "http://[::1%25lo]/", "http://[::1%lo]/", "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1.]/", "http://[www.a.test]/", "http://[]/",
		"http://bücher.test/", "http://xn--bcher-kva.test/", "http://a。test/", "http://ａ.test/", "http://a\u00ad.test/", "http://faß.test/", "http://xn--a.test/", "http://\u202ea.test/", "http://☃.test/", "http://a..test/", "http://.test/", "http://-a.test/", "http://a_b.test/",
		"http://a<b.test/", "http://a>b/", "http://a^b/", "http://a|b/", "http://a`b/", "http://a{b}/", `http://a"b/`, "http://a'b.test/", "http://a*b.test/", "http://a%zz/", "http://%61.test/",
		"http://a.test/%", "http://a.test/%zz", "http://a.test/\x7f", "http://a.test/é", "http://a.test/?é", "http://a.test/../..//x", "http://a.test/%2e%2e/", "http:", "http://", "http:///", "http://:80/", "http://?x", "", "/", "javascript:alert(1)", "https://a.test:443/", "https:a.test",
	} {
		t.Run(text, func(t *testing.T) {
			var rec recorder
			s := site(t, rec.serve)
			resp, err := s.Get(t.Context(), text)
			if err != nil {
				return // refused, or https, which this site does not speak
			}
			read(t, resp, nil)
			u, err := url.Parse(text)
			if err != nil {
				t.Fatalf("sent what net/url refuses: %v", err)
			}
			got, _ := rec.last(t)
			want := strings.ToLower(u.Hostname())
			name, _, _ := strings.Cut(got.Host, ":")
			if strings.HasPrefix(got.Host, "[") {
				name, want = got.Host[1:strings.IndexByte(got.Host, ']')], strings.SplitN(want, "%", 2)[0]
			}
			if ascii := strings.ToLower(name); ascii != want && !strings.HasPrefix(ascii, "xn--") && ascii != "a.test" {
				t.Errorf("asked for %q, net/url says %q", name, want)
			}
			if resp.URL().Hostname() != u.Hostname() {
				t.Errorf("URL %s, net/url says %s", resp.URL(), u)
			}
		})
	}
}

// What aiohttp's users have complained about most of its URLs: a signature is
// made over the octets, so they are sent as they were given:
// aio-libs/aiohttp#4307.
func TestSessionSendsSignedURLsByteForByte(t *testing.T) {
	for _, target := range []string{
		"/bucket/key%2Fwith%2fslash?X-Amz-Signature=ab%2Bc%2F%3D&X-Amz-Date=2026", "/a+b%20c?d=e+f%20g", "/%7Euser/~user", "/a%3Ab:c;d=1,2", "/a?b=c%26d&e&f=", "/?%E4=%FC&a=%zz&100%",
		"/a//b/./c/../d", "/(a)'b'*!$&@", "/?a=b?c/d", "/a?", "/%41%2D%2e", "/?q=[1]&r='x'", "/key%3F%23",
	} {
		var rec recorder
		s := site(t, rec.serve)
		for range 2 { // the second time the origin is known
			resp, err := s.Get(t.Context(), "http://a.test"+target)
			read(t, resp, err)
			if got, _ := rec.last(t); got.URL != target {
				t.Errorf("sent %s, want %s", got.URL, target)
			}
		}
	}
}

// What is not ASCII in a query is encoded, wherever the URL comes from, as it is in a
// path; what stands beside it stays as it is.
func TestSessionSendsQueriesInASCII(t *testing.T) {
	const want = "/?q=%C3%A9%e9[%zz]&b=%FF"
	var rec recorder
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/from" {
			w.Header().Set("Location", "/?q=é%e9[%zz]&b=\xff")
			w.WriteHeader(http.StatusFound)
			return
		}
		rec.serve(w, r)
	})
	for _, text := range []string{"http://a.test/?q=é%e9[%zz]&b=\xff", "http://a.test/?q=é%e9[%zz]&b=\xff", "http://a.test/from"} {
		resp, err := s.Get(t.Context(), text)
		read(t, resp, err)
		if got, _ := rec.last(t); got.URL != want {
			t.Errorf("%s: sent %s, want %s", text, got.URL, want)
		}
		if got := resp.URL().String(); got != "http://a.test"+want {
			t.Errorf("%s: response of %s", text, got)
		}
	}
}

// Whether the origin is known makes no difference to what is a valid URL.
func TestSessionKnownOriginChangesNothing(t *testing.T) {
	var rec recorder
	s := site(t, rec.serve)
	resp, err := s.Get(t.Context(), "http://a.test/")
	read(t, resp, err)
	_, err = s.Get(t.Context(), "http://a.test/%zz")
	wantError(t, err, `invalid URL: invalid URL escape "%zz"`)
	for _, text := range []string{"http://a.test#/secret", "http://a.test/#/secret"} {
		resp, err = s.Get(t.Context(), text)
		read(t, resp, err)
		if got, _ := rec.last(t); got.URL != "/" {
			t.Errorf("%s: sent %s", text, got.URL)
		}
	}
	resp, err = s.Get(t.Context(), "http://a.test?/x", aiohttp.Request{Header: http.Header{"X": {"1"}}})
	read(t, resp, err)
	if got, _ := rec.last(t); got.URL != "/?/x" {
		t.Errorf("sent %s", got.URL)
	}
}
