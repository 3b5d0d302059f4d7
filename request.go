package aiohttp

import (
	"io"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/tracing"
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

	// Query is added behind the URL's own query and Options.Query. The URL's own
	// is sent octet for octet, so that signed URLs stay valid.
	Query url.Values

	// Header replaces same-named fields of Options.Header, whatever the case of
	// the names; one with an empty list removes the session's field. A name in two
	// spellings is an error. Host may be set; the fields that say how the body is
	// framed may not.
	//
	// When a redirect leaves the origin, Host and the credentials (Authorization,
	// Cookie, X-Api-Key and the like) are dropped, and not restored by a redirect
	// back.
	Header http.Header

	// Cookies are sent with this request only, in the place of the jar's of the
	// same names. They are not stored, and are dropped when a redirect leaves the
	// origin.
	Cookies []*http.Cookie

	// At most one of the following gives the body; two are an error. A
	// Content-Type of Header, or else of Options.Header, replaces the one that is
	// named here.

	// Bytes is sent as it is, with Content-Type "application/octet-stream". It
	// must not be changed before the response was read or closed.
	Bytes []byte
	// Text is sent as UTF-8 with Content-Type "text/plain; charset=utf-8".
	Text string
	// JSON is encoded by encoding/json, with Content-Type "application/json".
	JSON any
	// Form is sent URL-encoded ("application/x-www-form-urlencoded").
	Form url.Values
	// Multipart is sent as multipart/form-data, or URL-encoded when it has no
	// files and does not ask for parts. Files are read as they are sent, one at
	// a time, and never held in memory.
	Multipart *form.Form
	// File is the path of a file that is sent as the body; its Content-Type is
	// taken from its name. It is opened anew where it has to be sent again.
	File string
	// Body is read to its end, with Content-Type "application/octet-stream". It
	// is sent with Content-Length when it is a *bytes.Reader, *strings.Reader,
	// *bytes.Buffer or *os.File, or when ContentLength is set, else in chunks.
	// Where it implements io.Seeker it can be sent again after a redirect or a
	// retry, from where it stood at first. Where it implements io.Closer it is
	// closed, whatever becomes of the call. It may be read until the response was
	// read or closed, since a server may answer before it has the whole body.
	Body io.Reader
	// ContentLength is the length of Body in bytes. Zero means that it is not
	// known, or told by Body's type; negative is an error.
	ContentLength int64

	// Compress is the coding in which the body is sent: "gzip", "deflate", "br" or
	// "zstd". Empty means none. Content-Encoding is set; having it in Header too
	// is an error. A body above 1 MiB, or of unknown length, is compressed as it is
	// sent, in chunks and without its ContentLength, and it can be sent again where
	// the plain one can. Few servers undo it: ask theirs before.
	Compress string

	// Trailer is sent behind the body, which is sent in chunks then; without a
	// body it is an error. Its names are announced before the body; the values of
	// those names may be set until Body has given its end, by Body itself. Fields
	// that belong in the head, credentials among them, are an error.
	Trailer http.Header

	// OnUpload, when set, is told how much of the body was read to be sent, in
	// bytes as they are sent, and of how many, -1 when that is not known. Where
	// the body is sent again it begins anew. It is called by another goroutine,
	// for each piece, and holds up the sending.
	OnUpload func(sent, total int64)

	// OnDownload, when set, is told how much of the final response's body was
	// read, decompressed, and of how many bytes: Response.ContentLength. It is
	// called for each piece, by who reads the body in whatever way.
	OnDownload func(received, total int64)

	// Expect100 sends "Expect: 100-continue" and waits for the server's leave,
	// at most for one second, before the body is sent. It does nothing without
	// a body.
	Expect100 bool

	// Timeouts overrides the session's time-outs, field by field. They run anew
	// for each redirect, but for Total, which bounds them all together.
	Timeouts connector.Timeouts

	// TLS overrides the session's TLS settings for this request and all of its
	// redirects. A connection opened under one policy is never used under
	// another. Make a policy once and keep it.
	TLS *trust.Policy

	// Proxy overrides Options.Proxy for this request and all of its redirects;
	// "direct" means none.
	Proxy string

	// MaxRedirects overrides Options.MaxRedirects: zero means the session's
	// value, negative means that redirects are not followed.
	MaxRedirects int

	// DisableDecompression delivers the body as it was sent, with its
	// Content-Encoding.
	DisableDecompression bool

	// Middleware, when it is not nil, takes the place of Options.Middleware; an
	// empty list means that there is none.
	Middleware []Middleware

	// Timings, when set, is filled in with where the time went; after redirects
	// it describes the last exchange. It must not be read before the call
	// returned, nor its Receive before the body was read or closed.
	Timings *connector.Timings

	// Trace is told what happens, after Options.Trace: see package tracing.
	Trace []*tracing.Trace
	// TraceValue is what each trace, the session's too, finds in its Call's
	// RequestValue: aiohttp's trace_request_ctx.
	TraceValue any

	via     *via // what a request under way carries through middleware
	exact   bool // URL is a server's: the session's queries are not added to it
	foreign bool // URL is of an origin that the credentials do not belong to
}
