package doctor

import (
	"context"
	"net"
	"net/url"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/cli/request"
	"github.com/aiohttp-go/aiohttp/trust"
)

// DefaultTimeout bounds each step: what takes longer than 5 s is broken for the
// person who waits.
const DefaultTimeout = 5 * time.Second

// Options say how to examine. The zero value is usable.
type Options struct {
	// Policy decides which servers to believe. Nil means the default.
	Policy *trust.Policy

	// Proxy says through which proxy the URL is reached. Nil means none.
	Proxy connector.Proxy

	// ProxyPolicy decides which proxies to believe. Nil means the default.
	ProxyPolicy *trust.Policy

	// ProxyAuth says how to prove oneself to the proxy.
	ProxyAuth connector.ProxyAuth

	// Resolver answers for host names. Nil means [net.DefaultResolver].
	Resolver connector.Resolver

	// Timeout bounds each step. Zero means DefaultTimeout.
	Timeout time.Duration

	// Lookup reads the environment; nil means an empty one.
	Lookup func(string) (string, bool)
}

// examination is the state of one run of Examine.
type examination struct {
	Options
	report *Report
	url    *url.URL
	host   string // without brackets
	port   string

	through        connector.Proxy // the proxy; nil when there is none
	peer, peerPort string          // what is connected to: the host, or the proxy
}

// Examine goes through a connection to u step by step, until one fails. It
// gives a report in any case; the error of ctx is seen as that of a step.
func Examine(ctx context.Context, u *url.URL, opts Options) *Report {
	if opts.Timeout <= 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.Resolver == nil {
		opts.Resolver = net.DefaultResolver
	}
	if opts.Lookup == nil {
		opts.Lookup = func(string) (string, bool) { return "", false }
	}
	host, port, _ := net.SplitHostPort(request.Address(u))
	x := &examination{Options: opts, url: u, host: host, port: port, peer: host, peerPort: port,
		report: &Report{URL: u.Redacted(), Findings: []Finding{}}}
	x.steps(ctx)
	x.report.conclude()
	return x.report
}

// steps runs the steps; each that fails has left its finding.
func (x *examination) steps(ctx context.Context) {
	if !x.proxy() {
		return
	}
	addrs := x.resolve(ctx)
	if len(addrs) == 0 {
		return
	}
	addr := x.dialAll(ctx, addrs)
	if addr == "" {
		return
	}
	if x.url.Scheme == "https" && !x.handshake(ctx, addr) {
		return
	}
	x.ask(ctx, addr)
}
