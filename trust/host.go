package trust

import (
	"net"
	"net/netip"
	"strings"
)

// serverName gives the name that the peer of host must prove: host without
// port, brackets, IPv6 zone and trailing dot. A host that is nothing of the kind
// is given back as it is, for no certificate matches it: a malformed address
// never means that there is nothing to verify.
//
// "The hostname is represented as a byte string using ASCII encoding without a
// trailing dot."
// https://www.rfc-editor.org/rfc/rfc6066#section-3
func serverName(host string) string {
	if !strings.ContainsAny(host, ":]") && !endsInDigit(host) {
		return strings.TrimSuffix(host, ".") // a plain name: the common case
	}
	if name, ok := addressName(host); ok {
		return name
	}
	if name, _, err := net.SplitHostPort(host); err == nil && name != "" {
		host = name
	}
	if name, ok := addressName(host); ok {
		return name
	}
	return strings.TrimSuffix(host, ".")
}

// addressName gives the text of host without brackets and zone if it is an IP
// address. The zone tells an interface of ours, which no certificate can hold.
func addressName(host string) (string, bool) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			host = inner
		}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return "", false
	}
	return addr.Unmap().WithZone("").String(), true
}

func endsInDigit(host string) bool {
	return host != "" && '0' <= host[len(host)-1] && host[len(host)-1] <= '9'
}
