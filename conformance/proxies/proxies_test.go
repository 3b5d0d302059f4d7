//go:build unix

package proxies_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// eachPeer runs f for each proxy, with and without users, and each scheme of a URL
// that leads to it.
func eachPeer(t *testing.T, f func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL)) {
	s := newSite(t)
	for i := range peers {
		p := &peers[i]
		for _, users := range []bool{false, true} {
			name := p.name
			if users {
				name += "-users"
			}
			t.Run(name, func(t *testing.T) {
				port := p.start(t, s.at(t, users))
				for _, scheme := range p.schemes {
					proxy := &url.URL{Scheme: scheme, Host: "127.0.0.1:" + strconv.Itoa(port)}
					if users {
						proxy.User = url.UserPassword(user, password)
					}
					t.Run(scheme, func(t *testing.T) { f(t, s, p, users, proxy) })
				}
			})
		}
	}
}

// session gives a session through a proxy. Names are known here too, for socks5.
func (s *site) session(t *testing.T, proxy *url.URL, more ...connector.Options) *aiohttp.Session {
	t.Helper()
	var o connector.Options
	if len(more) > 0 {
		o = more[0]
	}
	o.Proxy, o.ProxyTLS, o.TLS, o.Resolver = connector.ProxyURL(proxy), s.proxy, s.origin, here{}
	c := connector.New(o)
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	t.Cleanup(func() {
		session.Close()
		c.Close()
	})
	return session
}

// get sends a request, and gives the body and whether the connection was reused.
func get(t *testing.T, s *aiohttp.Session, method, target string, req aiohttp.Request) (body string, reused bool) {
	t.Helper()
	var timings connector.Timings
	req.Method, req.URL, req.Timings = method, target, &timings
	resp, err := s.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	content, err := resp.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 200 {
		t.Fatalf("%s %s: status %d: %.200s", method, target, resp.Status, content)
	}
	if leaked := resp.Header("X-Leaked"); leaked != "" {
		t.Errorf("%s %s: the origin got %s", method, target, leaked)
	}
	return string(content), timings.Reused
}

func TestRequestsThroughRealProxies(t *testing.T) {
	eachPeer(t, func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL) {
		session := s.session(t, proxy)
		large := bytes.Repeat([]byte("x"), 3<<20)
		for scheme, port := range map[string]string{"http": s.plain, "https": s.secure} {
			host := origin + ":" + port
			base := scheme + "://" + host
			for i, test := range []struct {
				method string
				req    aiohttp.Request
				length int
			}{
				{"GET", aiohttp.Request{}, 0},
				{"GET", aiohttp.Request{}, 0},
				{"POST", aiohttp.Request{Text: "hello"}, 5},
				{"PUT", aiohttp.Request{Bytes: large}, len(large)},
				{"POST", aiohttp.Request{Body: struct{ io.Reader }{bytes.NewReader(large)}}, len(large)}, // in chunks
				{"PUT", aiohttp.Request{Bytes: large, Expect100: true}, len(large)},
				{"DELETE", aiohttp.Request{}, 0},
			} {
				path := fmt.Sprintf("/a%%20b?n=%d", i)
				body, reused := get(t, session, test.method, base+path, test.req)
				if want := fmt.Sprintf("%s %s %s %d", test.method, host, path, test.length); body != want {
					t.Errorf("%s: got %q, want %q", base, body, want)
				}
				if want := i > 0 && (p.reuses || scheme == "https"); reused != want {
					t.Errorf("%s %s %d: reused is %v, want %v", base, test.method, i, reused, want)
				}
			}
			if body, _ := get(t, session, "GET", base+"/large", aiohttp.Request{}); len(body) != 4<<20 {
				t.Errorf("%s: got %d bytes", base, len(body))
			}
		}
	})
}

func TestWrongUsersOfRealProxies(t *testing.T) {
	eachPeer(t, func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL) {
		if !users {
			return
		}
		for _, given := range []*url.Userinfo{nil, url.UserPassword(user, "hunter2"), url.UserPassword("hunter2", password)} {
			wrong := *proxy
			wrong.User = given
			session := s.session(t, &wrong)
			_, err := session.Get(t.Context(), "https://"+origin+":"+s.secure+"/")
			var refusal *connector.ProxyError
			if !errors.As(err, &refusal) || strings.Contains(err.Error(), "hunter2") {
				t.Fatalf("%v: got %v", given, err)
			}
			t.Log(err)
			if socks := strings.HasPrefix(proxy.Scheme, "socks"); socks && refusal.Reply != 255 || !socks && refusal.Status != 407 && refusal.Status != 401 {
				t.Errorf("%v: got %+v", given, refusal)
			}
			if strings.HasPrefix(proxy.Scheme, "socks") {
				continue
			}
			resp, err := session.Get(t.Context(), "http://"+origin+":"+s.plain+"/")
			if given != nil && errors.As(err, &refusal) && refusal.Status == 407 && !strings.Contains(err.Error(), "hunter2") {
				continue
			}
			check(t, err)
			resp.Close()
			if resp.Status != 407 && resp.Status != 401 {
				t.Errorf("%v: got status %d of the plain request", given, resp.Status)
			}
		}
	})
}

func TestRefusedDestinationsOfRealProxies(t *testing.T) {
	eachPeer(t, func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL) {
		session := s.session(t, proxy)
		socks := strings.HasPrefix(proxy.Scheme, "socks")
		if p.refuses {
			target := "https://" + refused + ":" + s.secure
			if socks {
				target = "http://" + origin + ":" + s.shut
			}
			_, err := session.Get(t.Context(), target+"/")
			var refusal *connector.ProxyError
			if !errors.As(err, &refusal) || refusal.Unreachable() || refusal.Status != 403 && refusal.Reply != 2 {
				t.Errorf("refused: got %v", err)
			}
			t.Log(err)
		}
		// Nobody listens there.
		_, err := session.Get(t.Context(), "https://"+origin+":1/")
		var refusal *connector.ProxyError
		if !errors.As(err, &refusal) || !refusal.Unreachable() {
			t.Errorf("closed port: got %v", err)
		}
		t.Log(err)
	})
}

// With a guard the proxy is told an address, for http URLs too.
func TestGuardBehindRealProxies(t *testing.T) {
	eachPeer(t, func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL) {
		inside := s.session(t, proxy, connector.Options{Guard: connector.PublicOnly()})
		if _, err := inside.Get(t.Context(), "https://"+origin+":"+s.secure+"/"); !errors.Is(err, connector.ErrRefusedAddress) {
			t.Errorf("got %v", err)
		}
		allowing := s.session(t, proxy, connector.Options{Guard: connector.PublicOnly(netip.MustParsePrefix("127.0.0.0/8"))})
		for _, base := range []string{"http://" + origin + ":" + s.plain, "https://" + origin + ":" + s.secure} {
			body, _ := get(t, allowing, "GET", base+"/", aiohttp.Request{})
			if want := "GET " + base[strings.Index(base, "//")+2:] + " / 0"; body != want {
				t.Errorf("got %q, want %q", body, want)
			}
		}
	})
}

func TestIPv6BehindRealProxies(t *testing.T) {
	eachPeer(t, func(t *testing.T, s *site, p *peer, users bool, proxy *url.URL) {
		if s.six == "" {
			t.Skip("this machine has no IPv6")
		}
		session := s.session(t, proxy)
		host := "[::1]:" + s.six
		if body, _ := get(t, session, "GET", "https://"+host+"/", aiohttp.Request{}); body != "GET "+host+" / 0" {
			t.Errorf("got %q", body)
		}
	})
}
