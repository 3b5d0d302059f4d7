package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// dialer opens connections: name, address, socket.
type dialer struct {
	cache  *dnsCache
	delay  time.Duration
	local  netip.Addr
	guard  Guard // nil: whatever it is
	custom dialFunction
	bare   dialFunction    // custom, without the guard
	secure dialFunction    // for https, TLS included; nil: as for http
	ctx    context.Context // ends when the connector is closed
	cancel context.CancelFunc

	mu      sync.Mutex
	opening list[dialing, *dialing] // under way
	over    bool                    // none may begin any more
}

func newDialer(o Options, local *handlerListener, running *workers) *dialer {
	d := &dialer{delay: o.AddressDelay, local: o.LocalAddr, guard: o.Guard}
	if d.delay == 0 {
		d.delay = 250 * time.Millisecond
	}
	d.cache = &dnsCache{
		resolver: o.Resolver,
		ttl:      max(orDuration(o.DNSCacheTTL, 10*time.Second), 0),
		negative: max(orDuration(o.DNSNegativeTTL, time.Second), 0),
		running:  running,
		entries:  map[string]*dnsEntry{},
	}
	if o.Resolver == nil {
		d.cache.resolver = net.DefaultResolver
	}
	if o.DialTLSContext != nil && local == nil && o.UnixSocket == "" {
		d.secure = d.guarded(abandonable(o.DialTLSContext))
	}
	switch {
	case o.DialContext != nil && local == nil && o.UnixSocket == "":
		d.bare = abandonable(o.DialContext)
		d.custom = d.guarded(d.bare)
	case local != nil:
		d.custom = func(ctx context.Context, _, _ string) (net.Conn, error) { return local.dial(ctx) }
	case o.UnixSocket != "":
		d.custom = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var nd net.Dialer
			return nd.DialContext(ctx, "unix", o.UnixSocket)
		}
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// guarded shows the guard what a dial function gives.
func (d *dialer) guarded(dial dialFunction) dialFunction {
	guard := d.guard
	if guard == nil {
		return dial
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if err := guard.check(conn); err != nil {
			conn.Close()
			return nil, err
		}
		return conn, nil
	}
}

func orDuration(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// dialing is an opening under way, as those know it who may have to end it.
// They are in a list and not in a context's care, since that is a lock and a map
// for all of them together.
type dialing struct {
	all    links[dialing]
	cancel context.CancelCauseFunc
}

func (g *dialing) links() *links[dialing] { return &g.all }

func (d *dialer) begin(g *dialing) {
	d.mu.Lock()
	over := d.over
	if !over {
		d.opening.pushBack(g)
	}
	d.mu.Unlock()
	if over {
		g.cancel(ErrClosed)
	}
}

func (d *dialer) end(g *dialing) {
	d.mu.Lock()
	if g.all.queued {
		d.opening.remove(g)
	}
	d.mu.Unlock()
}

// close ends the openings under way, and all later ones.
func (d *dialer) close() {
	d.mu.Lock()
	d.over = true
	var ended []*dialing
	for g := d.opening.front(); g != nil; g = d.opening.front() {
		d.opening.remove(g)
		ended = append(ended, g)
	}
	d.mu.Unlock()
	for _, g := range ended {
		g.cancel(ErrClosed)
	}
	d.cancel()
}

// open resolves "name:port" and opens a connection to it, for https or not. Each
// phase has its own limit; the time each took is added to t. A failure comes with
// its phase.
func (d *dialer) open(ctx context.Context, addr string, https bool, limits *Timeouts, t *Timings) (net.Conn, Phase, error) {
	custom := d.custom
	if https && d.secure != nil {
		custom = d.secure
	}
	return d.openBy(ctx, addr, limits, t, custom, d.dialOne)
}

// openProxy is open for connections to proxies, which the program names and no
// URL: the guard is not asked about them.
func (d *dialer) openProxy(ctx context.Context, addr string, limits *Timeouts, t *Timings) (net.Conn, Phase, error) {
	return d.openBy(ctx, addr, limits, t, d.bare, d.dialUnguarded)
}

// openBy is open by a dial function of the user's, if there is one, or by ours for
// one address.
func (d *dialer) openBy(ctx context.Context, addr string, limits *Timeouts, t *Timings, custom dialFunction, dial dialFunc) (net.Conn, Phase, error) {
	if custom != nil {
		conn, err := phase(ctx, limits.Connect, "connect", &t.Connect, func(ctx context.Context) (net.Conn, error) {
			return custom(ctx, "tcp", addr)
		})
		return conn, phaseOfDial(err), err
	}
	name, port, err := splitPort(addr)
	if err != nil {
		return nil, PhasePrepare, err
	}
	ips, err := phase(ctx, limits.DNS, "dns", &t.DNS, func(ctx context.Context) ([]netip.Addr, error) {
		return d.resolve(ctx, name)
	})
	if err != nil {
		return nil, PhaseDNS, err
	}
	targets := make([]netip.AddrPort, 0, len(ips))
	for _, ip := range interleave(ips) {
		if !d.local.IsValid() || d.local.Unmap().Is4() == ip.Is4() {
			targets = append(targets, netip.AddrPortFrom(ip, port))
		}
	}
	if len(targets) == 0 {
		return nil, PhaseConnect, fmt.Errorf("no address of the host is of the family of the local address %v", d.local)
	}
	conn, err := phase(ctx, limits.Connect, "connect", &t.Connect, func(ctx context.Context) (net.Conn, error) {
		return race(ctx, targets, d.delay, dial)
	})
	return conn, PhaseConnect, err
}

// phase runs f under a limit and says how long it took. When the limit, and
// nothing else, ended f, the error says so.
func phase[T any](ctx context.Context, limit time.Duration, name string, took *time.Duration, f func(context.Context) (T, error)) (T, error) {
	start := time.Now()
	inner, cancel := ctx, context.CancelFunc(func() {})
	if limit >= 0 {
		inner, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	v, err := f(inner)
	*took += time.Since(start)
	if err == nil {
		return v, nil
	}
	if ctx.Err() != nil {
		return v, context.Cause(ctx)
	}
	if limit >= 0 && inner.Err() == context.DeadlineExceeded && time.Since(start) >= limit {
		return v, &limitError{name: name, limit: limit}
	}
	return v, err
}

func splitPort(addr string) (name string, port uint16, err error) {
	name, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, errors.New("invalid port " + strconv.Quote(text))
	}
	return name, uint16(n), nil
}

// hostOnly gives the name of "name:port".
func hostOnly(addr string) string {
	if name, _, err := net.SplitHostPort(addr); err == nil {
		return name
	}
	return addr
}

func (d *dialer) resolve(ctx context.Context, name string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	trace := dialTrace(ctx)
	trace.dnsStart(name)
	ips, err := d.cache.lookup(ctx, name, trace)
	trace.dnsDone(ips, err)
	return ips, err
}

// dialOne opens a TCP connection to one address.
func (d *dialer) dialOne(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	return d.dialAddr(ctx, addr, d.guard)
}

// dialUnguarded is dialOne for connections to proxies.
func (d *dialer) dialUnguarded(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
	return d.dialAddr(ctx, addr, nil)
}

func (d *dialer) dialAddr(ctx context.Context, addr netip.AddrPort, guard Guard) (net.Conn, error) {
	var nd net.Dialer
	if guard != nil {
		nd.ControlContext = guard.control
	}
	if d.local.IsValid() {
		nd.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.local, 0))
	}
	trace := dialTrace(ctx)
	trace.connecting(addr)
	conn, err := nd.DialContext(ctx, "tcp", addr.String())
	trace.connected(addr, conn, err)
	return conn, err
}
