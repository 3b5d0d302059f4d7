package aiohttp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// Error says where on its way an exchange failed, with which peer, and whether
// it can be sent again. It is the cause inside every error of a session; get at
// it by errors.As.
type Error = connector.Error

// ErrClosed is the cause when a request meets a session, or a connector, that
// was closed.
var ErrClosed = connector.ErrClosed

// errSessionClosed is ErrClosed in the words of a session.
var errSessionClosed error = sessionClosed{}

type sessionClosed struct{}

func (sessionClosed) Error() string { return "session is closed" }
func (sessionClosed) Unwrap() error { return ErrClosed }

// ErrBodyTooLarge is the cause when a body is larger than Options.MaxBodyBytes
// and was to be held in memory.
var ErrBodyTooLarge = errors.New("body too large to be held in memory")

// What is wrong with where a request leads. Nothing was sent there.
var (
	// ErrInvalidURL is the cause when a URL cannot be asked: it is malformed, has
	// no host, a port that is none, or an address in an odd spelling.
	ErrInvalidURL = errors.New("invalid URL")

	// ErrUnsupportedScheme is the cause when the scheme of a URL is neither http
	// nor https.
	ErrUnsupportedScheme = errors.New("unsupported scheme")

	// ErrBadRedirect is a cause when a redirect leads to such a URL, beside the
	// one of the two above that it is, or to two places at once. The caller's own
	// URL was in order.
	ErrBadRedirect = errors.New("redirect that leads nowhere")
)

// ErrContentType is a cause, beside that of encoding/json, when a body is not the
// JSON that was asked for and the Content-Type did not say that it is.
var ErrContentType = errors.New("Content-Type is not of JSON")

// kindError is an error that errors.Is finds to be of a kind; its text stays as it is.
type kindError struct {
	error
	kind error
}

func (e kindError) Is(target error) bool { return target == e.kind }
func (e kindError) Unwrap() error        { return e.error }

// ErrBomb is the cause when a compressed body was given up because of what it
// decodes to: more than Options.MaxDecodedBytes, or out of all proportion to what
// was sent. However it is read, memory was bounded until then.
var ErrBomb = coding.ErrBomb

// SafeToRetry reports whether err comes from a request that may be sent again
// without the risk of doing its work twice.
func SafeToRetry(err error) bool { return connector.SafeToRetry(err) }

// StatusError is a response with a status of 400 and above, as an error.
type StatusError struct {
	Status int         // the status code
	Reason string      // the reason phrase, which may be empty
	Method string      // of the request
	URL    string      // of the response, its password and keys masked
	Header http.Header // of the response
	Body   []byte      // the first KiB of the body
}

// Error gives "get url: status 404 Not Found".
func (e *StatusError) Error() string { return outcome(e.Method, e.URL, e.Status, e.Reason) }

// outcome says in one line what a request has come to.
func outcome(method, url string, status int, reason string) string {
	if reason == "" {
		reason = http.StatusText(status)
	}
	text := fmt.Sprintf("%s %q: status %d", operation(method), url, status)
	if reason != "" {
		text += " " + printable(reason)
	}
	return text
}

// printable quotes what a server wrote, where it could steer a terminal.
func printable(text string) string {
	if quoted := strconv.QuoteToGraphic(text); len(quoted) != len(text)+2 {
		return quoted
	}
	return text
}

// wrap puts method and URL around an error, without the URL's secrets.
func wrap(method, address string, err error) error {
	return &url.Error{Op: operation(method), URL: secret.Text(address), Err: err}
}

// operation gives a method as it stands in an error's text: "get".
func operation(method string) string {
	if !http1.ValidToken(method) {
		return "send"
	}
	return strings.ToLower(method)
}

// MaskURL writes a URL for a log: without its password, and without the values of
// parameters that are known to bear credentials (keys, tokens, signatures), which
// become "xxxxx". The URLs in errors of a session are written so.
func MaskURL(text string) string { return secret.Text(text) }
