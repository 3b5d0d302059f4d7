package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// dial opens a connection for h: to its host, or to or through its proxy.
func (x *exchange) dial(ctx context.Context, h *host, t *Timings) (*conn, error) {
	via := h.key.via
	if via == nil {
		nc, phaseOf, err := x.c.dialer.open(ctx, x.call.Host, h.key.tls, x.limits, t)
		if err != nil {
			return nil, x.failed(phaseOf, err, false)
		}
		return newConn(h, nc), nil
	}
	targets, phaseOf, err := x.targets(ctx, via, t)
	if err != nil {
		return nil, x.failed(phaseOf, err, false)
	}
	start := time.Now()
	for i, target := range targets {
		cn, err := x.through(ctx, h, target, t)
		if err == nil {
			return cn, nil
		}
		var refused *ProxyError
		if i == len(targets)-1 || !errors.As(err, &refused) || !refused.Unreachable() ||
			x.limits.Connect >= 0 && time.Since(start) >= x.limits.Connect {
			return nil, err
		}
	}
	return nil, x.failed(PhaseDNS, &net.DNSError{Err: "no addresses", Name: hostOnly(x.call.Host), IsNotFound: true}, false)
}

// targets gives what the proxy is to connect to: the host by its name, or, where
// it is resolved here, each of its addresses, of which one has to do. A guard sees
// them all, and the proxy never a name that it could find another address for.
func (x *exchange) targets(ctx context.Context, via *route, t *Timings) ([]string, Phase, error) {
	d := x.c.dialer
	if !via.tunnel || d.guard == nil && (!via.server.socks || via.server.remote) {
		return []string{x.call.Host}, 0, nil
	}
	name, port, err := splitPort(x.call.Host)
	if err != nil {
		return nil, PhasePrepare, err
	}
	ctx, release := d.bind(ctx)
	defer release()
	ips, err := phase(ctx, x.limits.DNS, "dns", &t.DNS, func(ctx context.Context) ([]netip.Addr, error) {
		return d.resolve(ctx, name)
	})
	if err != nil {
		return nil, PhaseDNS, err
	}
	var targets []string
	for _, ip := range interleave(ips) {
		addr := netip.AddrPortFrom(ip.WithZone(""), port)
		if d.guard != nil {
			if err := d.guard(addr); err != nil {
				return nil, PhaseConnect, err
			}
		}
		targets = append(targets, addr.String())
	}
	return targets, 0, nil
}

// through connects to the proxy and, where h wants a tunnel, lets it connect to
// target; over another connection where the proxy asks for the user and closes.
func (x *exchange) through(ctx context.Context, h *host, target string, t *Timings) (*conn, error) {
	for p := new(proof); ; {
		cn, err := x.enter(ctx, h, target, p, t)
		if err == nil || !errors.Is(err, errProxyAsked) {
			return cn, err
		}
	}
}

// enter is through by one connection.
func (x *exchange) enter(ctx context.Context, h *host, target string, p *proof, t *Timings) (*conn, error) {
	via := h.key.via
	nc, phaseOf, err := x.c.dialer.openProxy(ctx, via.server.addr, x.limits, t)
	if err != nil {
		return nil, x.failed(phaseOf, err, false)
	}
	cn := newConn(h, nc)
	ready := false
	defer func() {
		if !ready { // nor when a function of the user's panicked
			cn.close()
		}
	}()
	ctx, release := x.c.dialer.bind(ctx)
	defer release()
	if via.server.secure {
		err = x.secureProxy(ctx, cn, via.server, t)
	}
	if err == nil && via.tunnel {
		_, err = phase(ctx, x.limits.Connect, "connect", &t.Connect, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, cn.during(ctx, func() error {
				if via.server.socks {
					return via.server.socks5(cn.top, target)
				}
				return x.c.connect(cn, via.server, target, p)
			})
		})
	}
	if err != nil {
		e := x.failed(PhaseProxy, err, false)
		e.Addr = cn.addr
		return nil, e
	}
	ready = true
	return cn, nil
}

// secureProxy puts TLS on the connection to the proxy.
func (x *exchange) secureProxy(ctx context.Context, cn *conn, s *proxyServer, t *Timings) error {
	_, err := phase(ctx, x.limits.TLS, "tls", &t.Connect, func(ctx context.Context) (struct{}, error) {
		tc, err := x.c.opts.ProxyTLS.Client(ctx, cn.top, hostOnly(s.addr), "http/1.1")
		if err != nil {
			return struct{}{}, fmt.Errorf("tls with the proxy: %w", err)
		}
		cn.secured(tc)
		return struct{}{}, nil
	})
	return err
}

// during runs f, which reads and writes, and makes the connection fail when ctx
// ends meanwhile.
func (c *conn) during(ctx context.Context, f func() error) error {
	stop := context.AfterFunc(ctx, func() { c.wire.abort(&abort{context.Cause(ctx)}) })
	err := f()
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}
