package cookie

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// "At least 50 cookies per domain. At least 3000 cookies total."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-6.1
//
// 180 is what Chromium and Firefox keep: sites are made to fit it.
const (
	defaultMaxPerDomain = 180
	defaultMaxCookies   = 3000
)

// SuffixList finds the public suffix of a canonical host name: "co.uk" for
// "www.example.co.uk". golang.org/x/net/publicsuffix.List is one. It must be
// safe for concurrent use and always give the same answer.
type SuffixList interface {
	PublicSuffix(domain string) string
}

// Options says how a [Jar] behaves. The zero value is the default and fits most
// programs. It is copied by [New].
type Options struct {
	// MaxPerDomain is the most cookies kept that share one domain, 180 if zero,
	// without limit if negative. Beyond it the least recently used goes first,
	// cookies without Secure before those with it.
	MaxPerDomain int

	// MaxCookies is the most cookies kept in all, 3000 if zero, without limit if
	// negative. Beyond it the least recently used goes first.
	MaxCookies int

	// RejectIP refuses cookies from and for hosts that are IP addresses, as
	// Python's aiohttp does by default. If false they are kept host-only, as in
	// browsers.
	RejectIP bool

	// TrustLocalhost lets plain http and ws to localhost, names below
	// .localhost and loopback addresses count as secure, as in browsers: Secure
	// cookies are then accepted from and sent to them.
	TrustLocalhost bool

	// InsecureOriginsAsSecure lists origins such as "http://dev.example:8080"
	// that count as secure although nothing protects what is sent to them:
	// Secure cookies travel in clear text. For development only. [New] panics
	// on a string that is not scheme://host or scheme://host:port with scheme
	// http, https, ws or wss.
	InsecureOriginsAsSecure []string

	// PublicSuffixes replaces the public suffix list compiled in, that of
	// golang.org/x/net/publicsuffix.
	PublicSuffixes SuffixList

	// Now replaces time.Now. It must be safe for concurrent use.
	Now func() time.Time

	// OnReject, if set, is called for every cookie that was not accepted, with
	// the URL that set it (nil for one from a file), its name and the cause. The
	// value is withheld: it may be a secret. It must be safe for concurrent use;
	// it may use the jar.
	OnReject func(u *url.URL, name string, cause error)
}

// resolved is Options with its defaults filled in and its origins parsed.
type resolved struct {
	Options
	origins map[string]struct{}
}

func (o Options) resolve() resolved {
	o.MaxPerDomain = limit(o.MaxPerDomain, defaultMaxPerDomain)
	o.MaxCookies = limit(o.MaxCookies, defaultMaxCookies)
	if o.PublicSuffixes == nil {
		o.PublicSuffixes = publicsuffix.List
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := resolved{Options: o}
	r.InsecureOriginsAsSecure = nil
	for _, s := range o.InsecureOriginsAsSecure {
		if r.origins == nil {
			r.origins = make(map[string]struct{})
		}
		r.origins[mustOrigin(s)] = struct{}{}
	}
	return r
}

// limit gives the default for zero and the greatest int for a negative number.
func limit(n, standard int) int {
	const unlimited = int(^uint(0) >> 1)
	switch {
	case n == 0:
		return standard
	case n < 0:
		return unlimited
	}
	return n
}

func mustOrigin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" {
		panic("cookie: New: not an origin: " + s)
	}
	host, _, err := canonicalHost(u.Hostname())
	if err != nil || !isWeb(u.Scheme) {
		panic("cookie: New: not an origin: " + s)
	}
	return origin(u, host)
}

// origin is "scheme://host:port" with the port always there. Hosts of IPv6 need
// no brackets: nothing parses the string.
func origin(u *url.URL, host string) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if isEncrypted(u.Scheme) {
			port = "443"
		}
	}
	return u.Scheme + "://" + host + ":" + port
}

// isWeb tells the schemes that cookies travel on.
func isWeb(scheme string) bool {
	return scheme == "http" || scheme == "ws" || isEncrypted(scheme)
}

func isEncrypted(scheme string) bool { return scheme == "https" || scheme == "wss" }

// secure tells whether u, whose canonical host is host, denotes a "secure"
// connection.
//
// "Typically, user agents consider a connection secure if the connection makes
// use of transport-layer security, such as SSL or TLS [RFC8446], or if the host
// is trusted."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func (o *resolved) secure(u *url.URL, host string, ip bool) bool {
	if isEncrypted(u.Scheme) || o.TrustLocalhost && isLoopback(host, ip) {
		return true
	}
	if len(o.origins) == 0 {
		return false
	}
	_, ok := o.origins[origin(u, host)]
	return ok
}

func isLoopback(host string, ip bool) bool {
	if !ip {
		return host == "localhost" || strings.HasSuffix(host, ".localhost")
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
