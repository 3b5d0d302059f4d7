package connector_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// by gives the proxy of a text.
func by(t testing.TB, text string) connector.Proxy {
	t.Helper()
	p, err := connector.ParseProxy(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// throughProxy runs f with a connector whose proxy is example.com, at the port 80
// that the host of e listens on.
func throughProxy(t *testing.T, scheme string, o connector.Options, f func(e *env)) {
	t.Helper()
	o.Proxy = by(t, scheme+"://me:secret@example.com:80")
	inBubble(t, o, f)
}

func TestClientRFC9112Section3_2_2AbsoluteFormToAProxy(t *testing.T) {
	// "When making a request to a proxy, other than a CONNECT or server-wide
	// OPTIONS request (as detailed below), a client MUST send the target URI in
	// "absolute-form" as the request-target."
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2-1
	const auth = "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"
	for _, test := range []struct {
		name, method, url, line, host string
	}{
		{"path", "GET", "http://origin.test/a%2Fb?c=d#e", "GET http://origin.test/a%2Fb?c=d", "origin.test"},
		{"no-path", "GET", "http://origin.test", "GET http://origin.test/", "origin.test"},
		{"query-only", "GET", "http://origin.test?q", "GET http://origin.test/?q", "origin.test"},
		{"port", "GET", "http://origin.test:8080/", "GET http://origin.test:8080/", "origin.test:8080"},
		{"default-port", "GET", "http://origin.test:80/", "GET http://origin.test/", "origin.test:80"},
		{"case", "GET", "http://ORIGIN.test/", "GET http://origin.test/", "ORIGIN.test"},
		{"ipv6", "GET", "http://[::80]:80/", "GET http://[::80]/", "[::80]:80"},
		{"user", "GET", "http://u:p@origin.test/", "GET http://origin.test/", "origin.test"},
		{"path-of-slashes", "GET", "http://origin.test//evil.test/", "GET http://origin.test//evil.test/", "origin.test"},
		{"idna", "GET", "http://bücher.test/", "GET http://xn--bcher-kva.test/", "xn--bcher-kva.test"},
	} {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, "http", connector.Options{}, func(e *env) {
				req := request(t, test.method, test.url, nil)
				req.Header.Set("User-Agent", "test")
				out := e.send(req)
				s := e.accept()
				user := ""
				if req.URL.User != nil {
					user = "Authorization: Basic dTpw\r\n"
				}
				if got, want := s.WantHead(), test.line+" HTTP/1.1\r\nHost: "+test.host+"\r\nUser-Agent: test\r\n"+user+"Accept-Encoding: gzip\r\n"+auth+"\r\n"; got != want {
					t.Errorf("got %q\nwant %q", got, want)
				}
				s.Write(okHello)
				want(t, <-out, 200, "hello")
			})
		})
	}
}

func TestClientRFC9112Section3_2_4OptionsOfTheServerThroughAProxy(t *testing.T) {
	// "When a client wishes to request OPTIONS for the server as a whole [...] the
	// client MUST send only "*" (%x2A) as the request-target." Through a proxy that
	// is "an absolute-form of request-target in which the URI has an empty path and
	// no query component".
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4-3
	// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4-5
	throughProxy(t, "http", connector.Options{}, func(e *env) {
		req := request(t, "OPTIONS", "http://origin.test:81/", nil)
		req.URL = &url.URL{Scheme: "http", Host: "origin.test:81", Opaque: "*"}
		out := e.send(req)
		s := e.accept()
		if got := s.WantHead(); !strings.HasPrefix(got, "OPTIONS http://origin.test:81 HTTP/1.1\r\n") {
			t.Errorf("got %q", got)
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestConnectHead(t *testing.T) {
	for _, test := range []struct {
		name, proxy, url string
		header           http.Header
		want             string
	}{
		{"plain", "http://example.com:80", "http://origin.test/", nil,
			"CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\nUser-Agent: aiohttp-go/" + connector.Version + "\r\n\r\n"},
		{"user", "http://me:secret@example.com", "http://[::1]:81/", nil,
			"CONNECT [::1]:81 HTTP/1.1\r\nHost: [::1]:81\r\nUser-Agent: aiohttp-go/" + connector.Version + "\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"},
		{"header", "http://example.com", "http://origin.test/", http.Header{"Proxy-Authorization": {"Bearer x"}, "user-agent": {"mine"}, "X-Country": {"nl", "be"}},
			"CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\nProxy-Authorization: Bearer x\r\nX-Country: nl\r\nX-Country: be\r\nUser-Agent: mine\r\n\r\n"},
		{"user-and-header", "http://me:secret@example.com", "http://origin.test/", http.Header{"Proxy-Authorization": {"Bearer x"}, "User-Agent": {"mine"}},
			"CONNECT origin.test:80 HTTP/1.1\r\nHost: origin.test:80\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\nUser-Agent: mine\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, connector.Options{Proxy: by(t, test.proxy), ProxyTunnel: true, ProxyHeader: test.header}, func(e *env) {
				req := request(t, "GET", test.url, nil)
				// What is for a proxy must not go on to the origin.
				req.Header["proxy-authorization"] = []string{"Basic b3RoZXI="}
				out := e.send(req)
				s := e.accept()
				if got := s.WantHead(); got != test.want {
					t.Errorf("got %q\nwant %q", got, test.want)
				}
				s.Write("HTTP/1.1 200 Connection established\r\n\r\n")
				if got := s.WantHead(); !strings.HasPrefix(got, "GET / HTTP/1.1\r\nHost: ") || strings.Contains(strings.ToLower(got), "proxy") {
					t.Errorf("the origin got %q", got)
				}
				s.Write(okHello)
				want(t, <-out, 200, "hello")
			})
		})
	}
}

// closing-proxy: some proxies close after each answer and do not say so: what cannot be repeated
// goes on a connection of its own, until one was seen to be kept.
func TestForwardedPostWaitsForNoClosingProxy(t *testing.T) {
	for _, test := range []struct {
		name, connection string
		reused           bool
	}{{"silent", "", false}, {"promised", "Connection: keep-alive\r\n", true}} {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, "http", connector.Options{}, func(e *env) {
				play := func(method string, s *testnet.Script) *testnet.Script {
					var body io.Reader
					if method == "POST" {
						body = strings.NewReader("x")
					}
					out := e.send(request(t, method, "http://origin.test/", body))
					if s == nil {
						s = e.accept()
					}
					s.WantHead()
					if method == "POST" {
						s.WantBytes(1)
					}
					s.Write(strings.Replace(okHello, "\r\n", "\r\n"+test.connection, 1))
					want(t, <-out, 200, "hello")
					return s
				}
				last := play("GET", nil)
				if test.reused {
					play("POST", last)
				} else {
					last = play("POST", nil)
				}
				play("GET", last) // it can be repeated
				play("POST", last)
			})
		})
	}
}

// A field of the program's own stays, where the proxy forwards and its URL has no
// user; else the URL's takes its place.
func TestForwardedCredentials(t *testing.T) {
	for proxy, want := range map[string]string{
		"example.com": "Proxy-Authorization: Bearer mine\r\n", "me:secret@example.com": "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n",
	} {
		inBubble(t, connector.Options{Proxy: by(t, proxy)}, func(e *env) {
			req := request(t, "GET", "http://origin.test/", nil)
			req.Header.Set("Proxy-Authorization", "Bearer mine")
			out := e.send(req)
			s := e.accept()
			if got := s.WantHead(); strings.Count(got, "Proxy-Authorization") != 1 || !strings.Contains(got, want) {
				t.Errorf("%s: got %q", proxy, got)
			}
			s.Write(okHello)
			<-out
		})
	}
}

func TestClientRFC9110Section9_3_6SuccessOfConnectHasNoBody(t *testing.T) {
	// "A client MUST ignore any Content-Length or Transfer-Encoding header fields
	// received in a successful response to CONNECT."
	// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-12
	for name, answer := range map[string]string{
		"length":   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
		"chunked":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"both":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: -1\r\n\r\n",
		"close":    "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n",
		"interim":  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"other-2x": "HTTP/1.1 299 Fine\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			throughProxy(t, "http", connector.Options{ProxyTunnel: true}, func(e *env) {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				s.WantHead()
				s.Write(answer)
				s.WantHead()
				s.Write(okHello)
				want(t, <-out, 200, "hello")
				out = e.send(request(t, "GET", "http://origin.test/", nil))
				s.WantHead() // on the same connection
				s.Write(okHello)
				want(t, <-out, 200, "hello")
			})
		})
	}
}

// CVE-2009-1836 and its like: what a proxy, or whoever stands before it, says to
// CONNECT is never taken for the origin's, and is bounded.
func TestConnectAnswersThatAreRefused(t *testing.T) {
	for _, test := range []struct{ name, answer, want string }{
		{"split", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "data behind the proxy's answer to CONNECT"},
		{"body-of-a-success", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "data behind the proxy's answer to CONNECT"},
		{"forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nevil", "proxy refused: 403 Forbidden"},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n", "proxy refused: 302 Found"},
		{"switching", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "proxy refused: 101 Switching Protocols"},
		{"auth", "HTTP/1.1 407 Nope\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM x\r\nContent-Length: 0\r\n\r\n",
			"proxy refused: 407 Nope (the proxy's user and password are missing or wrong; it asks for Negotiate, NTLM)"},
		{"no-reason", "HTTP/1.1 502\r\nContent-Length: 0\r\n\r\n", "proxy refused: 502 Bad Gateway"},
		{"control-characters", "HTTP/1.1 403 \xc2\x9b31mred\r\nContent-Length: 0\r\n\r\n", `proxy refused: 403 "\u009b31mred"`},
		{"mute", "", "proxy closed the connection without answering"},
		{"cut", "HTTP/1.1 200 OK\r\nX: ", "proxy closed the connection without answering"},
		{"no-http", "SSH-2.0-OpenSSH_9.6\r\n\r\n", "SSH-2.0"},
		{"bare-lf", "HTTP/1.1 200 OK\n\n", "lone LF"},
		{"huge", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 300), "limit"},
		{"many-fields", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: x\r\n", 200) + "\r\n", "limit"},
		{"interim-without-end", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20), "too many interim"},
	} {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, "http", connector.Options{ProxyTunnel: true}, func(e *env) {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				s.WantHead()
				go s.Conn().Write([]byte(test.answer)) // which may be more than is read
				synctest.Wait()
				s.Conn().Close()
				err := (<-out).err
				failed := wantError(t, err, connector.PhaseProxy)
				if !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "proxy origin.test:80 via http://example.com:80 (") {
					t.Errorf("got %v\nwant %s", err, test.want)
				}
				if failed.Sent || failed.Proxy != "http://example.com:80" || len(err.Error()) > 400 {
					t.Errorf("got %+v", failed)
				}
			})
		})
	}
}

// The page of a refusal is waited for for a moment only.
func TestRefusalOfAProxyIsNotWaitedFor(t *testing.T) {
	throughProxy(t, "http", connector.Options{ProxyTunnel: true}, func(e *env) {
		out := e.send(request(t, "GET", "http://origin.test/", nil))
		s := e.accept()
		s.WantHead()
		start := time.Now()
		s.Write("HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100))
		var refused *connector.ProxyError
		if err := (<-out).err; !errors.As(err, &refused) || len(refused.Body) != 100 {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != connector.ProxyWords {
			t.Errorf("it took %v", took)
		}
		s.WantEOF()
		out = e.send(request(t, "GET", "http://origin.test/", nil))
		s = e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 5000))
		if err := (<-out).err; !errors.As(err, &refused) || len(refused.Body) != 1024 {
			t.Errorf("got %v, with %d bytes", err, len(refused.Body))
		}
		s.Close()
	})
}

// silences are how far a proxy has come before it falls silent.
var silences = []struct {
	name, scheme string
	script       func(s *testnet.Script)
}{
	{"connect", "http", func(s *testnet.Script) { s.WantHead() }},
	{"connect-half-an-answer", "http", func(s *testnet.Script) { s.WantHead(); s.Write("HTTP/1.1 200 OK\r\n") }},
	{"tls", "https", func(s *testnet.Script) { s.WantBytes(5) }},
	{"socks-greeting", "socks5h", func(s *testnet.Script) { s.WantBytes(4) }},
	{"socks-user", "socks5h", func(s *testnet.Script) { s.WantBytes(4); s.Write("\x05\x02"); s.WantBytes(11) }},
	{"socks-request", "socks5h", func(s *testnet.Script) { s.WantBytes(4); s.Write("\x05\x00"); s.WantBytes(18) }},
	{"socks-half-an-answer", "socks5h", func(s *testnet.Script) {
		s.WantBytes(4)
		s.Write("\x05\x00")
		s.WantBytes(18)
		s.Write("\x05\x00\x00\x03\xff")
	}},
}

// proxy-silence
func TestProxyThatFallsSilentIsGivenUp(t *testing.T) {
	for _, test := range silences {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, test.scheme, connector.Options{ProxyTunnel: true}, func(e *env) {
				start := time.Now()
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				test.script(s)
				err := (<-out).err
				failed := wantError(t, err, connector.PhaseProxy)
				if !failed.Timeout() || !strings.HasSuffix(failed.Limit, "timeout of 10s") || time.Since(start) != 10*time.Second {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
				s.Close()
			})
		})
	}
}

func TestContextEndsTheTalkWithAProxy(t *testing.T) {
	for _, test := range silences {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, test.scheme, connector.Options{ProxyTunnel: true}, func(e *env) {
				start := time.Now()
				ctx, cancel := cancelable()
				out := e.send(request(t, "GET", "http://origin.test/", nil).WithContext(ctx))
				s := e.accept()
				test.script(s)
				synctest.Wait()
				cancel()
				err := (<-out).err
				if wantError(t, err, connector.PhaseProxy); !errors.Is(err, context.Canceled) || !errors.Is(err, errWhim) || time.Since(start) != 0 {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
				s.Close()

				out = e.send(request(t, "GET", "http://origin.test/", nil))
				s = e.accept()
				test.script(s)
				synctest.Wait()
				e.c.Close()
				if err := (<-out).err; !errors.Is(err, connector.ErrClosed) {
					t.Errorf("got %v", err)
				}
				s.Close()
			})
		})
	}
}

// The second attempt of a request, after its connection turned out dead, goes by
// the way of the first.
func TestProxiedRequestIsSentAgain(t *testing.T) {
	for _, tunnel := range []bool{false, true} {
		throughProxy(t, "http", connector.Options{ProxyTunnel: tunnel, MaxConns: 1}, func(e *env) {
			enter := func() *testnet.Script {
				s := e.accept()
				if tunnel {
					s.WantHead()
					s.Write("HTTP/1.1 200 OK\r\n\r\n")
				}
				return s
			}
			line := map[bool]string{false: "GET http://origin.test/ ", true: "GET / "}[tunnel]
			out := e.send(request(t, "GET", "http://origin.test/", nil))
			s := enter()
			s.WantHead()
			s.Write(okHello)
			want(t, <-out, 200, "hello")
			out = e.send(request(t, "GET", "http://origin.test/", nil))
			s.WantHead()
			s.Close()
			s = enter()
			if got := s.WantHead(); !strings.HasPrefix(got, line) {
				t.Errorf("got %q", got)
			}
			s.Write(okHello)
			want(t, <-out, 200, "hello")
		})
	}
}

// An error of the body names the proxy too.
func TestProxyThatBreaksOffABody(t *testing.T) {
	throughProxy(t, "http", connector.Options{}, func(e *env) {
		out := e.send(request(t, "GET", "http://origin.test/", nil))
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
		s.Close()
		err := (<-out).err
		if wantError(t, err, connector.PhaseBody); !strings.Contains(err.Error(), "origin.test:80 via http://example.com:80 (") {
			t.Errorf("got %v", err)
		}
	})
}

func TestProxyThatCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		c := connector.New(connector.Options{DialContext: network.DialContext, Proxy: by(t, "http://me:hush@proxy.test:3128")})
		defer c.Close()
		for _, target := range []string{"http://origin.test/", "https://origin.test/"} {
			_, err := c.RoundTrip(request(t, "GET", target, nil))
			wantError(t, err, connector.PhaseConnect)
			if text := err.Error(); !strings.Contains(text, "origin.test:") || !strings.Contains(text, " via http://proxy.test:3128") || strings.Contains(text, "hush") {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestProxyIsChosenForEachExchange(t *testing.T) {
	var asked []string
	failing := errors.New("no proxy today")
	inBubble(t, connector.Options{Proxy: func(scheme, addr string) (*url.URL, error) {
		asked = append(asked, scheme+" "+addr)
		switch addr {
		case "fails.test:443":
			return nil, failing
		case "ftp.test:80":
			return url.Parse("ftp://me:hush@proxy.test")
		}
		return nil, nil
	}}, func(e *env) {
		out := e.get()
		s := e.accept()
		if got := s.WantHead(); !strings.HasPrefix(got, "GET / ") {
			t.Errorf("got %q", got)
		}
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		err := (<-e.send(request(t, "GET", "https://fails.test/", nil))).err
		if wantError(t, err, connector.PhasePrepare); !errors.Is(err, failing) {
			t.Errorf("got %v", err)
		}
		err = (<-e.send(request(t, "GET", "http://ftp.test/", nil))).err
		if wantError(t, err, connector.PhasePrepare); strings.Contains(err.Error(), "hush") {
			t.Errorf("got %v", err)
		}
		diff(t, asked, []string{"http example.com:80", "https fails.test:443", "http ftp.test:80"})
	})
}

func TestProxiedAddressWithAZoneIsRefused(t *testing.T) {
	for _, scheme := range []string{"http", "socks5", "socks5h"} {
		throughProxy(t, scheme, connector.Options{}, func(e *env) {
			_, err := e.c.RoundTrip(request(t, "GET", "http://[fe80::1%25eth0]/", nil))
			if wantError(t, err, connector.PhasePrepare); !strings.Contains(err.Error(), "zone") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestProxyHeaderThatIsInvalid(t *testing.T) {
	for name, value := range map[string]string{"X": "a\r\nY: b", "X Y": "z", "Host": "evil.test", "content-length": "5"} {
		throughProxy(t, "http", connector.Options{ProxyHeader: http.Header{name: {value}}}, func(e *env) {
			_, err := e.c.RoundTrip(request(t, "GET", "http://origin.test/", nil))
			wantError(t, err, connector.PhasePrepare)
		})
	}
}

func TestParseProxy(t *testing.T) {
	for text, want := range map[string]string{
		"http://proxy.test:3128": "http://proxy.test:3128", "proxy.test:3128": "http://proxy.test:3128", "me:pw@proxy.test": "http://me:pw@proxy.test",
		"HTTPS://Proxy.test/": "https://Proxy.test/", "socks5://[::1]:9050": "socks5://[::1]:9050", " socks5h://proxy.test ": "socks5h://proxy.test",
		"direct": "",
	} {
		p, err := connector.ParseProxy(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		u, err := p("http", "origin.test:80")
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "http://", "ftp://me:hush@proxy.test", "socks4://me:hush@proxy.test", "http://me:hush@proxy.test:x", "http://me:hush@proxy.test:0",
		"http://me:hush@pro xy.test", "http://me:hush@127.1", "http://m%3Ae:hush@proxy.test", "http://me:hu%0D%0Ash@proxy.test",
		"socks5://:hush@proxy.test", "socks5://me:hush" + strings.Repeat("x", 255) + "@proxy.test", "://me:hush@proxy.test", "me:hush@[::1",
	} {
		_, err := connector.ParseProxy(text)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// A proxy is no matter of what leads to another place anyhow.
func TestHandlerHasNoProxy(t *testing.T) {
	c := connector.New(connector.Options{Proxy: by(t, "http://127.0.0.1:1"), Handler: http.NotFoundHandler()})
	defer c.Close()
	want(t, exchange(c, request(t, "GET", "https://origin.test/", nil)), 404, "404 page not found\n")
}

// aio-libs/aiohttp#54
func TestSOCKS5Octets(t *testing.T) {
	const user = "\x01\x02me\x06secret"
	for _, test := range []struct {
		name, scheme, url string
		addrs             several
		request, reply    string
	}{
		{"name", "socks5h", "http://origin.test:258/", nil, "\x05\x01\x00\x03\x0borigin.test\x01\x02", "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"},
		{"name-resolved-here", "socks5", "http://origin.test/", several{"10.0.0.1"}, "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50", "\x05\x00\x00\x03\x02ab\x00\x50"},
		{"mapped", "socks5", "http://origin.test/", several{"::ffff:10.0.0.1"}, "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50", "\x05\x00\x00\x03\x00\x00\x50"},
		{"ipv6", "socks5", "http://[2001:db8::1]/", nil, "\x05\x01\x00\x04\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01\x00\x50", "\x05\x00\x00\x04" + strings.Repeat("\x01", 18)},
		{"ipv4-at-the-proxy", "socks5h", "http://10.0.0.1/", nil, "\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"},
	} {
		for _, asking := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				o := connector.Options{}
				if test.addrs != nil {
					o.Resolver = test.addrs
				}
				synctest.Test(t, func(t *testing.T) {
					network := testnet.New()
					ln, err := network.Listen("example.com:80")
					if err != nil {
						t.Fatal(err)
					}
					defer ln.Close()
					o.DialContext, o.Proxy = network.DialContext, by(t, test.scheme+"://me:secret@example.com:80")
					c := connector.New(o)
					defer c.Close()
					out := make(chan answer, 1)
					go func() { out <- exchange(c, request(t, "GET", test.url, nil)) }()
					s := testnet.Accept(t, ln)
					s.WantRead("\x05\x02\x00\x02")
					if asking {
						s.Write("\x05\x02")
						s.WantRead(user)
						s.Write("\x01\x00")
					} else {
						s.Write("\x05\x00")
					}
					s.WantRead(test.request)
					s.Write(test.reply)
					if got := s.WantHead(); !strings.HasPrefix(got, "GET / HTTP/1.1\r\n") {
						t.Errorf("got %q", got)
					}
					s.Write(okHello)
					want(t, <-out, 200, "hello")
				})
			})
		}
	}
}

func TestSOCKS5AnswersThatAreRefused(t *testing.T) {
	greeted := func(reply string) []string { return []string{"\x05\x00", reply} }
	for _, test := range []struct {
		name    string
		answers []string // to the greeting, and to what comes next
		want    string
	}{
		{"nobody", []string{"\x05\xff"}, "takes neither"},
		{"not-offered", []string{"\x05\x01"}, "not offered"},
		{"http", []string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, "but HTTP"},
		{"socks4", []string{"\x00\x5b"}, "does not speak SOCKS5"},
		{"mute", []string{""}, "without answering"},
		{"half", []string{"\x05"}, "without answering"},
		{"password", []string{"\x05\x02", "\x01\x01"}, "not accepted"},
		{"password-other-version", []string{"\x05\x02", "\x05\xff"}, "not accepted"},
		{"failure", greeted("\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00"), "proxy refused: general failure"},
		{"rules", greeted("\x05\x02"), "proxy refused: connection not allowed by its rules"},
		{"network", greeted("\x05\x03\x00\x01\x00\x00\x00\x00\x00\x00"), "network unreachable"},
		{"host", greeted("\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00"), "host unreachable"},
		{"refused", greeted("\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"), "connection refused"},
		{"expired", greeted("\x05\x06\x00\x01\x00\x00\x00\x00\x00\x00"), "TTL expired"},
		{"command", greeted("\x05\x07\x00\x01\x00\x00\x00\x00\x00\x00"), "command not supported"},
		{"type", greeted("\x05\x08\x00\x01\x00\x00\x00\x00\x00\x00"), "address type not supported"},
		{"unknown", greeted("\x05\x63\x00\x01\x00\x00\x00\x00\x00\x00"), "reply code 99"},
		{"version", greeted("\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00"), "does not speak SOCKS5"},
		{"address", greeted("\x05\x00\x00\x02\x00\x00\x00\x00\x00\x00"), "unknown type of address"},
		{"cut", greeted("\x05\x00\x00\x01\x00"), "without answering"},
	} {
		t.Run(test.name, func(t *testing.T) {
			throughProxy(t, "socks5h", connector.Options{}, func(e *env) {
				out := e.send(request(t, "GET", "http://origin.test/", nil))
				s := e.accept()
				s.WantBytes(4)
				for i, text := range test.answers {
					if i > 0 {
						synctest.Wait()
						s.WantBytes(map[bool]int{true: 11, false: 18}[strings.HasSuffix(test.answers[0], "\x02")])
					}
					s.Write(text)
				}
				synctest.Wait()
				s.Conn().Close()
				err := (<-out).err
				failed := wantError(t, err, connector.PhaseProxy)
				if !strings.Contains(err.Error(), test.want) || failed.Sent || strings.Contains(err.Error(), "secret") {
					t.Errorf("got %v\nwant %s", err, test.want)
				}
			})
		})
	}
}

// Names and blocks of NO_PROXY, each with hosts that are exempt and hosts that are
// not. CVE-2025-22870: no zone makes a name of an address.
func TestProxyExcept(t *testing.T) {
	for _, test := range []struct{ list, direct, proxied string }{
		{"", "", "a.test:80 127.0.0.1:80 [::1]:80 localhost:80"},
		{"*", "a.test:80 10.0.0.1:80 [::1]:80 [fe80::1%eth0]:80", ""},
		{"a.test,*", "b.test:80", ""},
		{"a.test", "a.test:80 a.test:443 b.a.test:80 a.test.:80", "ba.test:80 a.test.evil:80 test:80"},
		{".a.test", "a.test:80 b.a.test:80", "ba.test:80"},
		{"*.a.test", "a.test:80 b.a.test:80", "ba.test:80"},
		{"A.Test.", "a.test:80", "b.test:80"},
		{"a.test:8080", "a.test:8080 b.a.test:8080", "a.test:80"},
		{" a.test , b.test\tc.test,,", "a.test:80 b.test:80 c.test:80", "d.test:80"},
		{"bücher.test", "xn--bcher-kva.test:80", "b.test:80"},
		{"10.0.0.1", "10.0.0.1:80 10.0.0.1:81 [::ffff:10.0.0.1]:80", "10.0.0.10:80 1.10.0.0.1:80"},
		{"10.0.0.1:80", "10.0.0.1:80", "10.0.0.1:81"},
		{"10.0.0.0/8", "10.255.0.1:80 [::ffff:10.1.1.1]:80", "11.0.0.1:80 10.test:80"},
		{"10.1.2.3/8", "10.255.0.1:80", "11.0.0.1:80"},
		{"10.0.0.0/99", "", "10.0.0.1:80"},
		{"::1", "[::1]:80 [0:0:0:0:0:0:0:1]:80", "[::2]:80"},
		{"[::1]", "[::1]:80", "[::2]:80"},
		{"[::1]:80", "[::1]:80", "[::1]:81"},
		{"fd00::/8", "[fd00::1]:80 [fdff::1]:80", "[fe80::1]:80"},
		{"1", "", "10.0.0.1:80"},
		{".example.com", "a.example.com:80", "[::1%.example.com]:80 [::1%25.example.com]:80"},
		{"*.example.com,example.com:80", "example.com:80", "[::1%.example.com]:80 [fe80::1%a.example.com]:80"},
	} {
		p := connector.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.test"}).Except(test.list)
		for hosts, want := range map[string]bool{test.direct: false, test.proxied: true} {
			for host := range strings.FieldsSeq(hosts) {
				u, err := p("http", host)
				if err != nil || (u != nil) != want {
					t.Errorf("%q, %s: got %v, %v, want a proxy: %v", test.list, host, u, err, want)
				}
			}
		}
	}
}

// CVE-2016-5386: a CGI program's HTTP_PROXY comes from the client.
func TestProxyFromVariables(t *testing.T) {
	for _, test := range []struct{ env, scheme, addr, want string }{
		{"", "http", "a.test:80", ""},
		{"HTTP_PROXY=http://up.test", "http", "a.test:80", "http://up.test"},
		{"HTTP_PROXY=http://up.test", "https", "a.test:443", ""},
		{"HTTPS_PROXY=http://up.test", "https", "a.test:443", "http://up.test"},
		{"HTTPS_PROXY=http://up.test", "http", "a.test:80", ""},
		{"HTTP_PROXY=http://up.test http_proxy=http://low.test", "http", "a.test:80", "http://low.test"},
		{"HTTP_PROXY=http://up.test http_proxy=", "http", "a.test:80", "http://up.test"},
		{"ALL_PROXY=socks5h://up.test", "http", "a.test:80", "socks5h://up.test"},
		{"all_proxy=socks5://low.test:1 HTTPS_PROXY=up.test:2", "https", "a.test:443", "http://up.test:2"},
		{"all_proxy=socks5://low.test:1 HTTPS_PROXY=up.test:2", "http", "a.test:80", "socks5://low.test:1"},
		{"ALL_PROXY=up.test NO_PROXY=a.test,10.0.0.0/8", "http", "a.test:80", ""},
		{"ALL_PROXY=up.test NO_PROXY=a.test,10.0.0.0/8", "https", "10.1.1.1:443", ""},
		{"ALL_PROXY=up.test NO_PROXY=a.test,10.0.0.0/8", "https", "b.test:443", "http://up.test"},
		{"ALL_PROXY=up.test NO_PROXY=a.test no_proxy=b.test", "https", "a.test:443", "http://up.test"},
		{"ALL_PROXY=up.test", "http", "localhost:80", ""},
		{"ALL_PROXY=up.test", "http", "a.localhost:80", ""},
		{"ALL_PROXY=up.test", "http", "127.9.9.9:80", ""},
		{"ALL_PROXY=up.test", "http", "[::1]:80", ""},
		{"ALL_PROXY=up.test", "http", "[::ffff:127.0.0.1]:80", ""},
		{"ALL_PROXY=up.test", "http", "notlocalhost:80", "http://up.test"},
		{"HTTP_PROXY=http://up.test REQUEST_METHOD=GET", "http", "a.test:80", ""},
		{"http_proxy=http://low.test REQUEST_METHOD=GET", "http", "a.test:80", ""}, // one variable on Windows
		{"HTTP_PROXY=http://up.test REQUEST_METHOD=", "http", "a.test:80", ""},
		{"HTTP_PROXY=http://up.test ALL_PROXY=http://all.test REQUEST_METHOD=GET", "http", "a.test:80", "http://all.test"},
		{"HTTPS_PROXY=http://up.test REQUEST_METHOD=GET", "https", "a.test:443", "http://up.test"},
		{"HTTP_PROXY=ftp://me:hush@up.test", "http", "a.test:80", "HTTP_PROXY: unsupported scheme"},
		{"HTTP_PROXY=ftp://me:hush@up.test", "https", "a.test:443", ""},
		{"HTTP_PROXY=ftp://me:hush@up.test NO_PROXY=a.test", "http", "a.test:80", ""},
		{"https_proxy=http://me:hush@up.test:x", "https", "a.test:443", "https_proxy: invalid URL"},
	} {
		p := connector.ProxyFromVariables(func(name string) (string, bool) {
			for pair := range strings.FieldsSeq(test.env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value, true
				}
			}
			return "", false
		})
		u, err := p(test.scheme, test.addr)
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil {
			got = err.Error()
		}
		if got != test.want && (err == nil || !strings.HasPrefix(got, test.want) || test.want == "") || strings.Contains(got, "hush") {
			t.Errorf("%s, %s://%s: got %q, want %q", test.env, test.scheme, test.addr, got, test.want)
		}
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"} {
		t.Setenv(name, "")
	}
	t.Setenv("HTTP_PROXY", "http://proxy.test")
	for _, p := range []connector.Proxy{connector.ProxyFromEnvironment(), by(t, "environment")} {
		if u, err := p("http", "a.test:80"); u == nil || err != nil {
			t.Errorf("got %v, %v", u, err)
		}
		if u, err := p("https", "a.test:443"); u != nil || err != nil {
			t.Errorf("got %v, %v", u, err)
		}
	}
}

// A guard with a proxy resolves in the connector's time-out for that.
func TestProxiedNameIsResolvedUnderTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := connector.New(connector.Options{Proxy: by(t, "socks5://proxy.test"), Resolver: hangs{}, Timeouts: connector.Timeouts{DNS: 3 * time.Second}})
		defer c.Close()
		_, err := c.RoundTrip(request(t, "GET", "http://origin.test/", nil))
		if e := wantError(t, err, connector.PhaseDNS); e.Limit != "dns timeout of 3s" {
			t.Errorf("got %v", err)
		}
	})
}

type hangs struct{}

func (hangs) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
