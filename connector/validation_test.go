package connector_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// TestInvalidRequestIsRefusedBeforeADial has the row of CVE-2023-29406 and its
// like: what would break out of its place in the head.
func TestInvalidRequestIsRefusedBeforeADial(t *testing.T) {
	dialed := false
	c := connector.New(connector.Options{DialContext: func(context.Context, string, string) (net.Conn, error) {
		dialed = true
		return nil, errors.New("dialed")
	}})
	defer c.Close()
	for name, spoil := range map[string]func(req *http.Request){
		"method-crlf":          func(r *http.Request) { r.Method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET" },
		"method-space":         func(r *http.Request) { r.Method = "GET IT" },
		"host-crlf":            func(r *http.Request) { r.Host = "a\r\nX: y" },
		"host-space":           func(r *http.Request) { r.Host = "a b" },
		"host-slash":           func(r *http.Request) { r.Host = "a/b" },
		"host-nul":             func(r *http.Request) { r.Host = "a\x00b" },
		"host-userinfo":        func(r *http.Request) { r.Host = "a@b" },
		"url-host-crlf":        func(r *http.Request) { r.URL.Host = "a\r\nX: y" },
		"url-host-space":       func(r *http.Request) { r.URL.Host = "a b" },
		"url-host-empty":       func(r *http.Request) { r.URL.Host = "" },
		"url-host-port-only":   func(r *http.Request) { r.URL.Host = ":80" },
		"url-port":             func(r *http.Request) { r.URL.Host = "a:99999" },
		"url-port-zero":        func(r *http.Request) { r.URL.Host = "a:0" },
		"url-port-text":        func(r *http.Request) { r.URL.Host = "a:http" },
		"url-nil":              func(r *http.Request) { r.URL = nil },
		"header-nil":           func(r *http.Request) { r.Header = nil },
		"scheme":               func(r *http.Request) { r.URL.Scheme = "ftp" },
		"scheme-none":          func(r *http.Request) { r.URL.Scheme = "" },
		"opaque-crlf":          func(r *http.Request) { r.URL.Opaque = "//a/b\r\nX: y" },
		"opaque-space":         func(r *http.Request) { r.URL.Opaque = "//a/b c" },
		"query-crlf":           func(r *http.Request) { r.URL.RawQuery = "a=b\r\nX: y" },
		"query-space":          func(r *http.Request) { r.URL.RawQuery = "a=b c" },
		"header-name-crlf":     func(r *http.Request) { r.Header["X\r\nY"] = []string{"1"} },
		"header-name-empty":    func(r *http.Request) { r.Header[""] = []string{"1"} },
		"header-name-colon":    func(r *http.Request) { r.Header["X:"] = []string{"1"} },
		"header-value-crlf":    func(r *http.Request) { r.Header["X"] = []string{"1\r\nY: 2"} },
		"header-value-lf":      func(r *http.Request) { r.Header["X"] = []string{"1\nY: 2"} },
		"header-value-nul":     func(r *http.Request) { r.Header["X"] = []string{"1\x00"} },
		"cookie-crlf":          func(r *http.Request) { r.Header["Cookie"] = []string{"a=b\r\nX: y"} },
		"trailer-name-crlf":    func(r *http.Request) { withTrailer(r, "X\r\nY") },
		"trailer-value":        func(r *http.Request) { withTrailer(r, "X"); r.Trailer["X"] = []string{"1\r\nY: 2"} },
		"trailer-without-body": func(r *http.Request) { r.Trailer = http.Header{"X": {"1\r\nY: 2"}} },
		"trailer-name-framing": func(r *http.Request) { withTrailer(r, "Content-Length") },
		"ipv4-short":           func(r *http.Request) { r.URL.Host = "127.1" },
		"ipv4-hex":             func(r *http.Request) { r.URL.Host = "0x7f000001" },
		"ipv4-number":          func(r *http.Request) { r.URL.Host = "2130706433" },
		"ipv4-octal":           func(r *http.Request) { r.URL.Host = "0177.0.0.1" },
		"ipv4-overflow":        func(r *http.Request) { r.URL.Host = "256.0.0.1" },
		"ipv4-hex-label":       func(r *http.Request) { r.URL.Host = "127.0.0.0x1" },
		"ipv6-broken":          func(r *http.Request) { r.URL.Host = "[::1::2]" },
		"ipv6-unclosed":        func(r *http.Request) { r.URL.Host = "[::1" },
		"ipv4-full-width":      func(r *http.Request) { r.URL.Host = "127.0.0.\uff11" },
		"ipv4-full-width-odd":  func(r *http.Request) { r.URL.Host = "\uff11\uff12\uff17.\uff11" },
		"ipv4-full-stops":      func(r *http.Request) { r.URL.Host = "127\u30020\u30020\u30021" },
		"idna":                 func(r *http.Request) { r.URL.Host = "a\u200d.com" },
		"name-of-254":          func(r *http.Request) { r.URL.Host = strings.Repeat("ab", 127) },
		"not-utf-8":            func(r *http.Request) { r.URL.Host = "\xf6.com" },
		"host-not-utf-8":       func(r *http.Request) { r.Host = "a\xffb.com" },
		"host-colons":          func(r *http.Request) { r.Host = "fe80::" },
		"host-port-text":       func(r *http.Request) { r.Host = "a:http" },
		"idna-slash":           func(r *http.Request) { r.URL.Host = "a\uff0fb.com" },
		"idna-at":              func(r *http.Request) { r.URL.Host = "a\uff20b.com" },
		// CVE-2026-39821: labels that only look like ones of IDNA.
		"a-label-of-ascii":       func(r *http.Request) { r.URL.Host = "xn--example-.com" },
		"a-label-of-ascii-upper": func(r *http.Request) { r.URL.Host = "www.XN--EXAMPLE-.com:80" },
		"a-label-empty":          func(r *http.Request) { r.URL.Host = "xn--.com" },
		"a-label-of-a-control":   func(r *http.Request) { r.URL.Host = "xn--a.com" },
		"a-label-in-host-field":  func(r *http.Request) { r.Host = "xn--example-.com" },
		"body-missing":           func(r *http.Request) { r.ContentLength = 5 },
		"body-short": func(r *http.Request) {
			*r = *request(t, "POST", "http://example.com/", strings.NewReader("hello"))
			r.ContentLength = 7
		},
		"body-long": func(r *http.Request) {
			*r = *request(t, "POST", "http://example.com/", strings.NewReader("hello"))
			r.ContentLength = 3
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := request(t, "GET", "http://example.com/", nil)
			spoil(req)
			dialed = false
			_, err := c.RoundTrip(req)
			if dialed {
				t.Fatal("a connection was opened")
			}
			e := wantError(t, err, connector.PhasePrepare)
			if e.Sent || connector.SafeToRetry(e) {
				t.Errorf("got %+v", e)
			}
			if got := c.Stats(); got != (connector.Stats{}) {
				t.Errorf("pool: %+v", got)
			}
		})
	}
}

func withTrailer(r *http.Request, name string) {
	r.Method = "POST"
	r.Body = http.NoBody
	body, _ := http.NewRequest("POST", "http://a/", unread(strings.NewReader("x")))
	r.Body = body.Body
	r.Trailer = http.Header{name: nil}
}

func TestInvalidTrailerValueEndsTheRequest(t *testing.T) {
	// golang/go#78775: trailers are validated when they are written.
	inBubble(t, connector.Options{}, func(e *env) {
		trailer := http.Header{"X": nil}
		req := request(t, "POST", "http://example.com/", &atEnd{io.NopCloser(strings.NewReader("x")), func() { trailer["X"] = []string{"1\r\nY: 2"} }})
		req.Trailer = trailer
		out := e.send(req)
		s := e.accept()
		s.WantHead()
		wantError(t, (<-out).err, connector.PhaseWrite)
	})
}

func TestFieldsThatFrameAreSaidOnce(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "POST", "http://example.com/", strings.NewReader("hello"))
		for _, name := range []string{"content-length", "Content-Length", "TRANSFER-ENCODING", "host", "trailer"} {
			req.Header[name] = []string{"99"}
		}
		out := e.send(req)
		s := e.accept()
		s.WantRead("POST / HTTP/1.1\r\nHost: example.com\r\nUser-Agent: aiohttp-go/" + connector.Version + "\r\nAccept-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestRequestHead(t *testing.T) {
	for _, tt := range []struct {
		name string
		req  func(r *http.Request)
		wire string // without the fields that are always the same
	}{
		{"host-of-its-own", func(r *http.Request) { r.Host = "other.example:81" }, "GET / HTTP/1.1\r\nHost: other.example:81\r\n"},
		{"host-with-zone", func(r *http.Request) { r.Host = "[fe80::1%en0]:8080" }, "GET / HTTP/1.1\r\nHost: [fe80::1]:8080\r\n"},
		{"opaque-path", func(r *http.Request) { r.URL.Opaque = "/%2F/%2F/" }, "GET /%2F/%2F/ HTTP/1.1\r\nHost: example.com\r\n"},
		{"opaque-with-host", func(r *http.Request) { r.URL.Opaque = "//example.com/%2F/%2F/"; r.URL.RawQuery = "q" }, "GET /%2F/%2F/?q HTTP/1.1\r\nHost: example.com\r\n"},
		{"connect", func(r *http.Request) { r.Method = "CONNECT"; r.URL.Path = "" }, "CONNECT example.com:80 HTTP/1.1\r\nHost: example.com\r\n"},
		{"connect-opaque", func(r *http.Request) { r.Method = "CONNECT"; r.URL.Opaque = "backend:443"; r.URL.Path = "" }, "CONNECT backend:443 HTTP/1.1\r\nHost: example.com\r\n"},
		{"options-of-the-server", func(r *http.Request) { r.Method = "OPTIONS"; r.URL.Opaque = "*" }, "OPTIONS * HTTP/1.1\r\nHost: example.com\r\n"},
		{"method-missing", func(r *http.Request) { r.Method = "" }, "GET / HTTP/1.1\r\nHost: example.com\r\n"},
		{"query-empty", func(r *http.Request) { r.URL.ForceQuery = true }, "GET /? HTTP/1.1\r\nHost: example.com\r\n"},
		{"field-in-capitals", func(r *http.Request) { r.Header["ALL-CAPS"] = []string{"x"} }, "GET / HTTP/1.1\r\nHost: example.com\r\nALL-CAPS: x\r\n"},
		{"field-without-values", func(r *http.Request) { r.Header["X-Idempotency-Key"] = nil }, "GET / HTTP/1.1\r\nHost: example.com\r\n"},
		{"patch-without-body", func(r *http.Request) { r.Method = "PATCH" }, "PATCH / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				req := request(t, "GET", "http://example.com/", nil)
				req.Header["User-Agent"] = nil
				req.Header.Set("Accept-Encoding", "x")
				tt.req(req)
				out := e.send(req)
				s := e.accept()
				head := strings.Replace(s.WantHead(), "Accept-Encoding: x\r\n", "", 1)
				diff(t, strings.TrimSuffix(head, "\r\n"), tt.wire)
				s.Write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
				want(t, <-out, 404, "")
			})
		})
	}
}

func TestUserAgentIsSaidOnce(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		req := request(t, "GET", "http://example.com/", nil)
		req.Header["User-Agent"] = []string{"single", "or", "multiple"}
		out := e.send(req)
		s := e.accept()
		s.WantRead("GET / HTTP/1.1\r\nHost: example.com\r\nUser-Agent: single\r\nAccept-Encoding: gzip\r\n\r\n")
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestAddressOfURL(t *testing.T) {
	for _, tt := range []struct {
		url, addr, host, target string
		secure                  bool
	}{
		{"http://Example.COM", "example.com:80", "Example.COM", "/", false},
		{"https://example.com/a?b#c", "example.com:443", "example.com", "/a?b", true},
		{"HTTP://example.com:8080/%20", "example.com:8080", "example.com:8080", "/%20", false},
		{"http://example.com:/", "example.com:80", "example.com", "/", false},
		{"http://[::1]:/", "[::1]:80", "[::1]", "/", false},
		{"http://127.0.0.1/", "127.0.0.1:80", "127.0.0.1", "/", false},
		{"http://[::1]:81/", "[::1]:81", "[::1]:81", "/", false},
		{"http://[FE80::1%25Eth0]/", "[fe80::1%Eth0]:80", "[FE80::1]", "/", false},
		{"http://bücher.example/ü", "xn--bcher-kva.example:80", "xn--bcher-kva.example", "/%C3%BC", false},
		{"http://1.example.com/", "1.example.com:80", "1.example.com", "/", false},
		{"http://" + strings.Repeat("a", 253) + "./", strings.Repeat("a", 253) + ".:80", strings.Repeat("a", 253) + ".", "/", false},
		{"http://XN--Bcher-Kva.example/", "xn--bcher-kva.example:80", "XN--Bcher-Kva.example", "/", false},
		{"http://r3---sn.my_host.xn--ls8h.la/", "r3---sn.my_host.xn--ls8h.la:80", "r3---sn.my_host.xn--ls8h.la", "/", false},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		addr, secure, err := connector.Address(u)
		if addr != tt.addr || secure != tt.secure || err != nil {
			t.Errorf("%s: got address %q, %v, %v", tt.url, addr, secure, err)
		}
		host, target, err := connector.Target(u)
		if host != tt.host || target != tt.target || err != nil {
			t.Errorf("%s: got %q %q, %v", tt.url, host, target, err)
		}
	}
}
