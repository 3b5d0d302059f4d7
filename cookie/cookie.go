package cookie

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Cookie is a stored cookie with all that is known of it. It is plain data:
// changing one that a [Jar] gave changes nothing in the jar.
type Cookie struct {
	// Name may be empty: then the Cookie field holds the value alone.
	Name string
	// Value is as the server wrote it, with quotes if it had any. Octets above
	// 0x7F are kept as they came.
	Value string

	// Domain is a canonical host: lower case, A-labels, no leading dot, or an IP
	// address.
	Domain string
	// HostOnly says that the cookie goes to Domain only and not to hosts below it.
	HostOnly bool
	// Path begins with "/".
	Path string

	// Secure says that the cookie only goes over secure connections.
	Secure bool
	// HttpOnly, spelled as in net/http, hides the cookie from scripts of a page.
	HttpOnly bool
	// Partitioned is stored only; see the package's limitations.
	Partitioned bool
	// SameSite is the attribute; zero or http.SameSiteDefaultMode if there was none.
	SameSite http.SameSite

	// Expires is when the cookie ends; zero for a session cookie.
	Expires time.Time
	// Created is when a cookie of this identity was first set. A later one of the
	// same name, domain, host-only flag and path keeps it.
	Created time.Time
	// LastAccess is when the cookie was last set or sent.
	LastAccess time.Time
}

const (
	// "If the sum of the lengths of the name string and the value string is more
	// than 4096 octets, abort this algorithm and ignore the set-cookie-string
	// entirely." "If the attribute-value is longer than 1024 octets, ignore the
	// cookie-av string".
	// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
	maxPairOctets      = 4096
	maxAttributeOctets = 1024

	// "The RECOMMENDED limit is 400 days in the future".
	// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.5
	maxAge = 400 * 24 * time.Hour
)

var (
	errControl        = errors.New("control character")
	errEmpty          = errors.New("neither name nor value")
	errTooLong        = fmt.Errorf("name and value longer than %d octets", maxPairOctets)
	errDelimiter      = errors.New("delimiter in name or value")
	errPath           = errors.New("path does not begin with a slash")
	errIPHost         = errors.New("host is an IP address")
	errScheme         = errors.New("scheme carries no cookies")
	errDomainOctet    = errors.New("domain attribute is not ASCII")
	errForeignDomain  = errors.New("domain attribute does not match the host")
	errSuffix         = errors.New("domain attribute is a public suffix")
	errSecureOverHTTP = errors.New("cookie with Secure over an insecure connection")
	errOverlay        = errors.New("would overlay a Secure cookie")
	errCrossSite      = errors.New("SameSite cookie of a cross-site request")
	errNoneInsecure   = errors.New("SameSite=None without Secure")
	errSecurePrefix   = errors.New("__Secure- without Secure")
	errHostPrefix     = errors.New("__Host- without Secure, with Domain or with another path than /")
	errFakePrefix     = errors.New("nameless value that looks like a prefixed cookie")
)

// checkPair applies the limits of name and value, already trimmed.
func checkPair(name, value string) error {
	switch {
	case name == "" && value == "":
		return errEmpty
	case hasControl(name) || hasControl(value):
		return errControl
	case len(name)+len(value) > maxPairOctets:
		return errTooLong
	}
	return nil
}

// checkText refuses what Set-Cookie could not have said: a cookie that was put
// together by a program or a file must not turn into two on the wire.
func (c *Cookie) checkText() error {
	switch {
	case strings.ContainsAny(c.Name, "=;") || strings.ContainsRune(c.Value, ';'),
		trimSpace(c.Name) != c.Name || trimSpace(c.Value) != c.Value:
		return errDelimiter
	case c.Path == "" || c.Path[0] != '/':
		return errPath
	case hasControl(c.Path):
		return errControl
	}
	return checkPair(c.Name, c.Value)
}

// checkFlags applies the rules that bind a name to its attributes.
//
// "If the cookie's "same-site-flag" is "None", abort this algorithm and ignore the
// cookie entirely unless the cookie's secure-only-flag is true." Steps 19 to 22:
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
//
// "UAs MUST match cookie name prefixes case-insensitively."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.4
func (c *Cookie) checkFlags(pathGiven bool) error {
	const securePrefix, hostPrefix = "__secure-", "__host-"
	switch {
	case c.SameSite == http.SameSiteNoneMode && !c.Secure:
		return errNoneInsecure
	case hasPrefixFold(c.Name, securePrefix) && !c.Secure:
		return errSecurePrefix
	case hasPrefixFold(c.Name, hostPrefix) && !(c.Secure && c.HostOnly && pathGiven && c.Path == "/"):
		return errHostPrefix
	case c.Name == "" && (hasPrefixFold(c.Value, securePrefix) || hasPrefixFold(c.Value, hostPrefix)):
		return errFakePrefix
	}
	return nil
}

// http gives the cookie in net/http's words. A quoted value is marked as such,
// so that net/http writes the quotes back.
func (c *Cookie) http() *http.Cookie {
	hc := &http.Cookie{
		Name: c.Name, Value: c.Value, Path: c.Path, Expires: c.Expires,
		Secure: c.Secure, HttpOnly: c.HttpOnly, Partitioned: c.Partitioned, SameSite: c.SameSite,
	}
	if !c.HostOnly {
		hc.Domain = c.Domain
	}
	if n := len(c.Value); n > 1 && c.Value[0] == '"' && c.Value[n-1] == '"' {
		hc.Value, hc.Quoted = c.Value[1:n-1], true
	}
	return hc
}
