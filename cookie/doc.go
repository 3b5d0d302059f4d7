// Package cookie parses, matches, stores and persists cookies as a browser does.
//
// A [Jar] follows RFC 6265bis, "Cookies: HTTP State Management Mechanism"
// (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis), with
// the public suffix list compiled in:
//
//	jar := cookie.New()
//	jar.SetHeader(u, resp.Header)       // Set-Cookie, octet for octet
//	req.Header.Set("Cookie", jar.Header(u))
//
// A Jar is a [net/http.CookieJar] too, so that it fits a net/http.Client. That
// way leads through net/http's own cookie parser, which drops or alters some
// cookies; SetHeader and Header do not.
//
// # Listing, clearing, keeping
//
// [Jar.All] lists every cookie with all of its attributes, [Jar.Clear] and
// [Jar.ClearDomain] remove some, [Jar.Save] and [Jar.Load] keep them in a file:
// JSON, which loses nothing, or cookies.txt as curl, wget and browser
// extensions read and write it.
//
// # IP addresses
//
// A host that is an IP address may set cookies, for exactly that address, as
// in browsers and by the RFC. aiohttp for Python refuses them unless its jar is
// "unsafe"; [Options.RejectIP] gives that behaviour.
//
// # SameSite
//
// A program's own requests are same-site by definition: nothing made them but
// the program. SameSite is therefore stored and not enforced, unless a request
// is said to come from a page, with [Jar.From].
//
// # Limitations
//
// Partitioned is stored, listed and saved, but there is one partition only.
// The "Lax-allowing-unsafe" grace period is not implemented. The jar has no
// "non-HTTP" interface, so HttpOnly is stored and never hides a cookie.
// Whether Set-Cookie of a 1xx response counts is for the caller to decide. A
// cookies.txt file cannot hold SameSite, Partitioned and times finer than a
// second.
package cookie
