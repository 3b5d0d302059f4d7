package cookie_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/cookie"
)

func TestViewEnforcesSameSite(t *testing.T) {
	const target = "https://www.kit.test/"
	const all = "s=1; l=2; d=3; n=4"
	for _, c := range []struct {
		name, page, method string
		navigation         bool
		sent               string
		stores             bool
	}{
		{"program", "", "POST", false, all, true},
		{"same-site", "https://other.kit.test/x", "POST", false, all, true},
		{"same-site-socket", "wss://kit.test/", "", false, all, true},
		{"other-scheme", "http://www.kit.test/", "GET", false, "n=4", false},
		{"cross-site-fetch", "https://evil.test/", "", false, "n=4", false},
		{"cross-site-click", "https://evil.test/", "GET", true, "l=2; d=3; n=4", true},
		{"cross-site-form", "https://evil.test/", "POST", true, "n=4", true},
		{"opaque", "data:text/html,x", "GET", false, "n=4", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			jar := cookie.New()
			set(t, jar, target, "s=1; SameSite=Strict", "l=2; SameSite=Lax", "d=3", "n=4; SameSite=None; Secure")
			i := cookie.Initiator{Method: c.method, Navigation: c.navigation}
			if c.page != "" {
				i.URL = parseURL(t, c.page)
			}
			view := jar.From(i)
			if got := view.Header(parseURL(t, target)); got != c.sent {
				t.Errorf("Cookie = %q, want %q", got, c.sent)
			}
			view.SetHeader(parseURL(t, target), map[string][]string{"Set-Cookie": {"new=1"}})
			if got := jar.Len() == 5; got != c.stores {
				t.Errorf("stored = %v, want %v", got, c.stores)
			}
		})
	}
}
