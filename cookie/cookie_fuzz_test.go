package cookie_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// FuzzSetCookie checks what must hold of any cookie that a server can set: it is one
// pair on the wire, survives a file, and stays within the host.
func FuzzSetCookie(f *testing.F) {
	for _, line := range []string{
		"k=v", "k=\"v\"; Secure; HttpOnly; SameSite=None", "; bar", "==a", "k=v; Domain=.kit.test; Path=/x\ty",
		"k=v; Max-Age=99999999999999999999; Expires=Tue, 07 Aug 2007 08:04:19 GMT", "__Host-k=v; Secure; Path=/",
		"k=\xff\xfe; Path=/\xe9; Partitioned", "k=v\x00", "\u017fecure=1; \u017fecure",
	} {
		f.Add("https://www.kit.test/a/b?c", line)
		f.Add("http://[::1%25x]:8080/%2f", line)
		f.Add("ws://B\u00fccher.test./;/x", line)
	}
	f.Fuzz(func(t *testing.T, rawURL, line string) {
		u, err := parseAny(rawURL)
		if err != nil {
			return
		}
		jar := cookie.New(cookie.Options{Now: at(start)})
		jar.SetCookieStrings(u, []string{line})
		if jar.Len() > 1 {
			t.Fatalf("%d cookies of one line", jar.Len())
		}
		if header := jar.Header(u); strings.ContainsAny(header, ";\r\n\x00") {
			t.Errorf("Cookie = %q", header)
		}
		for c := range jar.All() {
			if len(c.Name)+len(c.Value) > 4096 || c.Secure && u.Scheme != "https" && u.Scheme != "wss" {
				t.Errorf("kept %+v", c)
			}
		}
		roundTrip(t, jar, jar.WriteJSON, (*cookie.Jar).ReadJSON, nil)
		roundTrip(t, jar, jar.WriteNetscape, (*cookie.Jar).ReadNetscape, reduce)
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Tue, 07 Aug 2007 08:04:19 GMT", "07-aug-70 8:4:9", "29 feb 2023 0:0:0", "\x80\x00", "1:2:3 4 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := cookie.ParseDate(s)
		if !ok {
			return
		}
		if got.Year() < 1601 || got.Year() > 9999 {
			t.Errorf("ParseDate(%q) = %v", s, got)
		}
		again, ok := cookie.ParseDate(got.Format(http.TimeFormat))
		if !ok || !again.Equal(got) {
			t.Errorf("%v reads as %v, %v", got, again, ok)
		}
	})
}

func FuzzCanonicalHost(f *testing.F) {
	for _, s := range []string{"Kit.test.", "b\u00fccher.test", "xn--bcher-kva.test", "1.2.3.4", "::1%eth0", "\uff11.2.3.4", "a_b.r3---x.test"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ip, err := cookie.CanonicalHost(s)
		if err != nil {
			return
		}
		again, ip2, err := cookie.CanonicalHost(name)
		if again != name || ip != ip2 || err != nil {
			t.Errorf("CanonicalHost(%q) = %q and then %q, %v", s, name, again, err)
		}
	})
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"version":1,"cookies":[{"name":"a","value":{"base64":"/w=="},"domain":"kit.test","path":"/","same_site":"lax","expires":"2026-03-02T00:00:00Z"}]}`))
	f.Add([]byte(`{"version":1,"cookies":[{"name":"a","value":"b","domain":"1.2.3.4","host_only":true,"path":"/","created":"2020-01-01T00:00:00.000001+02:00"}]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		jar := cookie.New(cookie.Options{Now: at(start)})
		if err := jar.ReadJSON(bytes.NewReader(data)); err != nil {
			if jar.Len() != 0 {
				t.Errorf("error %v and %d cookies", err, jar.Len())
			}
			return
		}
		roundTrip(t, jar, jar.WriteJSON, (*cookie.Jar).ReadJSON, nil)
	})
}

func FuzzReadNetscape(f *testing.F) {
	f.Add([]byte("# Netscape HTTP Cookie File\n#HttpOnly_.kit.test\tTRUE\t/\tTRUE\t1772366500\ta\tb\n"))
	f.Add([]byte("kit.test\tFALSE\t/x\tFALSE\t0\t\tx=y\r\n\r\n# c\n"))
	f.Add([]byte("a\tFALSE\t/\tFALSE\t0.5\tcut"))
	f.Fuzz(func(t *testing.T, data []byte) {
		jar := cookie.New(cookie.Options{Now: at(start)})
		if err := jar.ReadNetscape(bytes.NewReader(data)); err != nil {
			if jar.Len() != 0 {
				t.Errorf("error %v and %d cookies", err, jar.Len())
			}
			return
		}
		roundTrip(t, jar, jar.WriteNetscape, (*cookie.Jar).ReadNetscape, reduce)
	})
}
