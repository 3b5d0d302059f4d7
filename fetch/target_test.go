package fetch_test

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// plainURLs are such that are taken apart without net/url, and such that must
// not be.
var plainURLs = []string{
	"http://example.com", "http://example.com/", "https://example.com/a/b.html", "https://example.com:443/a",
	"http://example.com:80/a", "https://example.com:80/a", "http://example.com:8080", "http://example.com:8080?q",
	"http://example.com?q=1", "http://example.com/?", "http://example.com/a??", "http://example.com/a?b?c",
	"http://example.com/a//b/../c", "http://127.0.0.1:8099/small/small-00001.bin", "http://example.com/a?b%zz=c d",
	"http://example.com/~x/a+b=c_d", "http://example.com//", "https://example.com./a.", "http://-/a", "http://./a",
	"http://user@example.com/a", "http://example.com@other.example/a", "http://example.com:80@other.example/a",
	"http://Example.com/a", "HTTP://example.com/a", "http://example.com/%41", "http://example.com/%zz",
	"http://example.com:/a", "http://example.com:8x/a", "http://:80/a", "http:///a", "http://[::1]:80/a",
	"http://example.com/a#b", "http://example.com/a?b#c", "http://example.com#c", "http://example.com\\a",
	"http://example.com/a b", "http://example.com/ä", "http://example.com/a?ä", "http://exa_mple.com/a",
	"http://example.com/a;b", "http://example.com/*", "http://example.com/a\x7f", "http://example.com/?\x01", "ftp://example.com/a",
}

// FuzzTarget holds the short way against the one through net/url.
func FuzzTarget(f *testing.F) {
	for _, u := range plainURLs {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if short, long, ok := fetch.PlainTarget(raw); ok && short != long {
			t.Errorf("%q: the short way gives\n%s, net/url\n%s", raw, short, long)
		}
	})
}

func TestPlainURLsAreTakenApartWithoutAllocating(t *testing.T) {
	for _, raw := range []string{"http://127.0.0.1:8099/small/small-00001.bin", "https://example.com/a/b.html?q=1&r=%20"} {
		if n := testing.AllocsPerRun(100, func() { fetch.PlainTargetOnly(raw) }); n > 0 {
			t.Errorf("%s: %v allocations", raw, n)
		}
		if _, _, ok := fetch.PlainTarget(raw); !ok {
			t.Errorf("%s is not taken for plain", raw)
		}
	}
	for _, raw := range plainURLs {
		if _, _, ok := fetch.PlainTarget(raw); ok && strings.ContainsAny(raw, "#ÄE\\[ \x01\x7f") {
			t.Errorf("%q is taken for plain", raw)
		}
	}
}
