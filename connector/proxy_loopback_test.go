package connector_test

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
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/proxytest"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// behind is an origin that is called origin.test, in the clear and over TLS, and
// what is needed to reach it through proxies on the loopback.
type behind struct {
	plain, secure string // base URLs
	ca            *localca.CA
	proxyCert     tls.Certificate
	origin        *trust.Policy // believes the origin
	proxies       *trust.Policy // believes proxies
	fields        chan http.Header
}

// here resolves every name to the loopback.
type here struct{}

func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func newBehind(t *testing.T) *behind {
	t.Helper()
	b := &behind{fields: make(chan http.Header, 100)}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case b.fields <- r.Header.Clone():
		default:
		}
		fmt.Fprintf(w, "%s %s %s %d", r.Method, r.Host, r.RequestURI, len(body))
	})
	var err error
	if b.ca, err = localca.New("origin"); err != nil {
		t.Fatal(err)
	}
	other, err := localca.New("proxy")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := b.ca.Issue("origin.test")
	if err != nil {
		t.Fatal(err)
	}
	if b.proxyCert, err = other.Issue("127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(handler)
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(handler)
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	_, port, _ := net.SplitHostPort(plain.Listener.Addr().String())
	b.plain = "http://origin.test:" + port
	_, port, _ = net.SplitHostPort(secure.Listener.Addr().String())
	b.secure = "https://origin.test:" + port
	b.origin = policy(t, trust.Options{CAs: b.ca.Pool()})
	b.proxies = policy(t, trust.Options{CAs: other.Pool()})
	return b
}

// proxy starts a proxy for URLs of a scheme.
func (b *behind) proxy(t *testing.T, scheme string, o proxytest.Options) *proxytest.Proxy {
	t.Helper()
	o.Hosts = map[string]string{"origin.test": "127.0.0.1"}
	if scheme == "https" {
		o.TLS = &tls.Config{Certificates: []tls.Certificate{b.proxyCert}}
	}
	return proxytest.Start(t, o)
}

func (b *behind) connector(t *testing.T, o connector.Options) *connector.Connector {
	t.Helper()
	o.TLS, o.ProxyTLS = b.origin, b.proxies
	if o.Resolver == nil {
		o.Resolver = here{}
	}
	c := connector.New(o)
	t.Cleanup(func() { c.Close() })
	return c
}

var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// aio-libs/aiohttp#3816: each kind of proxy takes each form of request, TLS in TLS
// among them.
func TestProxyOfEachKindCarriesEachRequest(t *testing.T) {
	b := newBehind(t)
	for _, scheme := range proxySchemes {
		for _, base := range []string{b.plain, b.secure} {
			for _, auth := range []string{"", "me@home:%/"} {
				for _, tunnel := range []bool{false, true} {
					name := fmt.Sprintf("%s-to-%s-auth-%v-tunnel-%v", scheme, base[:strings.Index(base, ":")], auth != "", tunnel)
					t.Run(name, func(t *testing.T) {
						testnet.LeakCheck(t)
						user := auth
						if user != "" && !strings.HasPrefix(scheme, "socks") {
							user = "me@home%/" // a colon would end it
						}
						p := b.proxy(t, scheme, proxytest.Options{User: user, Password: user + ":secret"})
						c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL(scheme)), ProxyTunnel: tunnel})
						b.exchanges(t, c, base)
						if got := p.Conns(); got != 1 {
							t.Errorf("%d connections to the proxy, want 1", got)
						}
						kind, target := "connect", base[strings.Index(base, "//")+2:]
						switch {
						case scheme == "socks5":
							kind, target = "socks", strings.Replace(target, "origin.test", "127.0.0.1", 1)
						case scheme == "socks5h":
							kind = "socks"
						case base == b.plain && !tunnel:
							kind = "forward"
						}
						for _, seen := range p.Seen() {
							if seen.Kind != kind || seen.Target != target {
								t.Errorf("the proxy saw %s %s, want %s %s", seen.Kind, seen.Target, kind, target)
							}
						}
					})
				}
			}
		}
	}
}

// exchanges sends requests of all forms.
func (b *behind) exchanges(t *testing.T, c *connector.Connector, base string) {
	t.Helper()
	large := bytes.Repeat([]byte("x"), 1<<20)
	host := base[strings.Index(base, "//")+2:]
	for i, test := range []struct {
		method string
		body   io.Reader
		length int
	}{
		{"GET", nil, 0}, {"GET", nil, 0}, {"POST", strings.NewReader("hello"), 5}, {"PUT", bytes.NewReader(large), len(large)},
		{"POST", unread(bytes.NewReader(large)), len(large)}, {"GET", nil, 0},
	} {
		path := fmt.Sprintf("/a%%2Fb?n=%d", i)
		a := exchange(c, request(t, test.method, base+path, test.body))
		want(t, a, 200, fmt.Sprintf("%s %s %s %d", test.method, host, path, test.length))
		if (a.resp.TLS != nil) != strings.HasPrefix(base, "https") {
			t.Errorf("%s: the response's TLS is %v", base, a.resp.TLS)
		}
		if fields := <-b.fields; fields.Get("Proxy-Authorization") != "" || fields.Get("Proxy-Connection") != "" {
			t.Errorf("the origin saw %v", fields)
		}
	}
}

// proxy-secrets
func TestProxyPasswordThatIsWrong(t *testing.T) {
	b := newBehind(t)
	for _, scheme := range proxySchemes {
		for _, given := range []string{"", "me:hush@"} {
			t.Run(fmt.Sprintf("%s-given-%v", scheme, given != ""), func(t *testing.T) {
				testnet.LeakCheck(t)
				p := b.proxy(t, scheme, proxytest.Options{User: "me", Password: "right"})
				u, err := url.Parse(scheme + "://" + given + p.Addr())
				if err != nil {
					t.Fatal(err)
				}
				c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(u)})
				_, err = c.RoundTrip(request(t, "GET", b.secure, nil))
				e := wantError(t, err, connector.PhaseProxy)
				var refused *connector.ProxyError
				if !errors.As(err, &refused) {
					t.Fatalf("got %v", err)
				}
				if http := !strings.HasPrefix(scheme, "socks"); http != (refused.Status == 407) || http == (refused.Reply == 255) {
					t.Errorf("got %+v", refused)
				}
				if refused.Status == 407 && (string(refused.Body) != "who are you" || !strings.Contains(err.Error(), "asks for Basic")) {
					t.Errorf("got %v with body %q", err, refused.Body)
				}
				proxy := scheme + "://" + p.Addr()
				if e.Proxy != proxy || refused.Proxy != proxy || e.Addr != p.Addr() || e.Sent || !strings.Contains(err.Error(), " via "+proxy) {
					t.Errorf("got %+v: %v", e, err)
				}
				if text := fmt.Sprintf("%v %+v", err, refused); strings.Contains(text, "hush") {
					t.Errorf("the error shows the password: %s", text)
				}
				if stats := c.Stats(); stats != (connector.Stats{}) {
					t.Errorf("the pool is left with %+v", stats)
				}
			})
		}
	}
}

// A plain response that bears 407 is a response as any other.
func TestForwardedRequestGetsThe407(t *testing.T) {
	b := newBehind(t)
	p := b.proxy(t, "http", proxytest.Options{User: "me", Password: "right"})
	c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(&url.URL{Scheme: "http", Host: p.Addr()})})
	want(t, exchange(c, request(t, "GET", b.plain, nil)), 407, "who are you")
}

func TestProxyIsNotBelievedWithoutItsPolicy(t *testing.T) {
	b := newBehind(t)
	p := b.proxy(t, "https", proxytest.Options{User: "me", Password: "hush"})
	c := connector.New(connector.Options{TLS: b.origin, Proxy: connector.ProxyURL(p.URL("https"))})
	defer c.Close()
	_, err := c.RoundTrip(request(t, "GET", b.secure, nil))
	wantError(t, err, connector.PhaseProxy)
	var untrusted *trust.CertificateError
	if !errors.As(err, &untrusted) || len(p.Seen()) != 0 {
		t.Errorf("got %v, and the proxy saw %v", err, p.Seen())
	}
	// And the origin is not believed for the sake of the proxy.
	c = connector.New(connector.Options{ProxyTLS: b.proxies, TLS: b.proxies, Proxy: connector.ProxyURL(p.URL("https"))})
	defer c.Close()
	_, err = c.RoundTrip(request(t, "GET", b.secure, nil))
	if wantError(t, err, connector.PhaseTLS); !errors.As(err, &untrusted) {
		t.Errorf("got %v", err)
	}
}

// proxy-pool: several ways are gone, each twice, and each has one connection of
// its own.
func TestConnectionsOfProxiesAreNeverMixed(t *testing.T) {
	b := newBehind(t)
	one, two := b.proxy(t, "http", proxytest.Options{}), b.proxy(t, "http", proxytest.Options{})
	c := b.connector(t, connector.Options{})
	with := func(p *proxytest.Proxy, scheme string, user *url.Userinfo) connector.Proxy {
		return connector.ProxyURL(&url.URL{Scheme: scheme, Host: p.Addr(), User: user})
	}
	ways := []connector.Proxy{
		nil, connector.Direct, // one way
		with(one, "http", nil), with(two, "http", nil), with(one, "socks5", nil), with(one, "socks5h", nil),
		with(one, "http", url.User("a")), with(one, "http", url.UserPassword("a", "")), // the same to Basic, not to us to know
		with(one, "http", url.UserPassword("a", "b")), with(one, "http", url.UserPassword("a", "c")),
	}
	for range 2 {
		for i, way := range ways {
			for _, base := range []string{b.plain, b.secure} {
				if status := send(t, c, base, way); status != 200 {
					t.Errorf("way %d to %s: status %d", i, base, status)
				}
			}
		}
	}
	if got, want := c.Stats().Idle, 2*(len(ways)-2); got != want { // see the comments above
		t.Errorf("%d connections rest, want %d", got, want)
	}
	if got, want := one.Conns()+two.Conns(), 2*(len(ways)-3); got != want {
		t.Errorf("the proxies had %d connections, want %d", got, want)
	}
}

// send sends a GET by a way, and gives its status.
func send(t *testing.T, c *connector.Connector, base string, way connector.Proxy) int {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	call := &connector.Call{Method: "GET", TLS: u.Scheme == "https", Host: u.Host, Proxy: way, Repeatable: true,
		Head: []byte("GET / HTTP/1.1\r\nHost: " + u.Host + "\r\n")}
	var reply connector.Reply
	if err := c.Do(t.Context(), call, &reply); err != nil {
		t.Fatal(err)
	}
	defer reply.Close()
	return reply.Status
}

// A connection that the proxy has closed at rest is found before a POST is lost.
func TestStaleTunnelIsFoundBeforeThePost(t *testing.T) {
	b := newBehind(t)
	for _, scheme := range proxySchemes {
		t.Run(scheme, func(t *testing.T) {
			p := b.proxy(t, scheme, proxytest.Options{})
			c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL(scheme))})
			if a := exchange(c, request(t, "POST", b.secure, strings.NewReader("x"))); a.err != nil {
				t.Fatal(a.err)
			}
			p.Close()
			_, err := c.RoundTrip(request(t, "POST", b.secure, strings.NewReader("x")))
			e := wantError(t, err, connector.PhaseConnect) // it has tried a new one
			if e.Sent {
				t.Errorf("got %v", err)
			}
		})
	}
}

// proxy-rebinding: what a guard refuses is not reached by a proxy either, which
// could find another address for the name.
func TestGuardIsNotGotRoundByAProxy(t *testing.T) {
	b := newBehind(t)
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	for _, scheme := range proxySchemes {
		for _, base := range []string{b.plain, b.secure} {
			t.Run(scheme+"-to-"+base[:strings.Index(base, ":")], func(t *testing.T) {
				testnet.LeakCheck(t)
				p := b.proxy(t, scheme, proxytest.Options{})
				proxy := connector.ProxyURL(p.URL(scheme))
				for name, answers := range map[string]several{
					"inside": {"127.0.0.1"}, "one-of-two": {"8.8.8.8", "10.0.0.1"}, "mapped": {"8.8.8.8", "::ffff:127.0.0.1"},
				} {
					c := b.connector(t, connector.Options{Guard: connector.PublicOnly(), Resolver: answers, Proxy: proxy})
					_, err := c.RoundTrip(request(t, "GET", base, nil))
					if wantError(t, err, connector.PhaseConnect); !errors.Is(err, connector.ErrRefusedAddress) {
						t.Errorf("%s: got %v", name, err)
					}
				}
				c := b.connector(t, connector.Options{Guard: connector.PublicOnly(), Proxy: proxy})
				_, err := c.RoundTrip(request(t, "GET", strings.Replace(base, "origin.test", "127.0.0.1", 1), nil))
				if !errors.Is(err, connector.ErrRefusedAddress) {
					t.Errorf("literal: got %v", err)
				}
				if p.Conns() != 0 {
					t.Errorf("the proxy saw %v", p.Seen())
				}
				// What is let through is told to the proxy by its address, under
				// which the name is not looked up a second time.
				// Of the proxy itself the guard is not asked.
				host := base[strings.Index(base, "//")+2:]
				for _, dial := range []func(context.Context, string, string) (net.Conn, error){nil, new(net.Dialer).DialContext} {
					c = b.connector(t, connector.Options{Proxy: proxy, DialContext: dial,
						Resolver: &rebinding{[]string{"127.0.0.1", "10.0.0.1"}},
						Guard: func(addr netip.AddrPort) error {
							if addr.String() == p.Addr() {
								return connector.ErrRefusedAddress
							}
							return connector.PublicOnly(loopback)(addr)
						}})
					want(t, exchange(c, request(t, "GET", base+"/x", nil)), 200, "GET "+host+" /x 0")
				}
				for _, seen := range p.Seen() {
					if !strings.HasPrefix(seen.Target, "127.0.0.1:") || seen.Kind == "forward" || seen.Header.Get("Host") != "" {
						t.Errorf("the proxy saw %+v", seen)
					}
				}
			})
		}
	}
}

// several is a resolver with fixed answers.
type several []string

func (s several) LookupNetIP(context.Context, string, string) (addrs []netip.Addr, _ error) {
	for _, text := range s {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, nil
}

// The proxy is told one address after the other, while it says that there is no
// way to them.
func TestProxyIsGivenTheNextAddress(t *testing.T) {
	b := newBehind(t)
	for scheme, refusal := range map[string]int{"socks5": 4, "http": 503} {
		for _, final := range []int{refusal, map[string]int{"socks5": 2, "http": 403}[scheme]} {
			t.Run(fmt.Sprintf("%s-%d", scheme, final), func(t *testing.T) {
				p := b.proxy(t, scheme, proxytest.Options{Refuse: func(target string) int {
					if strings.HasPrefix(target, "127.0.0.1:") {
						return 0
					}
					return final
				}})
				c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL(scheme)), Resolver: several{"::2", "127.0.0.1"},
					Guard: func(netip.AddrPort) error { return nil }})
				a := exchange(c, request(t, "GET", b.secure, nil))
				if final != refusal {
					if wantError(t, a.err, connector.PhaseProxy); len(p.Seen()) != 1 {
						t.Errorf("the proxy saw %v", p.Seen())
					}
					return
				}
				if a.err != nil || len(p.Seen()) != 2 {
					t.Errorf("got %v, and the proxy saw %v", a.err, p.Seen())
				}
			})
		}
	}
}

// RFC 6455, section 4.1: "If the client is configured to use a proxy when using the
// WebSocket Protocol to connect to host /host/ and port /port/, then the client
// SHOULD connect to that proxy and ask it to open a TCP connection to the host
// given by /host/ and the port given by /port/."
// https://www.rfc-editor.org/rfc/rfc6455#section-4.1
func TestUpgradeGoesThroughATunnel(t *testing.T) {
	b := newBehind(t)
	p := b.proxy(t, "http", proxytest.Options{})
	c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL("http"))})
	req := request(t, "GET", b.plain, nil)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	if a := exchange(c, req); a.err != nil {
		t.Fatal(a.err)
	}
	if seen := p.Seen(); len(seen) != 1 || seen[0].Kind != "connect" {
		t.Errorf("the proxy saw %+v", seen)
	}
}

func TestDialGoesThroughTheProxy(t *testing.T) {
	b := newBehind(t)
	for _, scheme := range append([]string{""}, proxySchemes...) {
		t.Run(scheme, func(t *testing.T) {
			testnet.LeakCheck(t)
			p := b.proxy(t, scheme, proxytest.Options{})
			var o connector.Options
			if scheme != "" {
				o.Proxy = connector.ProxyURL(p.URL(scheme))
			}
			c := b.connector(t, o)
			conn, err := c.Dial(t.Context(), strings.TrimPrefix(b.plain, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			c.Close() // which is no affair of the connection
			io.WriteString(conn, "GET /x HTTP/1.1\r\nHost: origin.test\r\nConnection: close\r\n\r\n")
			text, err := io.ReadAll(conn)
			if err != nil || !strings.HasSuffix(string(text), "GET origin.test /x 0") {
				t.Errorf("got %q, %v", text, err)
			}
			if got := p.Conns(); (got == 1) != (scheme != "") {
				t.Errorf("%d connections to the proxy", got)
			}
			_, err = c.Dial(t.Context(), "origin.test:80")
			if wantError(t, err, connector.PhasePool); !errors.Is(err, connector.ErrClosed) {
				t.Errorf("got %v", err)
			}
		})
	}
	p := b.proxy(t, "http", proxytest.Options{Refuse: func(string) int { return 403 }})
	c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL("http"))})
	_, err := c.Dial(t.Context(), "origin.test:80")
	wantError(t, err, connector.PhaseProxy)
	for _, addr := range []string{"", "origin.test", "origin.test:", ":80", "origin.test:0", "origin.test:99999", "127.1:80", "a\r\nX: y:80", "a b:80"} {
		_, err = c.Dial(t.Context(), addr)
		wantError(t, err, connector.PhasePrepare)
	}
	if len(p.Seen()) != 1 {
		t.Errorf("the proxy saw %q", p.Seen())
	}
}

// The proxy's part, its TLS too, counts as connecting; what is called TLS is the
// origin's.
func TestTimingsAndTraceThroughAProxy(t *testing.T) {
	b := newBehind(t)
	for _, scheme := range proxySchemes {
		for _, base := range []string{b.plain, b.secure} {
			t.Run(scheme+"-to-"+base[:strings.Index(base, ":")], func(t *testing.T) {
				p := b.proxy(t, scheme, proxytest.Options{User: "me", Password: "hush"})
				c := b.connector(t, connector.Options{Proxy: connector.ProxyURL(p.URL(scheme))})
				var events []string
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
					GetConn:           func(addr string) { events = append(events, "get "+addr) },
					ConnectDone:       func(_, addr string, _ error) { events = append(events, "connect "+addr) },
					TLSHandshakeStart: func() { events = append(events, "tls") },
				})
				u, err := url.Parse(base)
				if err != nil {
					t.Fatal(err)
				}
				var timings connector.Timings
				call := &connector.Call{Method: "GET", TLS: u.Scheme == "https", Host: u.Host, Timings: &timings,
					Head: []byte("GET / HTTP/1.1\r\nHost: " + u.Host + "\r\n")}
				var reply connector.Reply
				if err := c.Do(ctx, call, &reply); err != nil {
					t.Fatal(err)
				}
				reply.Close()
				want := []string{"get " + u.Host, "connect " + p.Addr()}
				if call.TLS {
					want = append(want, "tls")
				}
				diff(t, events, want)
				if timings.Connect <= 0 || (timings.TLS > 0) != call.TLS || timings.Addr != p.Addr() || timings.Proxy != scheme+"://"+p.Addr() {
					t.Errorf("got %+v", timings)
				}
			})
		}
	}
}

// Behind a proxy a dial function that brings its own TLS could only reach the proxy:
// it is left out, and Dial gives what is below TLS in any case.
func TestProxyLeavesDialTLSContextOut(t *testing.T) {
	b := newBehind(t)
	p := b.proxy(t, "http", proxytest.Options{})
	never := func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("dialled past the proxy")
	}
	c := b.connector(t, connector.Options{DialTLSContext: never, Proxy: connector.ProxyURL(p.URL("http"))})
	host := strings.TrimPrefix(b.secure, "https://")
	want(t, exchange(c, request(t, "GET", b.secure+"/x", nil)), 200, "GET "+host+" /x 0")
	direct := b.connector(t, connector.Options{DialTLSContext: never})
	for _, c := range []*connector.Connector{c, direct} {
		conn, err := c.Dial(t.Context(), host)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
}
