package connector

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"golang.org/x/net/idna"
)

// errTarget does not show what is wrong: the query may hold secrets.
var errTarget = errors.New("URL has a space or a control character in its path or query")

// requestTarget gives the target of the request line.
//
// RFC 9112, section 3.2.1: "a client MUST send only the absolute path and query
// components of the target URI as the request-target."
// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1-3
func requestTarget(method string, u *url.URL, host string) (string, error) {
	target := u.RequestURI()
	switch {
	case method == "CONNECT" && u.Path == "":
		target = u.Opaque
		if target == "" {
			target = authority(u, host)
		}
	case strings.HasPrefix(u.Opaque, "//"):
		// net/http's way of giving a path that is not to be encoded anew.
		if _, path, ok := strings.Cut(u.Opaque[2:], "/"); ok {
			target = "/" + path
			if u.RawQuery != "" || u.ForceQuery {
				target += "?" + u.RawQuery
			}
		}
	}
	if u.Opaque == "" && method != "CONNECT" && target != "*" && !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	if !http1.ValidTarget(target) {
		return "", errTarget
	}
	return target, nil
}

// appendRequestLine renders the request line, for most URLs without making a
// string of the target.
func appendRequestLine(head []byte, method string, u *url.URL, host string) ([]byte, error) {
	if u.Opaque != "" || u.Path == "" || u.Path[0] != '/' {
		target, err := requestTarget(method, u, host)
		if err != nil {
			return nil, err
		}
		return http1.AppendRequestLine(head, method, target), nil
	}
	head = append(append(head, method...), ' ')
	start := len(head)
	head = append(head, u.EscapedPath()...)
	if u.RawQuery != "" || u.ForceQuery {
		head = append(append(head, '?'), u.RawQuery...)
	}
	if !http1.ValidTarget(head[start:]) {
		return nil, errTarget
	}
	return append(head, " HTTP/1.1\r\n"...), nil
}

// authority gives a host with its port, as the target of CONNECT.
//
// RFC 9110, section 9.3.6: "There is no default port; a client MUST send the
// port number even if the CONNECT request is based on a URI reference that
// contains an authority component with an elided port".
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-2
func authority(u *url.URL, host string) string {
	i := strings.LastIndexByte(host, ':')
	switch {
	case i >= 0 && i < len(host)-1 && !strings.HasSuffix(host, "]"):
		return host
	case strings.EqualFold(u.Scheme, "https"):
		return strings.TrimSuffix(host, ":") + ":443"
	}
	return strings.TrimSuffix(host, ":") + ":80"
}

// Target gives the value of the Host field and the request-target for a URL.
func Target(u *url.URL) (host, target string, err error) {
	if host, err = hostField(u.Host); err != nil {
		return "", "", err
	}
	target, err = requestTarget("", u, host)
	return host, target, err
}

// hostField gives the value of the Host field for "name" or "name:port".
//
// RFC 3986, section 3.2.3: "URI producers and normalizers should omit the port
// component and its ":" delimiter if port is empty".
// https://www.rfc-editor.org/rfc/rfc3986#section-3.2.3
func hostField(host string) (string, error) {
	if bare, ok := strings.CutSuffix(host, ":"); ok && bare != "" && (strings.HasSuffix(bare, "]") || strings.IndexByte(bare, ':') < 0) {
		host = bare
	}
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name, port = host[:i], host[i:]
	}
	if strings.HasPrefix(name, "[") {
		if zone := strings.IndexByte(name, '%'); zone >= 0 {
			// By RFC 6874, section 4, a zone is for this machine only, and the
			// server is not told of it.
			// https://www.rfc-editor.org/rfc/rfc6874#section-4
			host = name[:zone] + "]" + port
		}
	} else {
		ascii, err := asciiName(name)
		if err != nil {
			return "", err
		}
		if !isASCII(name) {
			host = ascii + port
		}
	}
	if !http1.ValidHost(host) {
		return "", fmt.Errorf("invalid host %q", host)
	}
	return host, nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// asciiName gives a host name in lower case, in the form of the DNS.
func asciiName(name string) (string, error) {
	if isASCII(name) {
		// The zone of an IPv6 address is a name of this system's, whose case counts.
		host, zone, scoped := strings.Cut(name, "%")
		if scoped {
			return strings.ToLower(host) + "%" + zone, nil
		}
		lower := strings.ToLower(name)
		return lower, checkALabels(lower)
	}
	if !utf8.ValidString(name) {
		return "", fmt.Errorf("invalid host name %q: not UTF-8", name) // idna would make one name of many
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		return "", fmt.Errorf("invalid host name %q: %w", name, err)
	}
	if numeric(ascii) {
		// Who checks the URL sees a name, and the resolver an address.
		return "", fmt.Errorf("invalid host name %q: it spells an IPv4 address", name)
	}
	return ascii, nil
}

// aLabels checks A-labels and nothing else of a name: underscores and hyphens
// in any place are in use.
var aLabels = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(false), idna.StrictDomainName(false))

// checkALabels refuses a name in lower case with a label that only looks like
// one of IDNA: programs that decode it see another host than those that do not.
//
// RFC 5890, section 2.3.2.1: "An "A-label" is the ASCII-Compatible Encoding (ACE
// ...) form of an IDNA-valid string."
// https://www.rfc-editor.org/rfc/rfc5890#section-2.3.2.1
func checkALabels(lower string) error {
	if !strings.HasPrefix(lower, "xn--") && !strings.Contains(lower, ".xn--") {
		return nil
	}
	if again, err := aLabels.ToASCII(lower); err != nil || again != lower {
		return fmt.Errorf("invalid host name %q: not a label of IDNA behind xn--", lower)
	}
	return nil
}

// checkName refuses names that different programs read as different hosts:
// IPv4 addresses in an odd spelling ("127.1", "0x7f000001", "2130706433") and
// names with characters that no host name has.
func checkName(name string) error {
	if name == "" {
		return errors.New("URL without a host")
	}
	// RFC 1035, section 2.3.4: "names 255 octets or less", of which the wire needs
	// two; a longer one would only make errors long.
	// https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
	if n := len(strings.TrimSuffix(name, ".")); n > 253 && isASCII(name) {
		return fmt.Errorf("host name of %d bytes, more than 253", n)
	}
	if strings.IndexByte(name, ':') >= 0 { // an IPv6 address, from inside brackets
		if _, err := netip.ParseAddr(name); err != nil {
			return fmt.Errorf("invalid IPv6 address %q", name)
		}
		return nil
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`"#%/<>?@[\]^|`+"`{}", c) >= 0 {
			return fmt.Errorf("invalid host name %q", name)
		}
	}
	if numeric(name) {
		if a, err := netip.ParseAddr(strings.TrimSuffix(name, ".")); err != nil || !a.Is4() {
			return fmt.Errorf("invalid IPv4 address %q: write it as four decimal numbers", name)
		}
	}
	return nil
}

// numeric reports whether the last label of a name is a number, which by the
// URL standard makes the whole name an IPv4 address.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func numeric(name string) bool {
	name = strings.TrimSuffix(name, ".")
	label := name[strings.LastIndexByte(name, '.')+1:]
	if label == "" {
		return false
	}
	digits := "0123456789"
	if len(label) > 1 && (label[:2] == "0x" || label[:2] == "0X") {
		label, digits = label[2:], "0123456789abcdefABCDEF"
	}
	return strings.Trim(label, digits) == ""
}

// BasicAuth gives the credentials of a URL as the value of an Authorization
// field.
func BasicAuth(u *url.Userinfo) string {
	password, _ := u.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))
}
