package http1

import (
	"net/netip"
	"strings"
)

// ValidHost reports whether s can stand as the value of a Host field. What only has
// the right octets ("a:b", "[", "::1") is read as one host by some and as another
// by others.
//
//	Host       = uri-host [ ":" port ]
//	host       = IP-literal / IPv4address / reg-name
//	IP-literal = "[" ( IPv6address / IPvFuture  ) "]"
//	reg-name   = *( unreserved / pct-encoded / sub-delims )
//	port       = *DIGIT
//
// https://www.rfc-editor.org/rfc/rfc9110#section-7.2-2
// https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
//
// Not as the RFC, IPvFuture is refused: there is none.
func ValidHost(s string) bool {
	name, port, _ := strings.Cut(s, ":")
	if literal, ok := strings.CutPrefix(s, "["); ok {
		address, behind, closed := strings.Cut(literal, "]")
		ip, err := netip.ParseAddr(address)
		if !closed || err != nil || !ip.Is6() || ip.Zone() != "" || behind != "" && behind[0] != ':' {
			return false
		}
		name, port = "", strings.TrimPrefix(behind, ":")
	}
	for i := range len(name) {
		if name[i] == '%' && (i+2 >= len(name) || hexDigit(name[i+1]) < 0 || hexDigit(name[i+2]) < 0) {
			return false
		}
	}
	if name == "" && s != "" && s[0] == ':' {
		return false // by the grammar an empty name, which no http URL may have
	}
	return all(name, isHost) && strings.Trim(port, "0123456789") == ""
}
