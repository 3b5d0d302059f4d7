package cookie_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/cookie"
)

func TestJarStoresAllAttributes(t *testing.T) {
	jar := cookie.New(cookie.Options{Now: at(start)})
	h := http.Header{"Set-Cookie": {
		`__Secure-a="x y"; Domain=.Kit.test; Path=/p; Secure; HttpOnly; SameSite=Strict; Partitioned; Max-Age=60; Expires=Tue, 07 Aug 2007 08:04:19 GMT`,
		"b=2",
	}}
	jar.SetHeader(parseURL(t, "https://www.kit.test/d/e"), h)
	wantAll := []cookie.Cookie{
		{
			Name: "__Secure-a", Value: `"x y"`, Domain: "kit.test", Path: "/p",
			Secure: true, HttpOnly: true, Partitioned: true, SameSite: http.SameSiteStrictMode,
			Expires: start.Add(time.Minute), Created: start, LastAccess: start,
		},
		{
			Name: "b", Value: "2", Domain: "www.kit.test", HostOnly: true, Path: "/d",
			Created: start, LastAccess: start,
		},
	}
	if diff := cmp.Diff(wantAll, list(jar)); diff != "" {
		t.Error(diff)
	}
	wantHTTP := []*http.Cookie{{
		Name: "__Secure-a", Value: "x y", Quoted: true, Domain: "kit.test", Path: "/p",
		Secure: true, HttpOnly: true, Partitioned: true, SameSite: http.SameSiteStrictMode,
		Expires: start.Add(time.Minute),
	}}
	if diff := cmp.Diff(wantHTTP, jar.Cookies(parseURL(t, "https://kit.test/p"))); diff != "" {
		t.Error(diff)
	}
}

func TestJarRefuses(t *testing.T) {
	// public-suffixes: aiohttp takes a cookie for all of co.uk.
	const cross = "__Host-k=v; Secure; Path=/"
	for _, c := range []struct{ url, setCookie, cause string }{
		{"http://kit.test/", "", "neither name nor value"},
		{"ftp://kit.test/", "k=v", "scheme carries no cookies"},
		{"http:///", "k=v", "not a host name"},
		{"http://a..test/", "k=v", "not a host name"},
		{"http://127.1/", "k=v", "not a host name"},
		{"http://0x7f.0.0.1/", "k=v", "not a host name"},
		{"http://01.2.3.4/", "k=v", "not a host name"},
		{"http://kit.test/", "k=v; Domain=b\xc3\xbccher.test", "domain attribute is not ASCII"},
		{"http://kit.test/", "k=v; Domain=other.test", "domain attribute does not match the host"},
		{"http://1.2.3.4/", "k=v; Domain=2.3.4", "domain attribute does not match the host"},
		{"http://a.co.uk/", "k=v; Domain=co.uk", "domain attribute is a public suffix"},
		{"http://me.github.io/", "k=v; Domain=github.io", "domain attribute is a public suffix"},
		{"http://kit.test/", "k=v; Secure", "cookie with Secure over an insecure connection"},
		{"https://kit.test/", "k=v; SameSite=None", "SameSite=None without Secure"},
		{"https://kit.test/", "__sEcUrE-k=v", "__Secure- without Secure"},
		{"http://kit.test/", cross, "cookie with Secure over an insecure connection"},
		{"https://kit.test/", "__HOST-k=v; Secure", "__Host- without Secure, with Domain or with another path than /"},
		{"https://kit.test/", "__Host-k=v; Path=/", "__Host- without Secure, with Domain or with another path than /"},
		{"https://kit.test/", cross + "; Domain=kit.test", "__Host- without Secure, with Domain or with another path than /"},
		{"https://kit.test/", cross + "x", "__Host- without Secure, with Domain or with another path than /"},
		{"https://kit.test/", "=__host-k", "nameless value that looks like a prefixed cookie"},
		{"https://kit.test/", "__Secure-k", "nameless value that looks like a prefixed cookie"},
	} {
		t.Run(c.url+" "+c.setCookie, func(t *testing.T) {
			var cause string
			jar := cookie.New(cookie.Options{OnReject: func(_ *url.URL, _ string, err error) { cause = err.Error() }})
			set(t, jar, c.url, c.setCookie)
			if cause != c.cause {
				t.Errorf("cause = %q, want %q", cause, c.cause)
			}
			if jar.Len() != 0 {
				t.Errorf("kept %v", list(jar))
			}
		})
	}
}

// "most user agents consider "https" to be a scheme that denotes a secure protocol and
// "localhost" to be trusted host": the latter by option here.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func TestJarSecureConnections(t *testing.T) {
	for _, c := range []struct {
		url  string
		opts cookie.Options
		want string
	}{
		{"http://localhost/", cookie.Options{}, ""},
		{"http://localhost:8080/", cookie.Options{TrustLocalhost: true}, "k=v"},
		{"ws://a.localhost/", cookie.Options{TrustLocalhost: true}, "k=v"},
		{"http://127.8.9.1/", cookie.Options{TrustLocalhost: true}, "k=v"},
		{"http://[::1]/", cookie.Options{TrustLocalhost: true}, "k=v"},
		{"http://localhost.test/", cookie.Options{TrustLocalhost: true}, ""},
		{"http://10.0.0.1/", cookie.Options{TrustLocalhost: true}, ""},
		{"http://dev.test:8080/", cookie.Options{InsecureOriginsAsSecure: []string{"http://DEV.test:8080"}}, "k=v"},
		{"http://dev.test/", cookie.Options{InsecureOriginsAsSecure: []string{"http://dev.test:80/"}}, "k=v"},
		{"http://dev.test/", cookie.Options{InsecureOriginsAsSecure: []string{"http://dev.test:8080"}}, ""},
		{"ws://dev.test/", cookie.Options{InsecureOriginsAsSecure: []string{"http://dev.test"}}, ""},
		{"wss://kit.test/", cookie.Options{}, "k=v"},
	} {
		t.Run(c.url, func(t *testing.T) {
			jar := cookie.New(c.opts)
			set(t, jar, c.url, "k=v; Secure")
			want(t, jar, c.url, c.want)
		})
	}
}

func TestNewPanicsOnMisuse(t *testing.T) {
	for name, opts := range map[string][]cookie.Options{
		"two":        {{}, {}},
		"no-scheme":  {{InsecureOriginsAsSecure: []string{"dev.test:8080"}}},
		"with-path":  {{InsecureOriginsAsSecure: []string{"http://dev.test/x"}}},
		"other-kind": {{InsecureOriginsAsSecure: []string{"ftp://dev.test"}}},
		"empty":      {{InsecureOriginsAsSecure: []string{""}}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			cookie.New(opts...)
		})
	}
}

func TestJarHostsThatAreAddresses(t *testing.T) {
	// aio-libs/aiohttp#2846: cookies of hosts that are addresses.
	jar := cookie.New()
	set(t, jar, "http://127.0.0.1/", "a=1", "b=2; Domain=127.0.0.1")
	set(t, jar, "http://[2001:DB8::1]:8080/", "c=3")
	want(t, jar, "http://127.0.0.1:99/", "a=1; b=2")
	want(t, jar, "http://[2001:db8:0:0::1]/", "c=3")
	want(t, jar, "http://127.0.0.2/", "")
	for _, c := range list(jar) {
		if !c.HostOnly {
			t.Errorf("%s is not host-only", c.Name)
		}
	}
	strict := cookie.New(cookie.Options{RejectIP: true})
	set(t, strict, "http://127.0.0.1/", "a=1")
	if err := strict.Add(cookie.Cookie{Name: "a", Domain: "::1"}); err == nil {
		t.Error("Add took an address")
	}
	if strict.Len() != 0 {
		t.Errorf("kept %v", list(strict))
	}
}

func TestJarSpellingsOfOneHost(t *testing.T) {
	jar := cookie.New()
	set(t, jar, "http://B\u00dcCHER.Kit.test./", "k=v")
	for _, u := range []string{"http://b\u00fccher.kit.test/", "http://xn--bcher-kva.kit.test/", "http://XN--BCHER-KVA.kit.TEST./"} {
		want(t, jar, u, "k=v")
	}
	want(t, jar, "http://bucher.kit.test/", "")
}

// "given an existing secure cookie named 'a' with a path of '/login', a non-secure
// cookie named 'a' could be set for a path of '/' or '/foo', but not for a path of
// '/login' or '/login/en'."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func TestJarLeavesSecureCookiesAlone(t *testing.T) {
	for _, c := range []struct {
		url, setCookie string
		kept           bool
	}{
		{"http://www.kit.test/", "a=x; Path=/login", false},
		{"http://www.kit.test/", "a=x; Path=/login/en", false},
		{"http://www.kit.test/", "a=; Path=/login; Max-Age=0", false},
		{"http://sub.www.kit.test/", "a=x; Path=/login", false},
		{"http://kit.test/", "a=x; Path=/login; Domain=kit.test", false},
		{"http://www.kit.test/", "a=x; Path=/", true},
		{"http://www.kit.test/", "a=x; Path=/foo", true},
		{"http://www.kit.test/", "b=x; Path=/login", true},
		{"http://other.kit.test/", "a=x; Path=/login", true},
		{"https://www.kit.test/", "a=x; Path=/login", true},
	} {
		t.Run(c.url+" "+c.setCookie, func(t *testing.T) {
			jar := cookie.New()
			set(t, jar, "https://www.kit.test/", "a=secret; Secure; Path=/login; Domain=www.kit.test")
			set(t, jar, c.url, c.setCookie)
			if kept := jar.Len() == 2; kept != c.kept {
				t.Errorf("kept = %v, want %v", kept, c.kept)
			}
			if list(jar)[0].Value != "secret" {
				t.Error("the Secure cookie changed")
			}
		})
	}
}

func TestJarExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const u = "http://kit.test/"
		jar := cookie.New()
		set(t, jar, u, "s=1", "a=2; Max-Age=10", "b=3; Max-Age=20; Expires=Tue, 07 Aug 2007 08:04:19 GMT")
		want(t, jar, u, "s=1; a=2; b=3")
		time.Sleep(10 * time.Second)
		want(t, jar, u, "s=1; b=3")
		if jar.Len() != 2 {
			t.Errorf("%d cookies, want 2: an expired one must go", jar.Len())
		}
		time.Sleep(10 * time.Second)
		if all := list(jar); len(all) != 1 || all[0].Name != "s" {
			t.Errorf("left %v, want s", all)
		}
		set(t, jar, u, "s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
		if jar.Len() != 0 {
			t.Errorf("left %v", list(jar))
		}
	})
}

func TestJarReplacementKeepsCreation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := cookie.New()
		set(t, jar, "http://kit.test/", "a=1", "b=2")
		created := time.Now()
		time.Sleep(time.Second)
		set(t, jar, "http://kit.test/", "a=3")
		want(t, jar, "http://kit.test/", "a=3; b=2")
		if all := list(jar); !all[0].Created.Equal(created) || !all[0].LastAccess.Equal(time.Now()) {
			t.Errorf("created %v, used %v", all[0].Created, all[0].LastAccess)
		}
	})
}

func TestJarCustomSuffixes(t *testing.T) {
	jar := cookie.New(cookie.Options{PublicSuffixes: suffixes{}})
	set(t, jar, "http://a.corp.test/", "k=v; Domain=corp.test", "l=w; Domain=test")
	want(t, jar, "http://b.corp.test/", "l=w")
}

type suffixes struct{}

func (suffixes) PublicSuffix(string) string { return "corp.test" }

func TestJarNilKeepsNothing(t *testing.T) {
	var jar *cookie.Jar
	set(t, jar, "http://kit.test/", "k=v")
	jar.SetCookies(parseURL(t, "http://kit.test/"), []*http.Cookie{{Name: "k", Value: "v"}})
	want(t, jar, "http://kit.test/", "")
	if jar.Len() != 0 || len(list(jar)) != 0 || jar.Clear(nil) != 0 || jar.ClearDomain("kit.test") != 0 {
		t.Error("a nil jar has cookies")
	}
	if jar.Cookies(parseURL(t, "http://kit.test/")) != nil || jar.From(cookie.Initiator{}).Header(parseURL(t, "http://kit.test/")) != "" {
		t.Error("a nil jar sends cookies")
	}
}

func TestJarGivesCopies(t *testing.T) {
	u := parseURL(t, "http://kit.test/")
	jar := cookie.New()
	set(t, jar, "http://kit.test/", "k=v")
	jar.Cookies(u)[0].Value = "changed"
	want(t, jar, "http://kit.test/", "k=v")
	if got := string(jar.AppendHeader([]byte("Cookie: "), u)); got != "Cookie: k=v" {
		t.Errorf("AppendHeader = %q", got)
	}
}

func TestJarConcurrentUse(t *testing.T) {
	jar := cookie.New(cookie.Options{MaxPerDomain: 20, MaxCookies: 60})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 300 {
				raw := fmt.Sprintf("http://h%d.kit.test/", i%5)
				set(t, jar, raw, fmt.Sprintf("k%d=%d", i%30, g), "d=1; Domain=kit.test", "x=; Max-Age=1")
				jar.Header(parseURL(t, raw))
				jar.Cookies(parseURL(t, raw))
				if i%50 == 0 {
					jar.Clear(func(c cookie.Cookie) bool { return jar.Len() > 0 && c.Name == "k1" })
					jar.ClearDomain("h3.kit.test")
				}
				for range jar.All() {
					break
				}
			}
		})
	}
	wg.Wait()
	if got := len(list(jar)); got != jar.Len() || got > 60 {
		t.Errorf("lists %d cookies and counts %d", got, jar.Len())
	}
}

// What the jar does not know gets no cookie; what it knows is asked for.
func TestJarKnowsWhoseCookiesItHas(t *testing.T) {
	j := cookie.New()
	if j.Knows("a.test") || (*cookie.Jar)(nil).Knows("a.test") {
		t.Error("an empty jar knows a host")
	}
	for _, from := range []string{"http://a.test/", "http://sub.b.test/", "http://192.0.2.1/", "http://[2001:db8::1]:8080/"} {
		u, err := url.Parse(from)
		if err != nil {
			t.Fatal(err)
		}
		value := "n=v"
		if u.Host == "sub.b.test" {
			value += "; Domain=b.test"
		}
		j.SetCookieStrings(u, []string{value})
	}
	for host, want := range map[string]bool{
		"a.test": true, "A.test": true, "a.test.": true, "sub.a.test": true /* of another host only: it may be */, "xa.test": false, "test": false,
		"b.test": true, "sub.b.test": true, "other.b.test": true, "c.test": false, "": false,
		"192.0.2.1": true, "192.0.2.2": false, "2001:db8::1": true, "2001:0db8:0::1": true, "2001:db8::2": false,
	} {
		if got := j.Knows(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
		u := &url.URL{Scheme: "http", Host: host, Path: "/"}
		if strings.Contains(host, ":") {
			u.Host = "[" + host + "]"
		}
		if has := j.Header(u) != ""; has && !want {
			t.Errorf("%q has a cookie", host)
		}
	}
}
