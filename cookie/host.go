package cookie

import (
	"errors"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

var errHost = errors.New("not a host name")

// hostProfile converts U-labels and checks A-labels. Underscores and hyphens in
// the third and fourth place are not its business: hosts that carry them exist.
var hostProfile = idna.New(
	idna.MapForLookup(),
	idna.BidiRule(),
	idna.CheckHyphens(false),
	idna.StrictDomainName(false),
)

// canonicalHost gives the one spelling of a host (without port and brackets)
// that cookies are stored under, and whether it is an IP address. It does not
// allocate for a lower-case ASCII name.
//
// "Convert each U-label to an A-label ... If any label is a Fake A-label then
// abort this algorithm and fail to canonicalize the host name."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.2
//
// The dot that ends an absolute name is dropped, as in curl and net/http: both
// spellings lead to the same server, so both have the same cookies.
//
// Not as the RFC's NR-LDH label: underscores and any place for hyphens are
// accepted, because names like "my_service" and "r3---sn.example" are in use.
func canonicalHost(host string) (name string, ip bool, err error) {
	if strings.IndexByte(host, ':') >= 0 {
		return canonicalIPv6(host)
	}
	if !isPlain(host) {
		if host, err = toASCII(host); err != nil {
			return "", false, err
		}
	}
	host = strings.TrimSuffix(host, ".")
	if !validLabels(host) {
		return "", false, errHost
	}
	if !endsInNumber(host) {
		return host, false, nil
	}
	// A last label of digits makes an IPv4 address or nothing: "127.1" and
	// "0x7f.1" reach an address by some resolvers and must not look like names.
	if _, err := netip.ParseAddr(host); err != nil {
		return "", false, errHost
	}
	return host, true, nil
}

// toASCII converts and lowers the labels of a host. The result must convert to
// itself: octets that are not UTF-8 give labels that do not, and a cookie kept under
// such a name could never be read back.
func toASCII(host string) (string, error) {
	name, err := hostProfile.ToASCII(host)
	if err != nil {
		return "", errHost
	}
	if again, err := hostProfile.ToASCII(name); err != nil || again != name {
		return "", errHost
	}
	return name, nil
}

// canonicalIPv6 keeps the zone: two links are two hosts. What follows the "%" is
// never read as a domain.
func canonicalIPv6(host string) (string, bool, error) {
	addr, err := netip.ParseAddr(host)
	if err != nil || strings.ContainsFunc(addr.Zone(), notGraphic) {
		return "", false, errHost
	}
	return addr.String(), true, nil
}

func notGraphic(r rune) bool { return r <= ' ' || r >= 0x7f }

// isPlain tells whether host is lower-case ASCII without A-labels, so that no
// conversion can change it.
func isPlain(host string) bool {
	for i := range len(host) {
		if c := host[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return !strings.HasPrefix(host, "xn--") && !strings.Contains(host, ".xn--")
}

// validLabels checks characters and lengths. The lengths are those of DNS, RFC
// 1035, section 2.3.4, less the octets that only the wire needs.
func validLabels(host string) bool {
	const maxName, maxLabel = 253, 63
	if host == "" || len(host) > maxName {
		return false
	}
	label := 0
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.':
			if label == 0 {
				return false
			}
			label = 0
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			if label++; label > maxLabel {
				return false
			}
		default:
			return false
		}
	}
	return label > 0
}

// isIP tells whether a canonical host is an address.
func isIP(host string) bool {
	return strings.IndexByte(host, ':') >= 0 || endsInNumber(host)
}

// endsInNumber tells whether the last label is a decimal or hexadecimal number.
func endsInNumber(host string) bool {
	label := host[strings.LastIndexByte(host, '.')+1:]
	digits, hex := label, false
	if strings.HasPrefix(label, "0x") {
		digits, hex = label[2:], true
	}
	for i := range len(digits) {
		c := digits[i]
		if !isDigit(c) && !(hex && c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

// domainMatch compares two canonical hosts.
//
// "The domain string is a suffix of the string. The last character of the string
// that is not included in the domain string is a %x2E (".") character. The
// string is a host name (i.e., not an IP address)."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.3
func domainMatch(host, domain string, ip bool) bool {
	if host == domain {
		return true
	}
	n := len(host) - len(domain)
	return !ip && n > 0 && host[n-1] == '.' && host[n:] == domain
}

// isPublicSuffix tells whether a canonical name is one below which anybody may
// register, so that no cookie may span it.
func isPublicSuffix(list SuffixList, domain string) bool {
	return list.PublicSuffix(domain) == domain
}

// registrable is the public suffix of domain and one label more, or domain
// itself if it has no such part: the "site".
func registrable(list SuffixList, domain string, ip bool) string {
	if ip {
		return domain
	}
	suffix := list.PublicSuffix(domain)
	if suffix == "" || !strings.HasSuffix(domain, "."+suffix) {
		return domain
	}
	rest := domain[:len(domain)-len(suffix)-1]
	return domain[strings.LastIndexByte(rest, '.')+1:]
}
