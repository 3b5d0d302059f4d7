package request

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// LinkFlags are the flags that lead a request to another place than the one
// its URL names.
type LinkFlags struct {
	UnixSocket string
	Resolve    []string
	Proxy      string
	NoProxy    []string // nil when it was not given

	ProxyUser    string // "user:password"
	ProxyAnyAuth bool
	ProxyDigest  bool
}

// Register adds the flags to set.
func (f *LinkFlags) Register(set *pflag.FlagSet) {
	set.StringVar(&f.UnixSocket, "unix-socket", "", "connect to the Unix socket at `path`, whatever the host")
	f.RegisterWay(set)
}

// RegisterWay adds only the flags for the resolver and for proxies to set.
func (f *LinkFlags) RegisterWay(set *pflag.FlagSet) {
	set.StringVar(&f.Proxy, "proxy", "", "go through the proxy at `url` (http, https, socks5, socks5h), or direct; else HTTP_PROXY, HTTPS_PROXY and ALL_PROXY say")
	set.StringSliceVar(&f.NoProxy, "noproxy", nil, "reach `hosts` without a proxy: names, addresses, blocks, * for all; instead of NO_PROXY")
	set.StringVarP(&f.ProxyUser, "proxy-user", "U", "", "prove oneself to the proxy as `user:password`, whatever user its URL has")
	set.BoolVar(&f.ProxyAnyAuth, "proxy-anyauth", false, "prove it only when the proxy asks, by Digest where it can, else by Basic; without this Basic is sent at once")
	set.BoolVar(&f.ProxyDigest, "proxy-digest", false, "prove it by Digest or not at all: the password is never sent")
	set.StringArrayVar(&f.Resolve, "resolve", nil, "take `host=address` for the host instead of asking DNS; repeatable")
}

// Session makes a session for one request, on a connector that heeds the flags
// and believes proxies by a policy.
func (f *LinkFlags) Session(opts aiohttp.Options, proxies *trust.Policy) (*Session, error) {
	// One request needs no pool.
	return f.PoolSession(opts, connector.Options{Timeouts: opts.Timeouts, ProxyTLS: proxies})
}

// PoolSession makes a session on a connector of the options given, that heeds
// the flags.
func (f *LinkFlags) PoolSession(opts aiohttp.Options, conn connector.Options) (*Session, error) {
	resolver, err := f.Resolver()
	if err != nil {
		return nil, err
	}
	if conn.Proxy, err = f.Way(os.LookupEnv); err != nil {
		return nil, err
	}
	if conn.ProxyAuth, err = f.ProxyAuth(); err != nil {
		return nil, err
	}
	if f.UnixSocket != "" && f.Proxy != "" && f.Proxy != "direct" {
		return nil, Conflict("--unix-socket and --proxy exclude each other")
	}
	conn.UnixSocket, conn.Resolver, conn.TLS = f.UnixSocket, resolver, opts.TLS
	opts.Connector = connector.New(conn)
	return &Session{Session: aiohttp.NewSession(opts), connector: opts.Connector}, nil
}

// Session is a session together with the connector that it is alone to use.
type Session struct {
	*aiohttp.Session
	connector *connector.Connector
}

// Close closes both.
func (s *Session) Close() error {
	return errors.Join(s.Session.Close(), s.connector.Close())
}

// Way gives the choice of a proxy that the flags and the environment describe.
func (f *LinkFlags) Way(lookup func(name string) (string, bool)) (connector.Proxy, error) {
	env := func(name string) (string, bool) {
		if f.NoProxy != nil && strings.EqualFold(name, "no_proxy") {
			return strings.Join(f.NoProxy, ","), true
		}
		return lookup(name)
	}
	if f.Proxy == "" {
		return f.asUser(connector.ProxyFromVariables(env)), nil
	}
	proxy, err := connector.ParseProxy(f.Proxy)
	if err != nil {
		return nil, fmt.Errorf("--proxy: %w", err)
	}
	list, _ := env("no_proxy")
	if list == "" {
		list, _ = env("NO_PROXY")
	}
	return f.asUser(proxy.Except(list)), nil
}

// asUser gives a choice of proxies whose URLs have the user of the flags, if there
// is one.
func (f *LinkFlags) asUser(choose connector.Proxy) connector.Proxy {
	if f.ProxyUser == "" {
		return choose
	}
	name, password, _ := strings.Cut(f.ProxyUser, ":")
	user := url.UserPassword(name, password)
	return func(scheme, addr string) (*url.URL, error) {
		u, err := choose(scheme, addr)
		if u == nil || err != nil {
			return nil, err
		}
		known := *u
		known.User = user
		return &known, nil
	}
}

// ProxyAuth gives the way to prove oneself to proxies that the flags ask for.
func (f *LinkFlags) ProxyAuth() (connector.ProxyAuth, error) {
	switch {
	case f.ProxyAnyAuth && f.ProxyDigest:
		return 0, Conflict("--proxy-anyauth and --proxy-digest exclude each other")
	case f.ProxyAnyAuth:
		return connector.ProxyWhenAsked, nil
	case f.ProxyDigest:
		return connector.ProxyDigestOnly, nil
	}
	return connector.ProxyBasicFirst, nil
}

// Resolver gives a resolver that heeds the flags, nil without any.
func (f *LinkFlags) Resolver() (connector.Resolver, error) {
	if len(f.Resolve) == 0 {
		return nil, nil
	}
	table := hostTable{}
	for _, arg := range f.Resolve {
		host, text, ok := strings.Cut(arg, "=")
		addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
		if !ok || host == "" || err != nil {
			return nil, fmt.Errorf("--resolve %q: want host=address", arg)
		}
		host = strings.ToLower(host)
		table[host] = append(table[host], addr)
	}
	return table, nil
}

// hostTable is a resolver that asks DNS only for hosts it does not have.
type hostTable map[string][]netip.Addr

// LookupNetIP is what [connector.Resolver] asks for.
func (t hostTable) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if addrs, ok := t[strings.ToLower(strings.TrimSuffix(host, "."))]; ok {
		return addrs, nil
	}
	return net.DefaultResolver.LookupNetIP(ctx, network, host)
}
