package aiohttp

import (
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Options configure a [Session]. The zero value is the default for every
// field. A session copies the struct and its maps; changing them later has no
// effect.
type Options struct {
	// BaseURL is what relative URLs are resolved against, e.g.
	// "https://api.example.com/v1/", as RFC 3986 says: its path should end in
	// "/", and "/users" replaces that path. Empty means that every URL must be
	// absolute.
	//
	// A session with a BaseURL belongs to that origin: requests to others do not
	// get the credentials in Header, nor Query.
	BaseURL string

	// Header holds fields sent with every request. A field of the same name in
	// Request.Header replaces it. User-Agent, Accept and Accept-Encoding have
	// defaults; a name with an empty list removes it.
	//
	// Credentials among them (Authorization, Cookie, X-Api-Key and the like) go
	// to whatever URL the program names, unless BaseURL is set, but not where a
	// redirect leads to another origin.
	Header http.Header

	// Query is added to the query of every request, behind the URL's own and
	// before Request.Query; but not to the URLs that redirects name.
	Query url.Values

	// Jar keeps cookies between requests. Nil means a jar of the session's own,
	// a [cookie.Jar], which applies the public suffix list. It must be safe for
	// concurrent use.
	Jar http.CookieJar

	// DisableCookies turns the jar off. Cookies of a Request and of Header are
	// sent all the same.
	DisableCookies bool

	// MaxRedirects bounds how many redirects one call follows. Zero means 10,
	// as in aiohttp; negative means that redirects are not followed.
	MaxRedirects int

	// MaxBodyBytes bounds what Bytes, Text and JSON hold in memory of one
	// body, after decompression. Zero means 64 MiB, far above pages and answers
	// of APIs; negative means no limit. Streams (Read, Lines, Chunks, Save) are
	// not bounded by it.
	MaxBodyBytes int64

	// MaxDecodedBytes bounds the decompressed size of any compressed body,
	// streams included. Zero and negative mean no limit; a ratio of 500 against
	// decompression bombs always applies, from 1 MiB on. What is above either ends
	// in [ErrBomb].
	MaxDecodedBytes int64

	// RaiseForStatus makes every call return a [*StatusError] for a response
	// with a status of 400 and above.
	RaiseForStatus bool

	// Middleware is what every exchange of the session goes through, the first
	// outermost: see [Middleware]. It does not see what goes through HTTPClient.
	Middleware []Middleware

	// Trace is told what happens to each request: see package tracing. It does not
	// see what goes through HTTPClient.
	Trace []*tracing.Trace

	// Timings measures where the time of each request goes, for
	// [Response.Timings]. It costs an allocation and some readings of the clock.
	Timings bool

	// Timeouts bound the phases of each request. A field that is zero means
	// that of the Connector, which for the session's own is the default
	// documented at [connector.Timeouts].
	Timeouts connector.Timeouts

	// TLS decides which servers to believe. Nil means the policy of the
	// Connector, which for the session's own is the default of package trust.
	TLS *trust.Policy

	// Proxy is what every request goes through: the URL of a proxy
	// ("http://user:password@proxy:3128", or with https, socks5 or socks5h, by
	// which the proxy resolves names), "environment" for what HTTP_PROXY,
	// HTTPS_PROXY, ALL_PROXY and NO_PROXY say when the session is made, or
	// "direct" for none. Empty means the choice of the Connector, which for the
	// session's own is none: the environment is not heeded unless asked for.
	// Redirects choose anew. See [connector.Proxy]; choices of other kinds, TLS
	// settings and header fields for proxies are options of a Connector.
	Proxy string

	// ProxyAuth says by which schemes user and password in the URL of an HTTP proxy
	// are proved to it: by default by Basic at once, and by Digest where the proxy
	// asks for it. It is about the session's own connector; one that is given has its
	// own, and every request is an error where both say something.
	ProxyAuth connector.ProxyAuth

	// Connector opens and pools the connections. Nil means a connector of the
	// session's own, which Close closes; a given one is left open.
	Connector *connector.Connector
}
