package sse

import (
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// ResponseError is an answer that is no event stream: its status is not 200, or
// its media type not text/event-stream.
type ResponseError struct {
	Status int

	// MediaType is that of the answer, "" where it has none that can be one.
	MediaType string

	// URL is that of the answer, its password and keys masked.
	URL string

	// Cause is the answer as an error, with its header and the first KiB of its
	// body, where its status is 400 or above.
	Cause *aiohttp.StatusError
}

// Error gives "event stream "url": status 200 with media type "text/html"".
func (e *ResponseError) Error() string {
	if e.Status != 200 {
		return fmt.Sprintf("event stream %q: status %d", e.URL, e.Status)
	}
	return fmt.Sprintf("event stream %q: media type %q", e.URL, e.MediaType)
}

// Unwrap gives Cause, where there is one.
func (e *ResponseError) Unwrap() error {
	if e.Cause == nil {
		return nil
	}
	return e.Cause
}

// errBody refuses what cannot be sent again.
var errBody = errors.New("event stream with a Request.Body, which cannot be sent again")

// passing reports whether an error may be gone with the next attempt.
//
// "reestablish the connection, unless the user agent knows that to be futile, in
// which case the user agent may fail the connection."
// https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
func passing(err error) bool {
	var certificate *trust.CertificateError
	if errors.Is(err, aiohttp.ErrClosed) || errors.As(err, &certificate) {
		return false
	}
	var ours *aiohttp.Error
	if errors.As(err, &ours) {
		return ours.Phase != connector.PhasePrepare
	}
	var outer *url.Error // is a net.Error whatever it holds
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var network net.Error // of a middleware's own
	return errors.As(err, &network)
}
