package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// ErrRefusedAddress is the cause when Options.Guard does not let a connection be
// opened.
var ErrRefusedAddress = errors.New("address is refused")

// A Guard decides whether a connection may be opened to an address, by an error
// if not. It must be safe for concurrent use.
type Guard func(addr netip.AddrPort) error

// PublicOnly gives a guard for programs that fetch what others name (URLs of
// users, webhooks, pictures): it lets through what the registries of IANA call
// globally reachable, and so keeps such programs from being sent to the machine
// itself, to its network, and to the metadata services of clouds. The address of
// Azure's, which is a public one, is refused as well. What stands in allow is let
// through all the same.
//
// An address that carries another (IPv4-mapped and -compatible ones, NAT64, 6to4,
// Teredo) is refused, unless it is mapped to an IPv4 address that is let through.
//
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
func PublicOnly(allow ...netip.Prefix) Guard {
	return func(addr netip.AddrPort) error {
		ip := addr.Addr().Unmap().WithZone("")
		for _, p := range allow {
			if p.Contains(ip) {
				return nil
			}
		}
		if !public(ip) {
			return fmt.Errorf("%w: %v is not a public one", ErrRefusedAddress, ip)
		}
		return nil
	}
}

// public reports whether an address is globally reachable.
func public(ip netip.Addr) bool {
	if !ip.Is4() && !globalUnicast.Contains(ip) {
		return false
	}
	for _, p := range special {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsValid()
}

// globalUnicast is all that IANA has given out of IPv6 so far: loopback, unique
// local, link-local and multicast addresses lie outside, as does NAT64.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// special are the blocks of the registries that are not globally reachable, and
// those that carry another address.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // Azure's platform, which gives out secrets of the machine
	"2001::/23",        // Teredo among them
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4
	"3fff::/20",        // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// control is the guard as net.Dialer asks it: with the address that is about to
// be connected to, when nothing can change it any more.
func (g Guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q is no IP address", ErrRefusedAddress, address)
	}
	return g(addr)
}

// check asks the guard about a connection that a dial function of the user's has
// opened: before anything is sent on it.
func (g Guard) check(conn net.Conn) error {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("%w: the dial function gave a connection that does not tell its peer's", ErrRefusedAddress)
	}
	return g(tcp.AddrPort())
}
