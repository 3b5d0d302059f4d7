package cookie

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// target is a request as cookies see it.
type target struct {
	host   string
	ip     bool
	path   string
	secure bool
}

// target reads u. It does not allocate for a lower-case ASCII host and a path
// without characters to escape.
func (j *Jar) target(u *url.URL) (target, error) {
	if u == nil || !isWeb(u.Scheme) {
		return target{}, errScheme
	}
	host, ip, err := canonicalHost(u.Hostname())
	if err != nil {
		return target{}, err
	}
	if ip && j.opts.RejectIP {
		return target{}, errIPHost
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return target{host: host, ip: ip, path: path, secure: j.opts.secure(u, host, ip)}, nil
}

// receive applies the storage model as far as it does not depend on other cookies,
// and says whether the cookie is a removal: one that has expired already.
//
// "When the user agent "receives a cookie" from a request-uri ... the user agent
// MUST process the cookie as follows".
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (j *Jar) receive(t target, r *received, from *Initiator, u *url.URL, now time.Time) (c Cookie, removal bool, err error) {
	domain, hostOnly, err := j.scope(t, r.domain)
	if err != nil {
		return Cookie{}, false, err
	}
	// "If the request-uri does not denote a "secure" connection ... and the
	// cookie's secure-only-flag is true, then abort these steps".
	// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
	if r.secure && !t.secure {
		return Cookie{}, false, errSecureOverHTTP
	}
	if r.sameSite != http.SameSiteNoneMode && !from.mayStore(u, j.opts.PublicSuffixes) {
		return Cookie{}, false, errCrossSite
	}
	path := r.path
	if path == "" {
		path = defaultPath(t.path)
	}
	end, persistent := r.expiry(now)
	// Cloned: these strings are parts of a whole response head, which must not
	// live as long as the jar.
	c = Cookie{
		Name: strings.Clone(r.name), Value: strings.Clone(r.value),
		Domain: strings.Clone(domain), HostOnly: hostOnly, Path: strings.Clone(path),
		Secure: r.secure, HttpOnly: r.httpOnly, Partitioned: r.partitioned, SameSite: r.sameSite,
		Expires: end, Created: now, LastAccess: now,
	}
	return c, persistent && !end.After(now), c.checkFlags(r.pathGiven)
}

// scope gives the domain and the host-only flag, steps 7 to 10.
//
// "If the domain-attribute contains a character that is not in CHAR, abort this
// algorithm". "If the domain-attribute is identical to the request-host-canonical:
// Let the domain-attribute be the empty string. Otherwise: Abort this algorithm".
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (j *Jar) scope(t target, attribute string) (domain string, hostOnly bool, err error) {
	switch {
	case attribute == "":
		return t.host, true, nil
	case !isASCII(attribute):
		return "", false, errDomainOctet
	case !domainMatch(t.host, attribute, t.ip):
		return "", false, errForeignDomain
	case t.ip:
		// Nothing is below an address, so browsers keep the cookie host-only.
		return t.host, true, nil
	case !isPublicSuffix(j.opts.PublicSuffixes, attribute):
		return attribute, false, nil
	case attribute == t.host:
		return t.host, true, nil
	}
	return "", false, errSuffix
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
