package testnet

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The addresses of a network: RFC 5737, section 3, and RFC 3849 reserve blocks for
// examples, RFC 2544 one for tests of network devices.
var (
	clientIPv4    = netip.AddrFrom4([4]byte{192, 0, 2, 1})
	clientIPv6    = netip.MustParseAddr("2001:db8::1")
	firstServerIP = netip.AddrFrom4([4]byte{198, 18, 0, 1})
)

// RFC 6335, section 6: "the Dynamic Ports, also known as the Private or Ephemeral
// Ports, from 49152-65535 (never assigned)".
const firstEphemeralPort = 49152

// Network is an internet of its own: hosts with names and addresses, listeners,
// and what is wrong on the way to them. It is safe for concurrent use.
type Network struct {
	open registry // client ends

	mu        sync.Mutex
	hosts     map[string][]netip.Addr
	listeners map[netip.AddrPort]*listener
	blackhole map[netip.AddrPort]bool
	options   map[netip.AddrPort]Options
	defaults  Options
	dials     map[netip.AddrPort]int
	allDials  int
	nextPort  uint16
}

// New gives a network with one host, localhost (127.0.0.1 and ::1).
func New() *Network {
	return &Network{
		hosts: map[string][]netip.Addr{
			"localhost": {netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()},
		},
		listeners: make(map[netip.AddrPort]*listener),
		blackhole: make(map[netip.AddrPort]bool),
		options:   make(map[netip.AddrPort]Options),
		dials:     make(map[netip.AddrPort]int),
		nextPort:  firstEphemeralPort,
	}
}

// SetHost gives a host its addresses, in place of the one that Listen, Blackhole
// and SetOptions give to a host they meet for the first time.
func (n *Network) SetHost(name string, addrs ...netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[name] = slices.Clone(addrs)
}

// SetDefaultOptions sets what connections are like to addresses that have no
// options of their own. It counts for later dials.
func (n *Network) SetDefaultOptions(opts Options) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.defaults = opts
}

// SetOptions sets what connections to addr ("host:port") are like, for later dials.
// It panics when addr is no address.
func (n *Network) SetOptions(addr string, opts Options) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ap := range n.mustResolve(addr) {
		n.options[ap] = opts
	}
}

// Blackhole makes later dials to addr ("host:port") hang until their context ends,
// whether there is a listener or not. It panics when addr is no address.
func (n *Network) Blackhole(addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ap := range n.mustResolve(addr) {
		n.blackhole[ap] = true
	}
}

// Restore takes back Blackhole and SetOptions for later dials to addr ("host:port").
// It panics when addr is no address.
func (n *Network) Restore(addr string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ap := range n.mustResolve(addr) {
		delete(n.blackhole, ap)
		delete(n.options, ap)
	}
}

// Dials is the count of dials so far, whatever came of them. A dial that tried
// several addresses of a host counts once for each.
func (n *Network) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.allDials
}

// DialsTo is the count of dials so far to addr ("host:port"). It panics when addr
// is no address.
func (n *Network) DialsTo(addr string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	total := 0
	for _, ap := range n.mustResolve(addr) {
		total += n.dials[ap]
	}
	return total
}

// OpenConns is the count of connections whose client end is open.
func (n *Network) OpenConns() int { return n.open.len() }

// LookupNetIP gives a host's addresses, as (*net.Resolver).LookupNetIP does: network
// is "ip", "ip4" or "ip6", an unknown host is a *net.DNSError.
func (n *Network) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := ctx.Err(); err != nil {
		return nil, &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: host}
	}
	n.mu.Lock()
	addrs := slices.Clone(n.hosts[host])
	n.mu.Unlock()
	if ip, err := netip.ParseAddr(host); err == nil {
		addrs = []netip.Addr{ip}
	}
	addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool { return !ofFamily(network, a) })
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// DialContext connects to addr ("host:port") over network "tcp", "tcp4" or "tcp6".
// A host's addresses are tried in turn, and the first error is given when none
// answers. Where nobody listens, and for a host that the network does not know, it
// is ECONNREFUSED.
func (n *Network) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, dialError(network, nil, net.UnknownNetworkError(network))
	}
	n.mu.Lock()
	targets, err := n.resolve(addr, false)
	n.mu.Unlock()
	if err != nil {
		return nil, dialError(network, nil, err)
	}
	var first error
	for _, ap := range targets {
		if !ofFamily(network, ap.Addr()) {
			continue
		}
		conn, err := n.dial(ctx, network, ap)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = dialError(network, hostAddr(addr), os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	return nil, first
}

// dial connects to one address.
func (n *Network) dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, dialError(network, net.TCPAddrFromAddrPort(to), err)
	}
	n.mu.Lock()
	n.allDials++
	n.dials[to]++
	opts, ok := n.options[to]
	if !ok {
		opts = n.defaults
	}
	blackhole := n.blackhole[to]
	from := n.ephemeral(to.Addr())
	n.mu.Unlock()

	if blackhole {
		<-ctx.Done()
		return nil, dialError(network, net.TCPAddrFromAddrPort(to), ctx.Err())
	}
	if opts.Latency > 0 {
		roundTrip := time.NewTimer(2 * opts.Latency)
		defer roundTrip.Stop()
		select {
		case <-roundTrip.C:
		case <-ctx.Done():
			return nil, dialError(network, net.TCPAddrFromAddrPort(to), ctx.Err())
		}
	}
	n.mu.Lock()
	l := n.listeners[to]
	n.mu.Unlock()
	if l == nil {
		return nil, dialError(network, net.TCPAddrFromAddrPort(to), os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	client, server := newPipe(opts, from, to, &n.open)
	if err := l.offer(ctx, server); err != nil {
		client.Close()
		server.Close()
		return nil, dialError(network, net.TCPAddrFromAddrPort(to), err)
	}
	return client, nil
}

// ephemeral gives the client address for a dial. It is called with mu held.
func (n *Network) ephemeral(to netip.Addr) netip.AddrPort {
	port := n.nextPort
	if n.nextPort++; n.nextPort == 0 {
		n.nextPort = firstEphemeralPort
	}
	switch {
	case to.IsLoopback():
		return netip.AddrPortFrom(to, port)
	case to.Is6():
		return netip.AddrPortFrom(clientIPv6, port)
	default:
		return netip.AddrPortFrom(clientIPv4, port)
	}
}

// mustResolve is resolve for addresses that the test itself wrote. It is called
// with mu held.
func (n *Network) mustResolve(addr string) []netip.AddrPort {
	aps, err := n.resolve(addr, true)
	if err != nil {
		panic("testnet: " + err.Error())
	}
	return aps
}

// resolve gives the addresses behind "host:port". A host that is not known gets an
// address if create is set, else there are none. It is called with mu held.
func (n *Network) resolve(addr string, create bool) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, &net.AddrError{Err: "invalid port", Addr: addr}
	}
	port := uint16(number)
	if host == "" {
		host = "localhost"
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(ip.Unmap(), port)}, nil
	}
	if _, known := n.hosts[host]; !known && create {
		base := binary.BigEndian.Uint32(firstServerIP.AsSlice())
		var ip [4]byte
		binary.BigEndian.PutUint32(ip[:], base+uint32(len(n.hosts)))
		n.hosts[host] = []netip.Addr{netip.AddrFrom4(ip)}
	}
	var aps []netip.AddrPort
	for _, ip := range n.hosts[host] {
		aps = append(aps, netip.AddrPortFrom(ip.Unmap(), port))
	}
	return aps, nil
}

// ofFamily says whether network ("tcp", "ip4", ...) allows the address.
func ofFamily(network string, ip netip.Addr) bool {
	switch {
	case strings.HasSuffix(network, "4"):
		return ip.Unmap().Is4()
	case strings.HasSuffix(network, "6"):
		return ip.Is6() && !ip.Is4In6()
	}
	return true
}

func dialError(network string, to net.Addr, cause error) error {
	return &net.OpError{Op: "dial", Net: network, Addr: to, Err: cause}
}

// hostAddr is the address of a host that has none.
type hostAddr string

func (hostAddr) Network() string  { return "tcp" }
func (a hostAddr) String() string { return string(a) }
