package aiohttp_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/proxytest"
	"github.com/aiohttp-go/aiohttp/trust"
)

// proxied is an origin in the clear and over TLS, which a proxy knows by names
// that nobody else knows, and that proxy.
type proxied struct {
	plain, secure string // "a.test:port" of either
	other         string // plain by another name
	proxy         *proxytest.Proxy
	policy        *trust.Policy
	rec           recorder
}

func newProxied(t *testing.T, o proxytest.Options) *proxied {
	t.Helper()
	p := &proxied{rec: recorder{reply: answerWithHost}}
	plain := httptest.NewServer(http.HandlerFunc(p.rec.serve))
	t.Cleanup(plain.Close)
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("a.test")
	if err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewUnstartedServer(http.HandlerFunc(p.rec.serve))
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	if p.policy, err = trust.New(trust.Options{CAs: ca.Pool()}); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(plain.Listener.Addr().String())
	p.plain, p.other = "a.test:"+port, "b.test:"+port
	_, port, _ = net.SplitHostPort(secure.Listener.Addr().String())
	p.secure = "a.test:" + port
	o.Hosts = map[string]string{"a.test": "127.0.0.1", "b.test": "127.0.0.1"}
	p.proxy = proxytest.Start(t, o)
	return p
}

// answerWithHost says which host was asked, or redirects to what the query says.
func answerWithHost(w http.ResponseWriter, r *http.Request) {
	if to := r.URL.Query().Get("to"); to != "" {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		return
	}
	fmt.Fprint(w, r.Host)
}

func (p *proxied) session(t *testing.T, o aiohttp.Options) *aiohttp.Session {
	t.Helper()
	o.TLS = p.policy
	s := aiohttp.NewSession(o)
	t.Cleanup(func() { s.Close() })
	return s
}

// kinds gives how the proxy was asked, and for what.
func (p *proxied) kinds() (kinds []string) {
	for _, seen := range p.proxy.Seen() {
		kinds = append(kinds, seen.Kind+" "+seen.Target)
	}
	return kinds
}

func TestSessionSendsThroughItsProxy(t *testing.T) {
	p := newProxied(t, proxytest.Options{User: "me", Password: "secret"})
	for scheme, want := range map[string][]string{
		"http":    {"forward " + p.plain, "connect " + p.secure},
		"socks5h": {"socks " + p.plain, "socks " + p.secure},
	} {
		before := len(p.kinds())
		s := p.session(t, aiohttp.Options{Proxy: p.proxy.URL(scheme).String()})
		for _, target := range []string{"http://" + p.plain, "https://" + p.secure} {
			resp, err := s.Get(t.Context(), target+"/")
			if got := read(t, resp, err); target[strings.Index(target, "//")+2:] != got {
				t.Errorf("%s: got %q", target, got)
			}
		}
		if got := p.kinds()[before:]; !slices.Equal(got, want) {
			t.Errorf("%s: the proxy saw %q, want %q", scheme, got, want)
		}
	}
}

// A proxy that wants Digest gets it, whoever names the proxy, and for each hop; a
// password that is wrong is an error that names the proxy, and not the origin's
// answer.
func TestSessionProvesItsUserToAProxyByDigest(t *testing.T) {
	p := newProxied(t, proxytest.Options{User: "me", Password: "secret", Digest: true})
	through := p.proxy.URL("http").String()
	wrong := strings.Replace(through, "secret", "hunter2", 1)
	c := connector.New(connector.Options{ProxyAuth: connector.ProxyDigestOnly, TLS: p.policy})
	defer c.Close()
	for name, o := range map[string]aiohttp.Options{
		"session": {Proxy: through}, "request": {}, "digest-only": {Connector: c},
		"when-asked": {Proxy: through, ProxyAuth: connector.ProxyWhenAsked},
	} {
		s := p.session(t, o)
		var req aiohttp.Request
		if o.Proxy == "" {
			req.Proxy = through
		}
		for _, target := range []string{"http://" + p.plain, "https://" + p.secure, "http://" + p.plain + "/?to=https://" + p.secure + "/"} {
			req.Text = "body"
			resp, err := s.Post(t.Context(), target, req)
			want := target[strings.Index(target, "//")+2:]
			if strings.Contains(target, "to=") {
				want = p.secure
			}
			if got := read(t, resp, err); got != want {
				t.Errorf("%s %s: got %q", name, target, got)
			}
		}
		req.Proxy = wrong
		for _, target := range []string{"http://" + p.plain, "https://" + p.secure} {
			_, err := s.Post(t.Context(), target, req)
			refusal, ok := errors.AsType[*connector.ProxyError](err)
			if !ok || refusal.Status != 407 || !strings.Contains(err.Error(), p.proxy.Addr()) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s %s: got %v", name, target, err)
			}
		}
	}
	for _, r := range p.rec.all {
		if got := r.Header.Get("Proxy-Authorization"); got != "" {
			t.Errorf("the origin saw %q", got)
		}
	}
}

// What the session's options say reaches its own connector: a proxy that wants
// Basic is not told the password where only Digest is allowed.
func TestSessionProvesItsUserToAProxyAsItsOptionsSay(t *testing.T) {
	p := newProxied(t, proxytest.Options{User: "me", Password: "secret"})
	for _, test := range []struct {
		auth connector.ProxyAuth
		want int // of ProxyError; 0 for success
	}{{connector.ProxyBasicFirst, 0}, {connector.ProxyWhenAsked, 0}, {connector.ProxyDigestOnly, 407}} {
		s := p.session(t, aiohttp.Options{Proxy: p.proxy.URL("http").String(), ProxyAuth: test.auth})
		resp, err := s.Get(t.Context(), "http://"+p.plain)
		refusal, _ := errors.AsType[*connector.ProxyError](err)
		switch {
		case test.want == 0:
			if got := read(t, resp, err); got != p.plain {
				t.Errorf("%d: got %q", test.auth, got)
			}
		case refusal == nil || refusal.Status != test.want:
			t.Errorf("%d: got %v", test.auth, err)
		}
	}
}

// A given connector is shared: what a session says of its proxies is an error, and
// not left out.
func TestSessionRefusesProxyAuthBesideAConnector(t *testing.T) {
	c := connector.New()
	defer c.Close()
	s := aiohttp.NewSession(aiohttp.Options{Connector: c, ProxyAuth: connector.ProxyDigestOnly})
	defer s.Close()
	_, err := s.Get(t.Context(), "http://127.0.0.1:1/")
	if err == nil || !strings.Contains(err.Error(), "invalid Options.ProxyAuth") {
		t.Errorf("got %v", err)
	}
}

func TestRequestChoosesItsProxy(t *testing.T) {
	p := newProxied(t, proxytest.Options{})
	direct := strings.Replace(p.plain, "a.test", "127.0.0.1", 1)
	through := p.proxy.URL("http").String()
	shared := connector.New(connector.Options{Proxy: connector.ProxyURL(p.proxy.URL("http"))})
	defer shared.Close()
	plain := connector.New()
	defer plain.Close()
	for _, test := range []struct {
		name    string
		options aiohttp.Options
		request string
		proxied bool
	}{
		{"none", aiohttp.Options{}, "", false},
		{"request", aiohttp.Options{}, through, true},
		{"session", aiohttp.Options{Proxy: through}, "", true},
		{"request-direct", aiohttp.Options{Proxy: through}, "direct", false},
		{"session-direct", aiohttp.Options{Connector: shared, Proxy: "direct"}, "", false},
		{"session-direct-request", aiohttp.Options{Connector: shared, Proxy: "direct"}, through, true},
		{"connector", aiohttp.Options{Connector: shared}, "", true},
		{"connector-request-direct", aiohttp.Options{Connector: shared}, "direct", false},
		{"session-on-a-shared-connector", aiohttp.Options{Connector: plain, Proxy: through}, "", true},
		{"middleware", aiohttp.Options{Middleware: []aiohttp.Middleware{func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				req.Proxy = through
				return next(ctx, req)
			}
		}}}, "direct", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(p.proxy.Seen())
			s := aiohttp.NewSession(test.options)
			defer s.Close()
			for range 2 {
				resp, err := s.Get(t.Context(), "http://"+direct+"/", aiohttp.Request{Proxy: test.request})
				if got := read(t, resp, err); got != direct {
					t.Errorf("got %q", got)
				}
			}
			if got := len(p.proxy.Seen()) - before; (got == 2) != test.proxied || got%2 != 0 {
				t.Errorf("the proxy saw %d requests", got)
			}
			if test.request == "" && test.name != "middleware" {
				before = len(p.proxy.Seen())
				resp, err := s.HTTPClient().Get("http://" + direct + "/")
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if got := len(p.proxy.Seen()) - before; (got == 1) != test.proxied {
					t.Errorf("HTTPClient: the proxy saw %d requests", got)
				}
			}
		})
	}
}

// trust_env
func TestSessionHeedsTheEnvironmentOnlyWhenAsked(t *testing.T) {
	p := newProxied(t, proxytest.Options{})
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}
	t.Setenv("ALL_PROXY", p.proxy.URL("http").String())
	if _, err := p.session(t, aiohttp.Options{}).Get(t.Context(), "http://"+p.plain+"/"); err == nil {
		t.Error("the environment was heeded unasked")
	}
	resp, err := p.session(t, aiohttp.Options{Proxy: "environment"}).Get(t.Context(), "http://"+p.plain+"/")
	read(t, resp, err)
	resp, err = p.session(t, aiohttp.Options{}).Get(t.Context(), "http://"+p.plain+"/", aiohttp.Request{Proxy: "environment"})
	read(t, resp, err)
	if got := len(p.proxy.Seen()); got != 2 {
		t.Errorf("the proxy saw %d requests, want 2", got)
	}
}

// CVE-2023-32681: each hop of a redirect chooses its
// proxy, and what is for the proxy never goes to an origin: not by a redirect to
// https, not by one to a host that is reached directly.
func TestRedirectChoosesTheProxyAnew(t *testing.T) {
	p := newProxied(t, proxytest.Options{User: "me", Password: "secret"})
	direct := strings.Replace(p.plain, "a.test", "127.0.0.1", 1)
	conn := connector.New(connector.Options{TLS: p.policy, Proxy: connector.ProxyURL(p.proxy.URL("http")).Except("127.0.0.0/8")})
	defer conn.Close()
	s := p.session(t, aiohttp.Options{Connector: conn})
	chain := "http://" + p.plain + "/?to=" + "https://" + p.secure + "/%3Fto=" + "http://" + direct + "/%253Fto=http://" + p.other + "/"
	resp, err := s.Get(t.Context(), chain, aiohttp.Request{Header: http.Header{"Proxy-Authorization": {"Basic mine"}}})
	if got := read(t, resp, err); got != p.other {
		t.Errorf("got %q", got)
	}
	if got, want := p.kinds(), []string{"forward " + p.plain, "connect " + p.secure, "forward " + p.other}; !slices.Equal(got, want) {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
	if p.rec.count() != 4 {
		t.Errorf("%d requests arrived, want 4", p.rec.count())
	}
	for _, r := range p.rec.all {
		for name := range r.Header {
			if strings.HasPrefix(name, "Proxy-") {
				t.Errorf("the origin %s got %s: %s", r.Host, name, r.Header[name])
			}
		}
	}
}

// A program's own Proxy-Authorization is dropped inside a tunnel: behind it is the
// origin.
func TestTunnelHidesTheCredentialsOfTheProxy(t *testing.T) {
	p := newProxied(t, proxytest.Options{})
	s := p.session(t, aiohttp.Options{Proxy: p.proxy.URL("http").String(), Header: http.Header{"Proxy-Authorization": {"Basic mine"}}})
	for _, target := range []string{"https://" + p.secure, "http://" + p.plain} {
		resp, err := s.Get(t.Context(), target+"/", aiohttp.Request{Header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"x"}}})
		read(t, resp, err)
	}
	for _, r := range p.rec.all {
		if got := r.Header.Get("Proxy-Authorization"); got != "" {
			t.Errorf("the origin got %q", got)
		}
	}
	if got, want := p.kinds(), []string{"connect " + p.secure, "connect " + p.plain}; !slices.Equal(got, want) {
		t.Errorf("the proxy saw %q, want %q", got, want)
	}
}

// proxy-secrets: no error shows a proxy's user or password, and all of them name the proxy and
// the URL.
func TestProxyErrorsHoldNoSecrets(t *testing.T) {
	const hush = "hunter2"
	p := newProxied(t, proxytest.Options{User: "me", Password: "other", Refuse: func(string) int { return 403 }})
	addr := p.proxy.Addr()
	for _, test := range []struct {
		proxy, target string
		want          string
	}{
		{"http://" + hush + ":" + hush + "@" + addr, "https://" + p.secure, "via http://" + addr},
		{"socks5h://" + hush + ":" + hush + "@" + addr, "http://" + p.plain, "via socks5h://" + addr},
		{"http://" + hush + ":" + hush + "@127.0.0.1:1", "https://" + p.secure, "via http://127.0.0.1:1"},
		{"https://" + hush + ":" + hush + "@" + addr, "http://" + p.plain, "via https://" + addr},
		{"http://me:other@" + addr, "https://" + p.secure, "proxy refused: 403 Forbidden"},
		{"ftp://" + hush + ":" + hush + "@" + addr, "http://" + p.plain, "unsupported scheme"},
		{"http://" + hush + ":" + hush + "@proxy.test:x", "http://" + p.plain, "invalid URL of a proxy"},
		{"http://x:" + hush + "@pro xy.test", "http://" + p.plain, "invalid URL of a proxy"},
	} {
		for _, whole := range []bool{false, true} {
			var o aiohttp.Options
			req := aiohttp.Request{Proxy: test.proxy}
			if whole {
				o.Proxy, req.Proxy = test.proxy, ""
			}
			_, err := p.session(t, o).Get(t.Context(), test.target+"/", req)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.target) {
				t.Errorf("%s: got %v\nwant %s", test.proxy, err, test.want)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if text := fmt.Sprintf("%v %+v", e, e); strings.Contains(text, hush) {
					t.Errorf("%T shows a secret: %s", e, text)
				}
			}
		}
	}
}
