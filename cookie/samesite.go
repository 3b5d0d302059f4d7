package cookie

import (
	"net/http"
	"net/url"
)

// Initiator says what caused a request, so that SameSite can be enforced. The zero
// value is the program itself, which is always same-site.
type Initiator struct {
	// URL is the page that the request comes from; nil for the program itself.
	URL *url.URL
	// Method is the request's method; empty means GET.
	Method string
	// Navigation says that the request replaces the page, as a click on a link
	// does, rather than fetching something for it.
	Navigation bool
}

// View is a [Jar] as one [Initiator] may use it. It is safe for concurrent use.
type View struct {
	jar  *Jar
	from Initiator
}

// From gives the jar with SameSite enforced for requests that i causes.
func (j *Jar) From(i Initiator) View { return View{jar: j, from: i} }

// Header is as [Jar.Header].
func (v View) Header(u *url.URL) string { return string(v.AppendHeader(nil, u)) }

// AppendHeader is as [Jar.AppendHeader].
func (v View) AppendHeader(dst []byte, u *url.URL) []byte {
	return v.jar.appendHeader(dst, u, &v.from)
}

// SetHeader is as [Jar.SetHeader].
func (v View) SetHeader(u *url.URL, h http.Header) {
	v.jar.setStrings(u, h["Set-Cookie"], &v.from)
}

// sameSite compares sites with their schemes.
//
// "The request's current url's origin is same-site with the request's client's
// "site for cookies" (which is an origin), or if the request has no client or the
// request's client is null."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2
func (i *Initiator) sameSite(u *url.URL, list SuffixList) bool {
	if i == nil || i.URL == nil {
		return true
	}
	a, aIP, errA := canonicalHost(i.URL.Hostname())
	b, bIP, errB := canonicalHost(u.Hostname())
	return errA == nil && errB == nil &&
		isEncrypted(i.URL.Scheme) == isEncrypted(u.Scheme) && isWeb(i.URL.Scheme) &&
		registrable(list, a, aIP) == registrable(list, b, bIP)
}

// mayStore decides on a cookie whose same-site-flag is not "None".
//
// "Top-level navigations can create a cookie with any SameSite value".
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (i *Initiator) mayStore(u *url.URL, list SuffixList) bool {
	return i == nil || i.Navigation || i.sameSite(u, list)
}

// access is which cookies a request may carry by their same-site-flag.
type access int

const (
	accessAll  access = iota // same-site
	accessLax                // cross-site, safe navigation: not Strict
	accessNone               // cross-site: None only
)

// "If the cookie's same-site-flag is not "None" and the retrieval's same-site
// status is "cross-site", then exclude the cookie unless ... The same-site-flag is
// "Lax" or "Default" [and the request] uses a "safe" method [and] the target ... is
// the active browsing context or a top-level traversable."
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func (i *Initiator) access(u *url.URL, list SuffixList) access {
	switch {
	case i.sameSite(u, list):
		return accessAll
	case i.Navigation && isSafe(i.Method):
		return accessLax
	}
	return accessNone
}

func (a access) admits(s http.SameSite) bool {
	switch a {
	case accessAll:
		return true
	case accessLax:
		return s != http.SameSiteStrictMode
	}
	return s == http.SameSiteNoneMode
}

// "the GET, HEAD, OPTIONS, and TRACE methods are defined to be safe."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1-3
func isSafe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
