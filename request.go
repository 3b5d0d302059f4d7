package aiohttp

import (
	"io"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Request describes one request as plain data. The verbs of a [Session] take
// it as their last argument for all that goes beyond method and URL:
//
//	resp, err := session.Post(ctx, url, aiohttp.Request{JSON: post})
//
// and [Session.Do] takes it whole. The zero value of each field means that the
// session's default applies. A Request is not changed by sending it and may be
// sent many times, if its Body allows that.
type Request struct {
	// Method is the HTTP method, "GET" when empty. The verbs set it.
	Method string

	// URL is absolute, or relative to Options.BaseURL. The verbs set it.
	URL string

	// Query is added to the URL's own query and to Options.Query.
	Query url.Values

	// Header replaces same-named fields of Options.Header; a name with an empty
	// list removes the session's field.
	Header http.Header

	// Cookies are sent with this request only, are not stored, and are dropped
	// when a redirect leaves the origin.
	Cookies []*http.Cookie

	// At most one of the following gives the body; two are an error.

	// Bytes is sent as it is.
	Bytes []byte
	// Text is sent as UTF-8 with Content-Type "text/plain; charset=utf-8".
	Text string
	// JSON is encoded by encoding/json, with Content-Type "application/json".
	JSON any
	// Form is sent URL-encoded ("application/x-www-form-urlencoded").
	Form url.Values
	// File is the path of a file that is sent as the body; its Content-Type is
	// taken from its name.
	File string
	// Body is read to its end. It is sent with Content-Length when it is a
	// *bytes.Reader, *strings.Reader, *bytes.Buffer or *os.File, or when
	// ContentLength is set, else in chunks. Where it implements io.Seeker it
	// can be sent again after a redirect or a retry. Where it implements
	// io.Closer it is closed.
	Body io.Reader
	// ContentLength is the length of Body in bytes when it is known and greater
	// than zero.
	ContentLength int64

	// Expect100 sends "Expect: 100-continue" and waits for the server's leave,
	// at most for one second, before the body is sent.
	Expect100 bool

	// Timeouts overrides the session's time-outs, field by field.
	Timeouts connector.Timeouts

	// TLS overrides the session's TLS settings for this request. A connection
	// opened under one policy is never used under another.
	TLS *trust.Policy

	// MaxRedirects overrides Options.MaxRedirects: zero means the session's
	// value, negative means that redirects are not followed.
	MaxRedirects int

	// DisableDecompression delivers the body as it was sent, with its
	// Content-Encoding.
	DisableDecompression bool

	// Timings, when set, is filled in with where the time went; after redirects
	// it describes the last exchange. It must not be read before the call
	// returned, nor its Receive before the body was read or closed.
	Timings *connector.Timings
}
