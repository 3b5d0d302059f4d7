// Package aiohttp is an asynchronous HTTP client: a Session that sends requests
// and keeps cookies, connections and defaults.
//
//	session := aiohttp.NewSession()
//	defer session.Close()
//
//	resp, err := session.Get(ctx, "https://peps.python.org/pep-8010/")
//	if err != nil {
//		return err
//	}
//	text, err := resp.Text()
//
// Make one session for all of a program's requests: it is safe for concurrent
// use, and its connections are used again. Nothing needs to be set: every phase
// has a time-out, certificates are verified, bodies are decompressed within
// limits, redirects are followed and cookies kept.
//
// # At once
//
// A call blocks its goroutine and no other. Package aio starts calls and awaits
// them, in asyncio's words:
//
//	task := aio.Go(ctx, func(ctx context.Context) (string, error) { ... })
//	text, err := task.Await(ctx)
//
// aio.Gather runs several at once, aio.Map any number with a bound, and
// [Session.GetAll] is that for plain GET requests. The context of a call governs
// it up to the end of the body: read the response where it was asked for.
//
// # Requests
//
// The verbs take the URL, and a [Request] for the rest, which is plain
// data: query, header fields, cookies, and one body out of bytes, text, JSON, a
// form, a file, a reader or, by [BodyFrom], an iterator. Compress sends it under a
// coding, Trailer puts fields behind it. What the session's [Options] say holds for
// every request, unless the request says otherwise; an empty list of values removes
// a field.
//
// URLs are sent octet for octet where RFC 3986 allows it, so that a signature
// over one stays valid. The host that is dialled is always that of package
// net/url, so a check made there holds here.
//
// # Responses
//
// A [Response] is given when its head was read; the body is still on its way. It
// holds a connection until the body was read to its end or closed, and every
// helper does that by itself: Bytes, Text, JSON and the generic [JSON] read all
// of it, Save writes it to a file that appears only when it is whole, Lines and
// Chunks are loops over it, and package sse reads event streams. Who takes none of
// them calls Close.
//
// A list that an API gives in pages is a loop too: [Pages] follows Link fields,
// cursors, numbers and offsets, [Items] gives the entries.
//
// gzip, deflate, br and zstd are undone. A body that decompresses out of all
// proportion is an error, and what is held in memory is bounded by
// Options.MaxBodyBytes.
//
// # Errors
//
// An error is one line that says what was asked for, on which part of the way it
// failed, with whom, and why; passwords and keys in URLs are masked:
//
//	get "https://a.example/": connect a.example:443: dial tcp 192.0.2.7:443: connect: connection refused
//
// It is a [*url.Error] around an [*Error], with the phase, the peer and whether
// the request can have arrived, around the cause: errors.Is and errors.As find
// context.Canceled, a *trust.CertificateError with its remedy, a *net.OpError. So
// are the errors of Bytes, Text, JSON, Save, Lines and Chunks; those of Read and
// WriteTo are the [*Error] alone.
// [SafeToRetry] tells whether to try again. A status of 400 and above is no
// error, until RaiseForStatus makes a [*StatusError] of it.
//
// # Time-outs
//
// Each phase has its own, see [connector.Timeouts]: waiting for a connection,
// resolving, connecting, the handshake, the answer's head; and sending and
// reading a body are bounded by how long they stall, so that a download that
// moves is never cut. The whole has no limit but the context's, and Timeouts.Total
// where it is set.
//
// # TLS
//
// Package trust makes the policy of whom to believe: own authorities, client
// certificates, pins; for a session in Options.TLS or for one request in
// Request.TLS. Without one it is TLS 1.2 and up and the system's authorities, or
// where it has none those of Mozilla.
//
// # Redirects and cookies
//
// Redirects follow RFC 9110 and the Fetch standard: a POST becomes a GET with
// 301, 302 and 303, and is repeated with 307 and 308. Credentials never cross an
// origin (scheme, host and port), and once they were dropped a redirect back does
// not restore them. User and password in a Location count within the origin that
// gives them, and are ignored for another. [Response.History] tells the way.
//
// The jar follows RFC 6265bis with the public suffix list; see package cookie
// for keeping it in a file. Cookies of 1xx responses are ignored.
//
// # With net/http
//
// [Session.HTTPClient] gives an *http.Client for libraries that ask for one,
// [Response.HTTP] an *http.Response, and the connector is an http.RoundTripper.
//
// # Limitations
//
//   - HTTP/1.1 only.
//   - Retries are up to the caller, but for one when a kept connection turns out
//     to be dead; packages middleware and fetch have more.
//   - Time-outs run anew for each redirect, but for Timeouts.Total.
//   - A response that is neither read nor closed keeps its connection.
package aiohttp
