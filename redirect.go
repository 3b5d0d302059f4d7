package aiohttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// defaultMaxRedirects is how many redirects one call follows by default: as
// many as aiohttp and net/http.
const defaultMaxRedirects = 10

// ErrTooManyRedirects is the cause when a call was redirected more often than
// MaxRedirects allows.
var ErrTooManyRedirects = errors.New("too many redirects")

// redirects reports whether a status sends the client elsewhere.
//
// The Fetch standard: "A redirect status is a status that is 301, 302, 303,
// 307, or 308."
// https://fetch.spec.whatwg.org/#redirect-status
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow goes on from a redirect to the final response.
func (s *Session) follow(ctx context.Context, j *job, resp *Response) (*Response, error) {
	h := &j.hop
	most := h.req.MaxRedirects
	if most == 0 {
		most = s.opts.MaxRedirects
	}
	if most == 0 {
		most = defaultMaxRedirects
	}
	if most < 0 {
		return resp, nil
	}
	var history []*Response
	for redirects(resp.Status) {
		locations := fieldValues(resp.reply.Fields(), "location")
		if len(locations) == 0 {
			break
		}
		resp.Close()
		if len(history) == most {
			return nil, h.refuse(fmt.Errorf("%w: more than %d", ErrTooManyRedirects, most))
		}
		history = append(history, resp)
		if err := h.redirect(resp.Status, locations); err != nil {
			return nil, h.refuse(err)
		}
		if resp.probe != nil && resp.probe.timings != nil {
			resp.probe.keep()
		}
		if j.tracer != nil {
			j.redirected(resp)
		}
		next, err := j.sendHop(ctx)
		if err != nil {
			return nil, wrap(h.method, h.address(), err)
		}
		resp = next
	}
	resp.extend().history = history
	return resp, nil
}

// refuse makes the error of a redirect that is not followed. It names the URL
// that redirects.
func (h *hop) refuse(err error) error {
	return wrap(h.method, h.address(), &Error{Phase: connector.PhasePrepare, Err: err})
}

// redirect changes the hop to what a redirect asks for.
func (h *hop) redirect(status int, locations []string) error {
	location := locations[0]
	for _, other := range locations[1:] {
		if other != location {
			return kindError{errors.New("redirect to two places at once"), ErrBadRedirect}
		}
	}
	to, err := h.locate(location)
	if err != nil {
		return kindError{err, ErrBadRedirect}
	}
	dest, err := destinationOf(to)
	if err != nil {
		return kindError{fmt.Errorf("redirect to %q: %w", secret.URL(to), err), ErrBadRedirect}
	}
	to.User = h.userOf(to, dest)
	if err := h.changeMethod(status); err != nil {
		return err
	}
	if !dest.same(h.origin) {
		// RFC 9110, section 10.1.3: "A user agent MUST NOT send a Referer header field
		// in an unsecured HTTP request if the referring resource was accessed with a
		// secure protocol."
		// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.3-9
		downgraded := h.dest.tls && !dest.tls
		h.dropHeader(func(name string) bool {
			return name == "Host" || secret.Field(name) || downgraded && name == "Referer"
		})
	}
	h.aim(dest)
	return nil
}

// userOf gives the credentials in the URL that a redirect leads to. Within an origin
// those in a Location are the server's own word on who asks it, and count more than
// the caller's; where there are none the caller's stay. A server gives none for
// another origin, as in curl: who follows a link with somebody's name and password
// does what its author wants, at a place that the author may not reach.
//
// Not as RFC 9110 section 4.2.4 says, "a recipient SHOULD parse for userinfo and
// treat its presence as an error": there is nobody here whom it could deceive about
// where the URL leads, and servers that were asked by such a URL repeat it.
// https://www.rfc-editor.org/rfc/rfc9110#section-4.2.4-2
func (h *hop) userOf(to *url.URL, dest destination) *url.Userinfo {
	switch {
	case !dest.same(h.dest.origin):
		return nil
	case to.User == nil || to.User.String() == "":
		return h.dest.parsed().User
	}
	return to.User
}

// locate resolves a Location against the hop's own URL.
func (h *hop) locate(location string) (*url.URL, error) {
	from := h.dest.parsed()
	ref, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("redirect to an %w %q", ErrInvalidURL, secret.Text(location))
	}
	// RFC 9110, section 4.2.1: "A sender MUST NOT generate an "http" URI with an empty
	// host identifier. A recipient that processes such a URI reference MUST reject it
	// as invalid." Package net/url takes what follows two slashes and a third for a
	// path of this origin.
	// https://www.rfc-editor.org/rfc/rfc9110#section-4.2.1
	if strings.HasPrefix(location, "//") && ref.Host == "" {
		return nil, fmt.Errorf("redirect to an %w %q: URL without a host", ErrInvalidURL, secret.Text(location))
	}
	to := from.ResolveReference(ref)
	to.RawQuery = queryEscaper.Replace(asciiQuery(to.RawQuery))
	if to.Scheme != "http" && to.Scheme != "https" {
		return nil, fmt.Errorf("redirect to an %w: %q", ErrUnsupportedScheme, secret.URL(to))
	}
	// RFC 9110, section 10.2.2: "If the Location value provided in a 3xx
	// (Redirection) response does not have a fragment component, a user agent
	// MUST process the redirection as if the value inherits the fragment
	// component of the URI reference used to generate the target URI".
	// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2-5
	if !strings.Contains(location, "#") {
		to.Fragment, to.RawFragment = from.Fragment, from.RawFragment
	}
	return to, nil
}

// queryEscaper encodes in a query what no request-target may have and servers put
// into their Location nevertheless.
//
// The URL standard: "The query percent-encode set is the C0 control percent-encode
// set and U+0020 SPACE, U+0022 ("), U+0023 (#), U+003C (<), and U+003E (>)."
// https://url.spec.whatwg.org/#query-percent-encode-set
var queryEscaper = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E")

// dropHeader takes the fields of a kind out of a copy of the header. When a
// redirect leaves the origin those are the credentials, for good: a redirect
// back does not bring them back.
//
// RFC 9110, section 15.4: "Consider removing header fields that were not
// automatically generated by the implementation (i.e., those present in the
// request because they were added by the calling context) where there are
// security implications; this includes but is not limited to Authorization and
// Cookie."
// https://www.rfc-editor.org/rfc/rfc9110#section-15.4-6.3
//
// The Fetch standard, step 13 of HTTP-redirect fetch: "If request's current
// URL's origin is not same origin with locationURL's origin, then for each
// headerName of CORS non-wildcard request-header name, delete headerName from
// request's header list."
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (h *hop) dropHeader(kind func(canonical string) bool) {
	if len(h.header) == 0 {
		return
	}
	kept := make(http.Header, len(h.header))
	for name, values := range h.header {
		if !kind(textproto.CanonicalMIMEHeaderKey(name)) {
			kept[name] = values
		}
	}
	h.header = kept
}

// changeMethod applies the Fetch standard, step 12 of HTTP-redirect fetch: a 301
// or 302 after POST, and a 303 after anything but GET and HEAD, become a GET
// without a body. Every other redirect keeps both.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (h *hop) changeMethod(status int) error {
	switch {
	case (status == http.StatusMovedPermanently || status == http.StatusFound) && h.method == http.MethodPost,
		status == http.StatusSeeOther && h.method != http.MethodGet && h.method != http.MethodHead:
		h.method = http.MethodGet
		h.body.release()
		h.body = body{}
		h.dropHeader(describesBody)
		return nil
	}
	return h.body.rewind()
}

// describesBody reports whether a field is about a request's body. The first
// four are the Fetch standard's request-body-header names.
// https://fetch.spec.whatwg.org/#request-body-header-name
//
// RFC 9110, section 15.4: "If the request method has been changed to GET or HEAD,
// remove content-specific header fields, including (but not limited to)
// Content-Encoding, Content-Language, Content-Location, Content-Type,
// Content-Length, Digest, Last-Modified."
// https://www.rfc-editor.org/rfc/rfc9110#section-15.4-6.5.1
func describesBody(canonical string) bool {
	switch canonical {
	case "Content-Encoding", "Content-Language", "Content-Location", "Content-Type",
		"Content-Disposition", "Content-Range", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest", "Last-Modified":
		return true
	}
	return false
}
