package aiohttp_test

import (
	"net/url"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// FuzzPlainURL checks that the short way, which takes the origin from the cache
// and the target from the text, asks nobody for anything that net/url would
// not.
func FuzzPlainURL(f *testing.F) {
	for _, seed := range []string{
		"http://a.test/", "http://a.test/a%2fb?c=%zz", "http://a.test/%zz", "http://a.test#/x", "http://a.test?/x",
		"http://u:p@a.test/", `http://a.test\/x`, "HTTP://A.test:080/;x=[1]", "http://[::1%25a]/", "http://a.test//b/../c", "https://a.test/*'()",
		"http://a.test/x?", "http://a.test/?a?",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		prefix, target, ok := aiohttp.PlainTarget(text)
		if !ok {
			return
		}
		// The origin is in the cache once any URL with that prefix was found to
		// be what it looks like.
		addr, root, err := aiohttp.ParsedTarget(prefix + "/")
		if err != nil || root != "/" {
			return
		}
		parsedAddr, parsed, err := aiohttp.ParsedTarget(text)
		if err != nil || parsed != target || parsedAddr != addr {
			t.Errorf("%q goes to %s as %q; parsed: %s, %q, %v", text, addr, target, parsedAddr, parsed, err)
		}
		want, err := url.Parse(text)
		if got := aiohttp.PlainParts(text); err != nil || *got != *want || got.String() != want.String() {
			t.Errorf("%q has the parts %#v; parsed: %#v, %v", text, got, want, err)
		}
	})
}
