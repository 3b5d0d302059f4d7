package middleware

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// verdict gives the status that an attempt ended with, 0 if there was none, and
// the Retry-After that came with it.
func verdict(resp *aiohttp.Response, err error) (status int, retryAfter string) {
	if e, ok := errors.AsType[*aiohttp.StatusError](err); ok {
		return e.Status, e.Header.Get("Retry-After")
	}
	if err != nil || resp == nil {
		return 0, ""
	}
	return resp.Status, resp.Header("Retry-After")
}

// undone reports whether a status says that the request was not worked on.
func undone(status int, hasRetryAfter bool) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		// "If the client has an outstanding request in transit, it MAY repeat
		// that request."
		// https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9-2
		//
		// "A 425 (Too Early) status code indicates that the server is unwilling
		// to risk processing a request that might be replayed."
		// https://www.rfc-editor.org/rfc/rfc8470#section-5.2
		return true
	case http.StatusServiceUnavailable:
		// Without Retry-After it can come from a gateway that does not know.
		return hasRetryAfter
	}
	return false
}

// repeatable reports whether a request may be done twice.
//
// "A client SHOULD NOT automatically retry a request with a non-idempotent method
// unless it has some means to know that the request semantics are actually
// idempotent".
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2-4
func repeatable(req *aiohttp.Request) bool {
	return connector.IdempotentMethod(req.Method) || req.Header.Get("Idempotency-Key") != "" || req.Header.Get("X-Idempotency-Key") != ""
}

// passing reports whether another attempt could do better than one that failed
// with err. Certificates and names that do not exist stay as they are.
func passing(err error, repeatable bool) bool {
	e, ok := errors.AsType[*aiohttp.Error](err)
	if !ok || e.Phase == connector.PhasePrepare || errors.Is(err, aiohttp.ErrClosed) {
		return false
	}
	if _, ok := errors.AsType[*trust.CertificateError](err); ok {
		return false
	}
	if e, ok := errors.AsType[*trust.HandshakeError](err); ok && e.Problem != trust.ConnectionClosed {
		return false
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return false
	}
	if e, ok := errors.AsType[*connector.ProxyError](err); ok && !e.Unreachable() {
		return false // as wrong the next time
	}
	if e.Phase == connector.PhaseBody && !broken(err) {
		return false
	}
	return repeatable || connector.SafeToRetry(err)
}

// broken reports whether a body has failed on its way, and not for what it is: one
// that cannot be decoded, or is a bomb, stays so.
func broken(err error) bool {
	if e, ok := errors.AsType[*aiohttp.Error](err); ok && e.Timeout() {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

// hostFails is what counts as a failure of a host by default.
func hostFails(resp *aiohttp.Response, err error) bool {
	switch status, _ := verdict(resp, err); status {
	case 0:
	case 500, 502, 503, 504:
		return true
	default:
		return false
	}
	e, ok := errors.AsType[*aiohttp.Error](err)
	return ok && e.Phase != connector.PhasePrepare && e.Phase != connector.PhasePool && !unjudged(err)
}

// unjudged reports whether an exchange was ended by who asked for it, which says
// nothing about the host.
func unjudged(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, aiohttp.ErrClosed)
}
