package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// proxy finds out which proxy the URL is reached through, if any, and tells of
// the variables. It gives false when there is no way that could be gone.
func (x *examination) proxy() bool {
	p := &Proxy{}
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
		"ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"} {
		if value, _ := x.Lookup(name); value != "" {
			p.Variables = append(p.Variables, name+"="+secret.Text(value))
		}
	}
	x.report.Proxy = p
	if x.Proxy == nil {
		return true
	}
	through, err := x.Proxy(x.url.Scheme, net.JoinHostPort(x.host, x.port))
	if err != nil {
		x.report.add(Failure, exit.Input, "the proxy cannot be used: "+err.Error(),
			"write it as http://host:port, in --proxy or HTTPS_PROXY")
		return false
	}
	if through == nil {
		return true
	}
	x.through = connector.ProxyURL(through)
	shown := *through
	shown.User = nil
	p.Applies = shown.String()
	x.peer, x.peerPort = through.Hostname(), through.Port()
	if x.peerPort == "" {
		x.peerPort = map[string]string{"http": "80", "https": "443"}[through.Scheme]
	}
	if x.peerPort == "" {
		x.peerPort = "1080"
	}
	x.report.add(Note, exit.OK, "everything goes through the proxy "+p.Applies+
		": the addresses are its own, and what it does not let through cannot be seen from here", "")
	return true
}

// dialer gives a connector that connects as the examined URL asks for.
func (x *examination) dialer(addr string) *connector.Connector {
	o := connector.Options{TLS: x.Policy, ProxyTLS: x.ProxyPolicy, ProxyAuth: x.ProxyAuth, Resolver: pinned(addr)}
	if x.through != nil {
		o.Proxy, o.Resolver = x.through, x.Resolver
	}
	return connector.New(o)
}

// dialThrough opens a connection to the host: to addr, or through the proxy.
func (x *examination) dialThrough(ctx context.Context, addr string) (net.Conn, error) {
	if x.through == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}
	c := x.dialer(addr)
	defer c.Close()
	return c.Dial(ctx, net.JoinHostPort(x.host, x.port))
}

// ProxyRemedy says what mends the refusal of a proxy, empty for other errors.
func ProxyRemedy(err error) string {
	refused, ok := errors.AsType[*connector.ProxyError](err)
	switch {
	case !ok:
		return ""
	case refused.Status == http.StatusProxyAuthRequired, refused.Status == http.StatusUnauthorized, refused.Reply == 255:
		return "check --proxy-user user:password, or the user in the proxy's URL"
	case refused.Status == http.StatusForbidden, refused.Reply == 2:
		return "ask who runs the proxy to allow the host, or reach it without one: --noproxy, NO_PROXY"
	}
	return "the proxy cannot reach the host: check its name and port, and ask who runs the proxy"
}
