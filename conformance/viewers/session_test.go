//go:build unix

package viewers_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/cache"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/tracing/har"
	"github.com/aiohttp-go/aiohttp/trust"
)

// kept is how much of a body the recording keeps.
const kept = 64 << 10

// loopback resolves every name, but for those of the domain "invalid".
type loopback struct{}

func (loopback) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if strings.HasSuffix(host, ".invalid") {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	time.Sleep(2 * time.Millisecond) // so that it is seen
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}

// visit is a request of the session.
type visit struct {
	req  aiohttp.Request
	ends func(context.Context) (context.Context, context.CancelFunc)
}

// visits are what the session does. Their exchanges are listed in shown.
func visits(secure, plain, closed string) []visit {
	photo := form.New().Add("title", "A cat").AddBytes("photo", "cat.png", picture())
	soon := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		stop := time.AfterFunc(50*time.Millisecond, cancel)
		return ctx, func() { stop.Stop(); cancel() }
	}
	return []visit{
		{req: aiohttp.Request{URL: secure + "/"}},
		{req: aiohttp.Request{URL: secure + "/style.css"}},
		{req: aiohttp.Request{URL: secure + "/logo.png"}},
		{req: aiohttp.Request{URL: secure + "/logo.png", Header: http.Header{"If-None-Match": {`"7"`}}}},
		{req: aiohttp.Request{URL: secure + "/app.js"}},
		{req: aiohttp.Request{URL: secure + "/app.js"}}, // which the cache answers
		{req: aiohttp.Request{URL: secure + "/catalogue.json?page=1&sort=price%20up&api_key=hush"}},
		{req: aiohttp.Request{Method: "POST", URL: secure + "/orders", JSON: map[string]any{"cup": 2, "password": "hush"}, Header: http.Header{"Authorization": {"Bearer hush"}}}},
		{req: aiohttp.Request{Method: "POST", URL: secure + "/login", Form: url.Values{"user": {"me"}, "password": {"hush"}}}},
		{req: aiohttp.Request{Method: "POST", URL: secure + "/photos", Multipart: photo}},
		{req: aiohttp.Request{Method: "PUT", URL: plain + "/photos/1", Body: io.MultiReader(bytes.NewReader(picture()))}},
		{req: aiohttp.Request{URL: plain + "/latin"}},
		{req: aiohttp.Request{URL: plain + "/latin.html"}},
		{req: aiohttp.Request{URL: plain + "/video"}},
		{req: aiohttp.Request{Method: "HEAD", URL: plain + "/video"}},
		{req: aiohttp.Request{Method: "DELETE", URL: plain + "/gone"}},
		{req: aiohttp.Request{URL: plain + "/missing"}},
		{req: aiohttp.Request{URL: plain + "/busy"}},
		{req: aiohttp.Request{URL: plain + "/cut"}},
		{req: aiohttp.Request{URL: plain + "/slow", Timeouts: connector.Timeouts{Head: 50 * time.Millisecond}}},
		{req: aiohttp.Request{URL: plain + "/slow"}, ends: soon},
		{req: aiohttp.Request{URL: closed + "/refused"}},
		{req: aiohttp.Request{URL: "http://nowhere.invalid/"}},
	}
}

// shown is what the viewers must show of each exchange, in this order: the type
// that Chromium gives it, that of Firefox, and the body as far as it is text.
var shown = []struct {
	method, path   string
	status         int
	chromium, fox  string
	text           string
	reused, failed bool
}{
	{"GET", "/", 301, "document", "html", "", false, false},
	{"GET", "/home", 302, "document", "html", "", true, false},
	{"GET", "/home/en", 200, "document", "html", page, true, false},
	{"GET", "/style.css", 200, "stylesheet", "css", style, true, false},
	{"GET", "/logo.png", 200, "png", "png", "", true, false},
	{"GET", "/logo.png", 304, "fetch", "", "", true, false},
	{"GET", "/app.js", 200, "script", "js", "alert(1)\n", true, false},
	{"GET", "/catalogue.json?page=1&sort=price%20up&api_key=xxxxx", 200, "fetch", "json", catalogue, true, false},
	{"POST", "/orders", 201, "fetch", "json", `{"order": 7}`, true, false},
	{"POST", "/login", 303, "fetch", "", "", true, false},
	{"GET", "/photos", 200, "fetch", "plain", "thank you", true, false},
	{"POST", "/photos", 200, "fetch", "plain", "thank you", true, false},
	{"PUT", "/photos/1", 200, "fetch", "plain", "thank you", false, false},
	{"GET", "/latin", 200, "fetch", "plain", "Grüße", true, false},
	{"GET", "/latin.html", 200, "document", "html", "<p>Ã¤", true, false},
	{"GET", "/video", 200, "media", "mp4", "", true, false},
	{"HEAD", "/video", 200, "media", "mp4", "", true, false},
	{"DELETE", "/gone", 204, "fetch", "", "", true, false},
	{"GET", "/missing", 404, "fetch", "plain", "404 page not found\n", true, false},
	{"GET", "/busy", 503, "fetch", "", "", true, false},
	{"GET", "/cut", 200, "fetch", "plain", "half", true, true},
	{"GET", "/slow", 0, "fetch", "", "", false, true},
	{"GET", "/slow", 0, "fetch", "", "", false, true},
	{"GET", "/refused", 0, "fetch", "", "", false, true},
	{"GET", "/", 0, "fetch", "", "", false, true},
}

// record sends the requests and gives the file.
func record(t *testing.T) []byte {
	t.Helper()
	ca, err := localca.New("viewers")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("shop.example")
	if err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewUnstartedServer(http.HandlerFunc(shop))
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(shop))
	defer plain.Close()
	policy, err := trust.New(trust.Options{CAs: ca.Pool()})
	if err != nil {
		t.Fatal(err)
	}
	conns := connector.New(connector.Options{Resolver: loopback{}, TLS: policy})
	defer conns.Close()
	kache := cache.New()
	defer kache.Close()

	var out bytes.Buffer
	recorder := har.New(&out, har.Options{MaxBodyBytes: kept, Comment: "all kinds"})
	session := aiohttp.NewSession(aiohttp.Options{
		Connector: conns, Trace: []*tracing.Trace{recorder.Trace()}, Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(kache.Transport)},
	})
	defer session.Close()
	for _, v := range visits(named("https", "shop.example", secure), named("http", "api.example", plain), named("http", "api.example", closed(t))) {
		ctx, cancel := t.Context(), context.CancelFunc(func() {})
		if v.ends != nil {
			ctx, cancel = v.ends(ctx)
		}
		if resp, err := session.Do(ctx, v.req); err == nil {
			if _, err := io.Copy(io.Discard, resp); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Logf("%s: %v", v.req.URL, err)
			}
			resp.Close()
		}
		cancel()
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// closed gives a server that has gone.
func closed(t *testing.T) *httptest.Server {
	srv := httptest.NewServer(nil)
	srv.Close()
	return srv
}

// named gives the origin of a server by another name.
func named(scheme, host string, srv *httptest.Server) string {
	return fmt.Sprintf("%s://%s:%d", scheme, host, srv.Listener.Addr().(*net.TCPAddr).Port)
}
