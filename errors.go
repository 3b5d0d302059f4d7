package aiohttp

import (
	"fmt"
	"net/http"

	"github.com/aiohttp-go/aiohttp/connector"
)

// Error says where on its way an exchange failed, with which peer, and whether
// it can be sent again. It is the cause inside every error of a session; get at
// it by errors.As.
type Error = connector.Error

// SafeToRetry reports whether err comes from a request that may be sent again
// without the risk of doing its work twice.
func SafeToRetry(err error) bool { return connector.SafeToRetry(err) }

// StatusError is a response with a status of 400 and above, as an error.
type StatusError struct {
	Status int         // the status code
	Reason string      // the reason phrase
	Method string      // of the request
	URL    string      // of the response, without a password
	Header http.Header // of the response
	Body   []byte      // the first KiB of the body
}

// Error gives "GET url: status 404 Not Found".
func (e *StatusError) Error() string {
	reason := e.Reason
	if reason == "" {
		reason = http.StatusText(e.Status)
	}
	return fmt.Sprintf("%s %s: status %d %s", e.Method, e.URL, e.Status, reason)
}
