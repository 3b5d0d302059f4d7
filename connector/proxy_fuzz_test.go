package connector_test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// FuzzProxyAnswers lets a proxy answer each piece of what it is sent with anything.
// There must be no panic, no hang (which synctest finds), no connection lost, and
// no password in an error.
func FuzzProxyAnswers(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno",
		"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n",
		"\x05\x00", "\x05\x02", "\x05\xff", "\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", "\x05\x00\x05\x00\x00\x03\x01a\x00\x00" + okHello, "\x05\x00\x05\x05", okHello, "",
	} {
		for kind := range uint8(4) {
			f.Add([]byte(seed), kind)
		}
	}
	const asks = "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=true\r\n"
	for _, seed := range []string{
		asks + "Content-Length: 2\r\n\r\nno", asks + "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", asks + "Content-Length: 9\r\n\r\nno", asks + "\r\nno",
		asks + "Proxy-Authenticate: Basic\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
	} {
		for kind := range uint8(16) {
			f.Add([]byte(seed), kind)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, kind uint8) {
		synctest.Test(t, func(t *testing.T) {
			network := testnet.New()
			ln, err := network.Listen("example.com:80")
			if err != nil {
				t.Fatal(err)
			}
			go testnet.Serve(ln, func(conn net.Conn) {
				for buf := make([]byte, 4<<10); ; {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					if kind&1 == 0 && kind>>2&3 == uint8(connector.ProxyDigestOnly) && strings.Contains(string(buf[:n]), "Basic") {
						t.Errorf("the proxy is sent %q", buf[:n])
					}
					if _, err := conn.Write(answer); err != nil {
						return
					}
				}
			})
			c := connector.New(connector.Options{DialContext: network.DialContext, ProxyTunnel: kind&2 != 0, ProxyAuth: connector.ProxyAuth(kind >> 2 & 3),
				Proxy: by(t, []string{"http", "socks5h"}[kind&1]+"://me:hush@example.com:80")})
			resp, err := c.RoundTrip(request(t, "GET", "http://origin.test/", nil))
			if err == nil {
				if resp.StatusCode != 101 { // from then on nothing ends a read
					_, err = io.Copy(io.Discard, resp.Body)
				}
				resp.Body.Close()
			}
			if err != nil && strings.Contains(err.Error(), "hush") && !strings.Contains(string(answer), "hush") {
				t.Errorf("got %v", err)
			}
			c.Close()
			ln.Close()
			synctest.Wait()
			if n := network.OpenConns(); n != 0 {
				t.Errorf("%d connections are left open", n)
			}
		})
	})
}

// FuzzProxyExcept asks lists of NO_PROXY about hosts. What a list of one plain name
// exempts ends with it; and a URL of a proxy that is taken can be used.
func FuzzProxyExcept(f *testing.F) {
	for _, list := range []string{"", "*", "a.test", ".a.test:80", "10.0.0.0/8", "[::1]:80", "fd00::/8,a", "::ffff:10.0.0.1", "xn--a", "[", "]:", ":", "a:b:c"} {
		for _, addr := range []string{"a.test:80", "10.0.0.1:80", "[::1]:80", "[fe80::1%.a.test]:80", "a.test.:80", ":"} {
			f.Add(list, addr)
		}
	}
	f.Fuzz(func(t *testing.T, list, addr string) {
		p := connector.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.test"})
		u, err := p.Except(list)("http", addr)
		if err != nil {
			t.Fatal(err)
		}
		if u == nil && !strings.ContainsAny(list, "*/:, \t") {
			name := strings.Trim(strings.TrimLeft(strings.ToLower(list), "."), "[]")
			if host := strings.TrimSuffix(strings.Trim(addr[:strings.LastIndexByte(addr, ':')], "[]"), "."); isPlain(name) && isPlain(host) && !strings.HasSuffix(host, strings.TrimSuffix(name, ".")) {
				t.Errorf("%q exempts %q", list, addr)
			}
		}
		if chosen, err := connector.ParseProxy(list); err == nil {
			if _, err := chosen("http", "a.test:80"); err != nil {
				t.Errorf("%q: taken, and then %v", list, err)
			}
		}
	})
}

// isPlain reports whether a name is of small letters, digits, hyphens and dots.
func isPlain(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}
