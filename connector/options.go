package connector

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/aiohttp-go/aiohttp/trust"
)

// Options configure a [Connector]. The zero value is the default for every
// field. A Connector copies the struct; changing it later has no effect.
type Options struct {
	// MaxConns bounds the connections open or being opened at one time, to all
	// hosts together. Requests beyond it wait, first come first served, for at
	// most Timeouts.Pool. Zero means 100 (the default of Python's aiohttp);
	// negative means no limit. A response whose body is neither read to its end
	// nor closed keeps its connection.
	MaxConns int

	// MaxConnsPerHost bounds the connections to one host (scheme, host name,
	// port and TLS settings). Zero or negative means no limit of its own. As long
	// as none is open to a host, a quarter of MaxConns, but 8 at least and 64 at
	// most, may be being opened at one time: one that is down does not take the
	// places of all others.
	MaxConnsPerHost int

	// IdleTimeout is how long a connection may rest in the pool. Zero means
	// 15 s (aiohttp's default, shorter than the keep-alive of common servers);
	// negative means for ever.
	IdleTimeout time.Duration

	// MaxConnAge is how long a connection may be reused, counted from its
	// opening, so that a change in DNS is noticed. Each connection gets up to a
	// tenth less, by chance, so that those opened together do not end together.
	// Zero or negative means no limit. A connection in use is never cut by it.
	MaxConnAge time.Duration

	// DisableKeepAlives makes every request open its own connection and asks
	// the server to close it.
	DisableKeepAlives bool

	// DisableCompression keeps RoundTrip from asking for gzip on its own and
	// from decoding the answer. It has no effect on Do.
	DisableCompression bool

	// Timeouts bound each phase of a request; see [Timeouts] for the defaults.
	Timeouts Timeouts

	// Limits bound what a server may send before and around a body; see
	// [Limits] for the defaults.
	Limits Limits

	// TLS decides which servers to believe. Nil means trust's defaults.
	TLS *trust.Policy

	// Resolver turns host names into addresses. Nil means [net.DefaultResolver].
	Resolver Resolver

	// DNSCacheTTL is how long an answer of Resolver is kept. Zero means 10 s;
	// negative turns the cache off.
	DNSCacheTTL time.Duration

	// DNSNegativeTTL is how long a "no such host" is kept. Zero means 1 s;
	// negative turns the keeping off.
	DNSNegativeTTL time.Duration

	// AddressDelay is the time given to one address before the next is tried
	// beside it (RFC 8305, "Connection Attempt Delay"). Zero means 250 ms;
	// negative tries the addresses strictly one after the other.
	AddressDelay time.Duration

	// LocalAddr is the source address of TCP connections. The zero value lets
	// the system choose.
	LocalAddr netip.Addr

	// Proxy says through which proxy requests go: see [Proxy] for the kinds.
	// [ProxyURL] is one for all of them, [ProxyFromEnvironment] the one that the
	// environment names. Nil means none, whatever the environment says. UnixSocket
	// and Handler are reached without one.
	//
	// A URL of scheme https is reached through a tunnel (CONNECT), with TLS to
	// the origin inside; one of scheme http is asked of an HTTP proxy, which
	// forwards the request, with the URL's host whatever the field Host says. The
	// right to open connections, and their limits, are the target's; time-outs
	// are those of Timeouts: Connect bounds the connection to the proxy, and anew
	// what the proxy then does.
	Proxy Proxy

	// ProxyTLS decides which proxies of scheme https to believe. Nil means trust's
	// defaults: TLS is about origins.
	ProxyTLS *trust.Policy

	// ProxyAuth says by which schemes the user and password in the URL of an HTTP
	// proxy are proved to it: by default by Basic at once, and by Digest where the
	// proxy asks for it. Where it does not believe them, requests fail with a
	// [*ProxyError] of status 407.
	ProxyAuth ProxyAuth

	// ProxyHeader are fields that requests to HTTP proxies bear: CONNECT, and
	// what is to be forwarded, with which they may reach the origin.
	// Proxy-Authorization is one for other schemes than Basic and Digest; where the
	// URL of the proxy has a user it is not used.
	ProxyHeader http.Header

	// ProxyTunnel asks HTTP proxies for a tunnel to http URLs as well. Many allow
	// that for port 443 only.
	ProxyTunnel bool

	// Guard, when set, is asked for leave before a connection is opened, with the
	// address that the name has turned out to have: for each connection, so for
	// each redirect and retry, and whatever the DNS said before. [PublicOnly] is
	// one against server-side request forgery. For connections of DialContext it
	// is asked when they are open, before anything is sent. UnixSocket and
	// Handler, which no URL can choose, are not its affair, and neither is a proxy's
	// own address. Behind a proxy the target is resolved here, the guard is asked
	// about all of its addresses, and the proxy is told an address, never the
	// name: by CONNECT for http URLs too, which many proxies refuse.
	Guard Guard

	// DialContext opens connections in place of the connector's own dialer and
	// resolver. addr is "host:port" with the name as it stands in the URL. It
	// must return when ctx ends, and be safe for concurrent use. ctx has the values
	// of the request's, and may outlast that: a request that takes another
	// connection, which has come free, leaves this one to the next. The connector
	// sets the deadlines of the connection itself, over those that were set before;
	// time-outs need them. Connections that are no sockets of the system are
	// listened to for 0.1 ms before they are used again, since there is no other way
	// to see what has come unasked: one whose SetReadDeadline gives an error is used
	// without that, one that ignores its deadlines is never reused.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)

	// DialTLSContext, when set, opens the connections for URLs of scheme https, in
	// place of the connector's own dialer, DialContext and TLS: what it gives is
	// used as it is. TLS settings then have no effect. It must do as DialContext
	// must. A *tls.Conn that it gives should have its handshake behind it, and must
	// not have agreed on another protocol than HTTP/1.1. Behind a proxy it is not
	// used.
	DialTLSContext func(ctx context.Context, network, addr string) (net.Conn, error)

	// AllowTruncation takes a response that states no length for complete when its
	// TLS connection ends without TLS's closure alert. Whoever sits in between, and a
	// server that breaks down, can make such an end, and so cut a response at will;
	// without the option it is an error that unwraps to io.ErrUnexpectedEOF, as RFC
	// 9112, section 9.8, asks for and curl does with most TLS libraries. net/http,
	// browsers and Python take it for complete, and some old servers never send the
	// alert. Connections of DialTLSContext are not looked into.
	AllowTruncation bool

	// UnixSocket, when set, is the path of the socket that every request goes
	// to, whatever the host in its URL.
	UnixSocket string

	// Handler, when set, answers every request in this process, without a
	// socket: each connection is a pair of pipes with an HTTP/1.1 server of
	// net/http on the other end. URLs of scheme https reach it too, without TLS.
	// Connector.Close waits for its calls under way, whose contexts it ends.
	Handler http.Handler
}

// Timeouts bound the phases of one request. For each field zero means the
// documented default and a negative value means no limit.
type Timeouts struct {
	// Pool bounds the wait for a free connection when a limit is reached.
	// Default 60 s.
	Pool time.Duration

	// DNS bounds the resolution of the host name. Default 10 s.
	DNS time.Duration

	// Connect bounds the opening of a TCP connection, over all the addresses
	// of the host together; and, anew, what a proxy does to reach the host.
	// Default 10 s.
	Connect time.Duration

	// TLS bounds the handshake. Default 10 s.
	TLS time.Duration

	// Write bounds each stall while the request is sent: it runs anew when the
	// system has taken a part of it. A stall is noticed after at most twice the
	// time. Default 60 s.
	Write time.Duration

	// Head bounds the wait for the whole head of the final response, counted
	// from the end of sending. Default 30 s.
	Head time.Duration

	// BodyStall bounds each stall while the response's body is read: it runs
	// anew with every byte that arrives, so a download that moves is never
	// cut. Default 60 s.
	BodyStall time.Duration

	// Total bounds the whole request, reading of the body included. Default
	// none: zero and negative both mean no limit.
	Total time.Duration
}

// Limits bound what the connector reads of a response around its body. For
// each field zero means the documented default and a negative value means no
// limit.
type Limits struct {
	// LineBytes bounds the status line and each chunk-size line. Default 8190
	// (aiohttp's and Apache's).
	LineBytes int

	// HeadBytes bounds all the field lines of a head together, and those of a
	// trailer section. Default 256 KiB, near curl's 300 KiB: sites send
	// policies and cookies far above the 8190 bytes that aiohttp allows one
	// field.
	HeadBytes int

	// Fields bounds the number of header fields, and of trailer fields.
	// Default 128.
	Fields int

	// Interim bounds the number of 1xx responses before the final one.
	// Default 16.
	Interim int
}

// A Resolver turns a host name into addresses. [*net.Resolver] is one.
// Implementations must be safe for concurrent use, and return when ctx ends.
type Resolver interface {
	// LookupNetIP returns the addresses of host; network is "ip", "ip4" or
	// "ip6".
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}
