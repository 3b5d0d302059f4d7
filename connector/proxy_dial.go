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
func (o *opening) dial(h *host) (*conn, *failure) {
	via := h.key.via
	if via == nil {
		nc, phaseOf, err := o.c.dialer.open(&o.life, o.addr, h.key.tls, o.limits, &o.took)
		if err != nil {
			return nil, &failure{phase: phaseOf, err: err}
		}
		return newConn(h, nc), nil
	}
	targets, phaseOf, err := o.targets(via)
	if err != nil {
		return nil, &failure{phase: phaseOf, err: err}
	}
	start := time.Now()
	for i, target := range targets {
		cn, failed := o.through(h, target)
		if failed == nil {
			return cn, nil
		}
		var refused *ProxyError
		if i == len(targets)-1 || !errors.As(failed.err, &refused) || !refused.Unreachable() ||
			o.limits.Connect >= 0 && time.Since(start) >= o.limits.Connect {
			return nil, failed
		}
	}
	return nil, &failure{phase: PhaseDNS, err: &net.DNSError{Err: "no addresses", Name: hostOnly(o.addr), IsNotFound: true}}
}

// targets gives what the proxy is to connect to: the host by its name, or, where
// it is resolved here, each of its addresses, of which one has to do. A guard sees
// them all, and the proxy never a name that it could find another address for.
func (o *opening) targets(via *route) ([]string, Phase, error) {
	d := o.c.dialer
	if !via.tunnel || d.guard == nil && (!via.server.socks || via.server.remote) {
		return []string{o.addr}, 0, nil
	}
	name, port, err := splitPort(o.addr)
	if err != nil {
		return nil, PhasePrepare, err
	}
	ips, err := d.resolve(&o.life, name, o.limits, &o.took)
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
func (o *opening) through(h *host, target string) (*conn, *failure) {
	for p := new(proof); ; {
		cn, failed := o.enter(h, target, p)
		if failed == nil || !errors.Is(failed.err, errProxyAsked) {
			return cn, failed
		}
	}
}

// enter is through by one connection.
func (o *opening) enter(h *host, target string, p *proof) (*conn, *failure) {
	via := h.key.via
	nc, phaseOf, err := o.c.dialer.openProxy(&o.life, via.server.addr, o.limits, &o.took)
	if err != nil {
		return nil, &failure{phase: phaseOf, err: err}
	}
	cn := newConn(h, nc)
	ready := false
	defer func() {
		if !ready { // nor when a function of the user's panicked
			cn.close()
		}
	}()
	if via.server.secure {
		err = o.secureProxy(cn, via.server)
	}
	if err == nil && via.tunnel {
		_, err = phase(&o.life, o.limits.Connect, "connect", &o.took.connect, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, cn.during(ctx, func() error {
				if via.server.socks {
					return via.server.socks5(cn.top, target)
				}
				return o.c.connect(cn, via.server, target, p)
			})
		})
	}
	if err != nil {
		return nil, &failure{phase: PhaseProxy, addr: cn.addr, err: err}
	}
	ready = true
	return cn, nil
}

// secureProxy puts TLS on the connection to the proxy.
func (o *opening) secureProxy(cn *conn, s *proxyServer) error {
	_, err := phase(&o.life, o.limits.TLS, "tls", &o.took.connect, func(ctx context.Context) (struct{}, error) {
		tc, err := o.c.opts.ProxyTLS.Client(ctx, cn.top, hostOnly(s.addr), "http/1.1")
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
