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

	tcp        net.Dialer // to proxies
	guardedTCP net.Dialer // to hosts

	mu      sync.Mutex
	opening list[lifetime, *lifetime] // under way
	over    bool                      // none may begin any more
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
	if d.local.IsValid() {
		d.tcp.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(d.local, 0))
	}
	d.guardedTCP = d.tcp
	if d.guard != nil {
		d.guardedTCP.ControlContext = d.guard.control
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

// begin puts an opening among those under way, which close ends. They are in a list
// and not in a context's care, since that is a lock and a map for all of them together.
func (d *dialer) begin(l *lifetime) {
	d.mu.Lock()
	over := d.over
	if !over {
		d.opening.pushBack(l)
	}
	d.mu.Unlock()
	if over {
		l.end(ErrClosed)
	}
}

func (d *dialer) end(l *lifetime) {
	d.mu.Lock()
	if l.all.queued {
		d.opening.remove(l)
	}
	d.mu.Unlock()
}

// close ends the openings under way, and all later ones.
func (d *dialer) close() {
	d.mu.Lock()
	d.over = true
	var ended []*lifetime
	for l := d.opening.front(); l != nil; l = d.opening.front() {
		d.opening.remove(l)
		ended = append(ended, l)
	}
	d.mu.Unlock()
	for _, l := range ended {
		l.end(ErrClosed)
	}
	d.cancel()
}

// open resolves "name:port" and opens a connection to it, for https or not. Each
// phase has its own limit; the time each took is added to t. A failure comes with
// its phase.
func (d *dialer) open(l *lifetime, addr string, https bool, limits *Timeouts, t *took) (net.Conn, Phase, error) {
	custom := d.custom
	if https && d.secure != nil {
		custom = d.secure
	}
	return d.openBy(l, addr, limits, t, custom, &d.guardedTCP)
}

// openProxy is open for connections to proxies, which the program names and no
// URL: the guard is not asked about them.
func (d *dialer) openProxy(l *lifetime, addr string, limits *Timeouts, t *took) (net.Conn, Phase, error) {
	return d.openBy(l, addr, limits, t, d.bare, &d.tcp)
}

// openBy is open by a dial function of the user's, if there is one, or by ours.
func (d *dialer) openBy(l *lifetime, addr string, limits *Timeouts, t *took, custom dialFunction, tcp *net.Dialer) (net.Conn, Phase, error) {
	if custom != nil {
		conn, err := phase(l, limits.Connect, "connect", &t.connect, func(ctx context.Context) (net.Conn, error) {
			return custom(ctx, "tcp", addr)
		})
		return conn, phaseOfDial(err), err
	}
	name, port, err := splitPort(addr)
	if err != nil {
		return nil, PhasePrepare, err
	}
	ips, err := d.resolve(l, name, limits, t)
	if err != nil {
		return nil, PhaseDNS, err
	}
	ips = d.reachable(ips)
	if len(ips) == 0 {
		return nil, PhaseConnect, fmt.Errorf("no address of the host is of the family of the local address %v", d.local)
	}
	if len(ips) == 1 {
		conn, err := dialOne(l, limits.Connect, &t.connect, tcp, netip.AddrPortFrom(ips[0], port))
		return conn, PhaseConnect, err
	}
	targets := make([]netip.AddrPort, 0, len(ips))
	for _, ip := range interleave(ips) {
		targets = append(targets, netip.AddrPortFrom(ip, port))
	}
	conn, err := phase(l, limits.Connect, "connect", &t.connect, func(ctx context.Context) (net.Conn, error) {
		return race(ctx, targets, d.delay, func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
			return dialTCP(ctx, tcp, addr)
		})
	})
	return conn, PhaseConnect, err
}

// reachable gives those addresses that can be reached from the local one.
func (d *dialer) reachable(ips []netip.Addr) []netip.Addr {
	if !d.local.IsValid() {
		return ips
	}
	v4 := d.local.Unmap().Is4()
	var same []netip.Addr
	for _, ip := range ips {
		if ip.Is4() == v4 {
			same = append(same, ip)
		}
	}
	return same
}

// phase runs f under a limit and says how long it took. When the limit, and
// nothing else, ended f, the error says so.
func phase[T any](l *lifetime, limit time.Duration, name string, took *time.Duration, f func(context.Context) (T, error)) (T, error) {
	start := time.Now()
	ctx, cancel := l.whole(), context.CancelFunc(func() {})
	if limit >= 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	v, err := f(ctx)
	*took += time.Since(start)
	if err == nil {
		return v, nil
	}
	if why := l.why(); why != nil {
		return v, why
	}
	if limit >= 0 && ctx.Err() == context.DeadlineExceeded && time.Since(start) >= limit {
		return v, &limitError{name: name, limit: limit}
	}
	return v, err
}

// dialOne is the phase of connecting to a host's only address: no function of the
// user's needs a context for it, so the limit is a deadline of the socket's.
func dialOne(l *lifetime, limit time.Duration, took *time.Duration, tcp *net.Dialer, addr netip.AddrPort) (net.Conn, error) {
	start := time.Now()
	if limit >= 0 {
		l.until = start.Add(limit)
	}
	conn, err := dialTCP(l, tcp, addr)
	l.until = time.Time{}
	lasted := time.Since(start)
	*took += lasted
	if err == nil {
		return conn, nil
	}
	if why := l.why(); why != nil {
		return nil, why
	}
	if limit >= 0 && lasted >= limit {
		return nil, &limitError{name: "connect", limit: limit}
	}
	return nil, err
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

// resolve is the phase of finding the addresses of a name.
func (d *dialer) resolve(l *lifetime, name string, limits *Timeouts, t *took) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{ip.Unmap()}, nil
	}
	trace := dialTrace(l)
	trace.dnsStart(name)
	ips, known, err := d.cache.known(name, trace)
	if !known {
		ips, err = phase(l, limits.DNS, "dns", &t.dns, func(ctx context.Context) ([]netip.Addr, error) {
			return d.cache.lookup(ctx, name, trace)
		})
	}
	trace.dnsDone(ips, err)
	return ips, err
}

// dialTCP opens a TCP connection to one address.
func dialTCP(ctx context.Context, d *net.Dialer, addr netip.AddrPort) (net.Conn, error) {
	trace := dialTrace(ctx)
	trace.connecting(addr)
	conn, err := d.DialContext(ctx, "tcp", addr.String())
	trace.connected(addr, conn, err)
	return conn, err
}
