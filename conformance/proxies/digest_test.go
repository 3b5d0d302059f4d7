//go:build unix

package proxies_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// digests starts squid with users that are to prove themselves by Digest, and gives
// its URL, in the clear or inside TLS.
func (s *site) digests(t *testing.T, scheme string, given *url.Userinfo) *url.URL {
	t.Helper()
	p := s.at(t, true)
	p.digest = true
	port := startSquid(t, p, scheme == "https")
	return &url.URL{Scheme: scheme, Host: "127.0.0.1:" + strconv.Itoa(port), User: given}
}

var proxyAuths = map[string]connector.ProxyAuth{
	"basic-first": connector.ProxyBasicFirst, "when-asked": connector.ProxyWhenAsked, "digest-only": connector.ProxyDigestOnly,
}

// Squid forgets a nonce after 20 requests, so that it says "stale" as well.
func TestDigestOfSquid(t *testing.T) {
	s := newSite(t)
	for _, scheme := range []string{"http", "https"} {
		proxy := s.digests(t, scheme, url.UserPassword(user, password))
		for name, policy := range proxyAuths {
			t.Run(scheme+"-"+name, func(t *testing.T) {
				session := s.session(t, proxy, connector.Options{ProxyAuth: policy})
				large := strings.Repeat("x", 1<<20)
				for n := range 30 {
					for _, base := range []string{"http://" + origin + ":" + s.plain, "https://" + origin + ":" + s.secure} {
						host := base[strings.Index(base, "//")+2:]
						path := fmt.Sprintf("/a%%20b?n=%d", n)
						body, _ := get(t, session, "GET", base+path, aiohttp.Request{})
						if want := "GET " + host + " " + path + " 0"; body != want {
							t.Errorf("got %q, want %q", body, want)
						}
						if n%10 != 0 {
							continue
						}
						body, _ = get(t, session, "PUT", base+path, aiohttp.Request{Body: strings.NewReader(large)})
						if want := "PUT " + host + " " + path + " " + strconv.Itoa(len(large)); body != want {
							t.Errorf("got %q, want %q", body, want)
						}
					}
				}
			})
		}
	}
}

// Many at once share the nonces, whose counts reach squid in any order: what comes
// late is stale for it.
func TestDigestOfSquidForManyAtOnce(t *testing.T) {
	s := newSite(t)
	proxy := s.digests(t, "http", url.UserPassword(user, password))
	for _, tunnel := range []bool{false, true} {
		session := s.session(t, proxy, connector.Options{ProxyAuth: connector.ProxyDigestOnly, ProxyTunnel: tunnel, DisableKeepAlives: true, MaxConns: 20})
		var all sync.WaitGroup
		for n := range 200 {
			all.Go(func() {
				target := fmt.Sprintf("http://%s:%s/?n=%d", origin, s.plain, n)
				resp, err := session.Get(t.Context(), target)
				if err != nil {
					t.Errorf("tunnel %v: %v", tunnel, err)
					return
				}
				if body, err := resp.Text(); err != nil || resp.Status != 200 {
					t.Errorf("tunnel %v: %v %d %q", tunnel, err, resp.Status, body)
				}
			})
		}
		all.Wait()
	}
}

func TestWrongUsersOfSquidWithDigest(t *testing.T) {
	s := newSite(t)
	proxy := s.digests(t, "http", nil)
	for _, given := range []*url.Userinfo{url.UserPassword(user, "hunter2"), url.UserPassword("hunter2", password)} {
		for name, policy := range proxyAuths {
			wrong := *proxy
			wrong.User = given
			session := s.session(t, &wrong, connector.Options{ProxyAuth: policy})
			for _, target := range []string{"https://" + origin + ":" + s.secure + "/", "http://" + origin + ":" + s.plain + "/"} {
				_, err := session.Post(t.Context(), target, aiohttp.Request{Body: struct{ io.ReadSeeker }{strings.NewReader("hello")}})
				var refusal *connector.ProxyError
				if !errors.As(err, &refusal) || refusal.Status != 407 || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), proxy.Host) {
					t.Errorf("%s %s: got %v", name, target, err)
				}
				t.Log(err)
			}
		}
	}
}
