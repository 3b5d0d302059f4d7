// Package auth has middleware that gives the requests of an [aiohttp.Session]
// credentials: Basic, Bearer, Digest, those of a netrc file, and tokens that are
// fetched and renewed.
//
//	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
//		auth.Digest("user", "password", auth.DigestOptions{Origins: []string{"https://api.example.com"}}),
//	}})
//
// # Who gets the credentials
//
// The origins (scheme, name and port) that [Options.Origins] names, and nobody
// else. Without that list: the origin of the URL that the program asks for; with
// aiohttp.Options.BaseURL, that origin only; and never another one that a redirect
// leads to, nor the first one again after such a detour. A TRACE request gets
// none.
//
// A request that has an Authorization field, its own or the session's, or
// credentials in its URL, keeps those.
//
// Options may be left out; more than one panics.
//
// Credentials stand in no error and no log of this package. Basic and Bearer put
// them on the wire as they are: use https.
//
// # Limits
//
// Of the proxies' side of it (407) nothing is here: see connector.ProxyAuth. User
// names and passwords are used as they are given: Unicode should be in the form
// NFC. Digest checks the server's answer to a challenge (rspauth) for qop "auth"
// only, and does not look at trailers.
package auth
