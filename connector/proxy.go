package connector

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// A Proxy says through which proxy a request goes: scheme is "http" or "https",
// addr the "name:port" of the URL in lower case. Nil without an error means
// directly. It is asked for each exchange, so for each redirect anew, but not
// told of path and query, which are none of a proxy's business. It must be safe
// for concurrent use.
//
// The proxy's URL is
//
//	http://user:password@host:port     plain HTTP, port 80 by default
//	https://user:password@host:port    HTTP inside TLS, port 443 by default
//	socks5://user:password@host:port   SOCKS5, names resolved here, port 1080 by default
//	socks5h://user:password@host:port  SOCKS5, names resolved by the proxy
//
// and nothing of it but scheme, user, password, host and port has a meaning. User
// and password are proved to the proxy, by the Basic or the Digest scheme as
// [ProxyAuth] has it, or by RFC 1929 for SOCKS5; they go nowhere else, and into no
// error.
//
// Connections that were made through one proxy, or with one user and password,
// are never used for another.
type Proxy func(scheme, addr string) (*url.URL, error)

// Direct is the [Proxy] that is none.
func Direct(_, _ string) (*url.URL, error) { return nil, nil }

// ProxyURL gives the [Proxy] at u for every request, [Direct] for nil. A URL that is no proxy's is
// the error of each request.
func ProxyURL(u *url.URL) Proxy {
	if u == nil {
		return Direct
	}
	fixed := *u
	return func(_, _ string) (*url.URL, error) { return &fixed, nil }
}

// ParseProxy gives the [Proxy] that a text names: its URL, where "http://" may be
// left out, or "direct" for none, or "environment" for [ProxyFromEnvironment].
// The error does not repeat a password.
func ParseProxy(text string) (Proxy, error) {
	switch text {
	case "direct":
		return Direct, nil
	case "environment":
		return ProxyFromEnvironment(), nil
	}
	u, err := parseProxyURL(text)
	if err != nil {
		return nil, err
	}
	return ProxyURL(u), nil
}

// Except gives a [Proxy] that leaves out the hosts of a list, as NO_PROXY has it:
// see [ProxyFromEnvironment].
func (p Proxy) Except(list string) Proxy {
	exempt := parseExemptions(list)
	return func(scheme, addr string) (*url.URL, error) {
		if exempt.has(addr) {
			return nil, nil
		}
		return p(scheme, addr)
	}
}

// errNoProxyURL does not show what is wrong: the text may hold a password.
var errNoProxyURL = errors.New("invalid URL of a proxy")

// parseProxyURL parses the URL of a proxy, whose scheme may be left out, and
// checks it.
func parseProxyURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errNoProxyURL
	}
	if _, err := newProxyServer(u); err != nil {
		return nil, err
	}
	return u, nil
}

// proxyPorts are the schemes of proxies and their ports.
var proxyPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// newProxyServer reads the URL of a proxy.
func newProxyServer(u *url.URL) (*proxyServer, error) {
	scheme := strings.ToLower(u.Scheme)
	port, known := proxyPorts[scheme]
	if !known {
		return nil, fmt.Errorf("unsupported scheme %q of a proxy: want http, https, socks5 or socks5h", scheme)
	}
	place := url.URL{Scheme: "http", Host: u.Host}
	if u.Port() == "" {
		place.Host = strings.TrimSuffix(u.Host, ":") + ":" + port
	}
	addr, _, err := Address(&place)
	if err != nil {
		return nil, fmt.Errorf("invalid URL of a proxy: %w", err)
	}
	s := &proxyServer{
		addr: addr, name: scheme + "://" + addr,
		secure: scheme == "https", socks: port == "1080", remote: scheme == "socks5h",
	}
	s.forward, s.tunnel = route{server: s}, route{server: s, tunnel: true}
	return s, s.setUser(u.User)
}

// setUser takes the credentials of the URL.
//
// RFC 7617, section 2: "a user-id containing a colon character is invalid, as the
// first colon in a user-pass string separates user-id and password from one
// another". And: "The user-id and password MUST NOT contain any control
// characters".
// https://www.rfc-editor.org/rfc/rfc7617#section-2
//
// RFC 1929, section 2, gives the length of each one octet, and asks for one
// character at least. Not so for the password: proxies that go by the user alone
// take an empty one.
// https://www.rfc-editor.org/rfc/rfc1929
func (s *proxyServer) setUser(user *url.Userinfo) error {
	if user == nil {
		return nil
	}
	s.user = user.Username()
	s.password, _ = user.Password()
	switch {
	case strings.ContainsFunc(s.user+s.password, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("user or password of a proxy with a control character")
	case s.socks && (len(s.user) > 255 || len(s.password) > 255 || s.user == ""):
		return errors.New("SOCKS5 takes a user of 1 to 255 bytes and a password of at most as many")
	case !s.socks && strings.Contains(s.user, ":"):
		return errors.New("user of a proxy with a colon")
	case !s.socks:
		s.basic = http1.AppendField(nil, "Proxy-Authorization", BasicAuth(user))
	}
	s.auth = true
	return nil
}
