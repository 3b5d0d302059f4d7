package aiohttp

import (
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Options configure a [Session]. The zero value is the default for every
// field. A session copies the struct; changing it later has no effect.
type Options struct {
	// BaseURL is what relative URLs are resolved against, e.g.
	// "https://api.example.com/v1/". Its path should end in "/".
	BaseURL string

	// Header holds fields sent with every request. A field of the same name in
	// Request.Header replaces it. User-Agent, Accept and Accept-Encoding have
	// defaults; a name with an empty list removes it.
	Header http.Header

	// Query is added to the query of every request.
	Query url.Values

	// Jar keeps cookies between requests. Nil means a jar of the session's own
	// that applies the public suffix list.
	Jar http.CookieJar

	// DisableCookies turns the keeping and sending of cookies off.
	DisableCookies bool

	// MaxRedirects bounds how many redirects one call follows. Zero means 10;
	// negative means that redirects are not followed.
	MaxRedirects int

	// MaxBodyBytes bounds what Bytes, Text and JSON hold in memory of one
	// body, after decompression. Zero means 64 MiB; negative means no limit.
	// Streams (Read, Lines, Chunks, Save) are not bounded by it.
	MaxBodyBytes int64

	// MaxDecodedBytes bounds the decompressed size of any body, streams
	// included. Zero and negative mean no limit; a ratio limit against
	// decompression bombs always applies.
	MaxDecodedBytes int64

	// RaiseForStatus makes every call return a [*StatusError] for a response
	// with a status of 400 and above.
	RaiseForStatus bool

	// Timeouts bound the phases of each request; see [connector.Timeouts].
	Timeouts connector.Timeouts

	// TLS decides which servers to believe. Nil means the defaults of package
	// trust.
	TLS *trust.Policy

	// Connector opens and pools the connections. Nil means a connector of the
	// session's own, which Close closes; a given one is left open.
	Connector *connector.Connector
}
