package connector_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// What describes a request is used again for others: nothing of one may be left
// for the next.
func TestRoundTripLeavesNothingOfARequest(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	unknown := struct{ io.Reader }{strings.NewReader("")}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Proxy-Authorization"), "Digest") {
			w.Header().Set("Proxy-Authenticate", `Digest realm="r", nonce="n", qop="auth"`)
			w.WriteHeader(http.StatusProxyAuthRequired)
		}
	}))
	defer proxy.Close()
	for _, test := range []struct {
		name, method string
		body         io.Reader
		change       func(r *http.Request)
	}{
		{"plain", "GET", nil, nil},
		{"without-content", "POST", nil, nil},
		{"small", "POST", strings.NewReader("text"), nil},
		{"streamed", "PUT", io.MultiReader(strings.NewReader("text")), nil},
		{"with-a-trailer", "PUT", io.MultiReader(strings.NewReader("text")), func(r *http.Request) { r.Trailer = http.Header{"T": {"u"}} }},
		{"empty-after-all", "GET", unknown, nil},
		{"expecting", "POST", strings.NewReader("text"), func(r *http.Request) { r.Header.Set("Expect", "100-continue") }},
		{"closing", "GET", nil, func(r *http.Request) { r.Close = true }},
		{"upgrading", "GET", nil, func(r *http.Request) {
			r.Header.Set("Connection", "Upgrade")
			r.Header.Set("Upgrade", "other")
		}},
		{"proxied", "GET", nil, nil},
		{"repeatable", "PATCH", nil, func(r *http.Request) { r.Header.Set("Idempotency-Key", "k") }},
		{"refused", "GET", nil, func(r *http.Request) { r.Header.Set("X", "\x00") }},
		{"refused-with-a-body", "POST", strings.NewReader("text"), func(r *http.Request) { r.ContentLength = 3 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := connector.Options{Handler: handler}
			if test.name == "proxied" {
				o = connector.Options{Proxy: by(t, strings.Replace(proxy.URL, "//", "//me:secret@", 1))}
			}
			c := connector.New(o)
			defer c.Close()
			r, err := http.NewRequest(test.method, "http://a.test/", test.body)
			if err != nil {
				t.Fatal(err)
			}
			if test.change != nil {
				test.change(r)
			}
			resp, err := c.RoundTrip(r)
			if refused := strings.HasPrefix(test.name, "refused"); refused != (err != nil) {
				t.Fatalf("error %v", err)
			}
			if err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if left := connector.Leftovers(); len(left) > 0 {
				t.Errorf("left: %s", strings.Join(left, ", "))
			}
		})
	}
}
