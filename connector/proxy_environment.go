package connector

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// ProxyFromEnvironment gives the [Proxy] that the environment names, as it is now:
// http_proxy or HTTP_PROXY for URLs of scheme http, https_proxy or HTTPS_PROXY for
// https, else all_proxy or ALL_PROXY. Of two spellings the lower-case one counts,
// as in curl. A value that is no URL of a proxy is the error of the requests that
// it is for.
//
// no_proxy or NO_PROXY lists what is reached directly, separated by commas or
// spaces: "*" for everything; a domain, with all below it, whether or not a dot
// stands in front; an IP address; a block of addresses ("10.0.0.0/8"); each but
// the last with a port, if wished. Addresses are compared with those in URLs; no
// name is looked up for it.
//
// "localhost", what is below it and loopback addresses are always reached
// directly, as in net/http and not as in curl: another machine could only reach
// itself by them. [ProxyURL] makes no such difference.
//
// Where REQUEST_METHOD is set, this is a CGI program whose HTTP_PROXY a client can
// set by a field "Proxy" (CVE-2016-5386): then neither spelling of it is heeded.
func ProxyFromEnvironment() Proxy { return ProxyFromVariables(os.LookupEnv) }

// ProxyFromVariables is [ProxyFromEnvironment] for variables of another source.
func ProxyFromVariables(lookup func(name string) (value string, ok bool)) Proxy {
	get := func(lower string) namedProxy {
		for _, name := range [...]string{lower, strings.ToUpper(lower)} {
			if value, _ := lookup(name); strings.TrimSpace(value) != "" {
				return namedProxy{name: name, value: value}
			}
		}
		return namedProxy{}
	}
	plain, secure, all := get("http_proxy"), get("https_proxy"), get("all_proxy")
	if _, cgi := lookup("REQUEST_METHOD"); cgi {
		plain = namedProxy{}
	}
	ways := map[string]namedProxy{"http": plain.or(all).parsed(), "https": secure.or(all).parsed()}
	if plain.or(secure).or(all).value == "" {
		return Direct
	}
	return Proxy(func(scheme, addr string) (*url.URL, error) {
		if loopback(addr) {
			return nil, nil
		}
		way := ways[scheme]
		return way.url, way.err
	}).Except(get("no_proxy").value)
}

// namedProxy is a variable that names a proxy.
type namedProxy struct {
	name, value string
	url         *url.URL // nil for none
	err         error
}

func (p namedProxy) or(other namedProxy) namedProxy {
	if p.value == "" {
		return other
	}
	return p
}

func (p namedProxy) parsed() namedProxy {
	if p.value == "" {
		return p
	}
	if p.url, p.err = parseProxyURL(p.value); p.err != nil {
		p.err = fmt.Errorf("%s: %w", p.name, p.err)
	}
	return p
}

// loopback reports whether "name:port" is this machine by its very name.
func loopback(addr string) bool {
	name := strings.TrimSuffix(hostOnly(addr), ".")
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// exemptions are what NO_PROXY lists.
type exemptions struct {
	all   bool
	rules []exemption
}

// exemption is one entry: a domain, or a block of addresses.
type exemption struct {
	domain string
	block  netip.Prefix
	port   string // empty for every port
}

func parseExemptions(list string) *exemptions {
	all := &exemptions{}
	for _, entry := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if entry == "*" {
			all.all = true
			continue
		}
		all.rules = append(all.rules, parseExemption(strings.ToLower(entry)))
	}
	return all
}

func parseExemption(entry string) (e exemption) {
	if block, err := netip.ParsePrefix(entry); err == nil {
		e.block = block.Masked()
		return e
	}
	if _, err := netip.ParseAddr(entry); err != nil { // it may have a port
		if name, port, err := net.SplitHostPort(entry); err == nil {
			entry, e.port = name, port
		}
	}
	if ip, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		ip = ip.Unmap().WithZone("")
		e.block = netip.PrefixFrom(ip, ip.BitLen())
		return e
	}
	e.domain = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(entry, "*"), "."), ".")
	if ascii, err := asciiName(e.domain); err == nil {
		e.domain = ascii
	}
	return e
}

// has reports whether "name:port" is reached directly.
//
// An address matches no domain, whatever its zone looks like (CVE-2025-22870).
func (all *exemptions) has(addr string) bool {
	if all.all {
		return true
	}
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	name = strings.TrimSuffix(name, ".")
	ip, err := netip.ParseAddr(name)
	literal := err == nil
	ip = ip.Unmap().WithZone("")
	for i := range all.rules {
		switch e := &all.rules[i]; {
		case e.port != "" && e.port != port:
		case literal && e.block.Contains(ip):
			return true
		case !literal && e.domain != "" && (name == e.domain || strings.HasSuffix(name, "."+e.domain)):
			return true
		}
	}
	return false
}
