package aiohttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"

	"github.com/aiohttp-go/aiohttp/connector"
)

// defaultMaxRedirects is how many redirects one call follows by default.
const defaultMaxRedirects = 10

// ErrTooManyRedirects is the cause when a call was redirected more often than
// MaxRedirects allows.
var ErrTooManyRedirects = errors.New("too many redirects")

// redirects reports whether a status sends the client elsewhere.
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
		location := resp.Header("Location")
		if location == "" {
			break
		}
		resp.Close()
		history = append(history, resp)
		if len(history) > most {
			return nil, h.refuse(resp, fmt.Errorf("%w: %d", ErrTooManyRedirects, most))
		}
		if err := h.redirect(resp.Status, location); err != nil {
			return nil, h.refuse(resp, err)
		}
		next, err := j.exchange(ctx)
		if err != nil {
			return nil, err
		}
		resp = next
	}
	resp.history = history
	return resp, nil
}

// refuse makes the error of a redirect that is not followed.
func (h *hop) refuse(resp *Response, err error) error {
	h.body.close()
	return wrap(h.method, resp.URL().String(), &Error{Phase: connector.PhasePrepare, Host: resp.dest.addr, Err: err})
}

// redirect changes the hop to what a redirect asks for.
func (h *hop) redirect(status int, location string) error {
	from := h.dest.parsed()
	to, err := url.Parse(location)
	if err != nil {
		return fmt.Errorf("redirect to an invalid URL %q", location)
	}
	to = from.ResolveReference(to)
	if to.Scheme != "http" && to.Scheme != "https" {
		return fmt.Errorf("redirect to an unsupported scheme: %q", to.Redacted())
	}
	// RFC 9110, section 10.2.2: "If the Location value provided in a 3xx
	// (Redirection) response does not have a fragment component, a user agent
	// MUST process the redirection as if the value inherits the fragment
	// component of the URI reference used to generate the target URI".
	// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2-6
	if to.Fragment == "" {
		to.Fragment, to.RawFragment = from.Fragment, from.RawFragment
	}
	to.User = nil // credentials are the caller's to give, not a server's
	dest, err := destinationOf(to)
	if err != nil {
		return fmt.Errorf("redirect to %q: %w", location, err)
	}
	if dest.addr != h.origin.addr || dest.tls != h.origin.tls {
		h.leaveOrigin()
	}
	h.dest = dest
	if err := h.changeMethod(status); err != nil {
		return err
	}
	return nil
}

// leaveOrigin drops the credentials, for good: a redirect back does not bring
// them back.
//
// RFC 9110, section 15.4: "remove header fields that were automatically added
// or set by the user agent for the original request that are specific to the
// request itself ... including ... Authorization and Cookie". The Fetch
// standard: "If ... request's current URL's origin is not same origin with
// locationURL's origin, then for each headerName of CORS non-wildcard
// request-header name, delete headerName".
// https://www.rfc-editor.org/rfc/rfc9110#section-15.4-6.1
func (h *hop) leaveOrigin() {
	h.foreign = true
	h.dropHeader(personal)
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
		h.body = body{}
		h.dropHeader(describesBody)
		return nil
	}
	return h.body.rewind()
}

// describesBody reports whether a field is about a request's body.
func describesBody(canonical string) bool {
	switch canonical {
	case "Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Content-Disposition", "Content-Range", "Digest", "Content-Digest", "Repr-Digest":
		return true
	}
	return false
}

// dropHeader takes the fields of a kind out of a copy of the header.
func (h *hop) dropHeader(kind func(canonical string) bool) {
	kept := make(http.Header, len(h.header))
	for name, values := range h.header {
		if !kind(textproto.CanonicalMIMEHeaderKey(name)) {
			kept[name] = values
		}
	}
	h.header = kept
}
