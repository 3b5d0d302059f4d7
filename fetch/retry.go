package fetch

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/backoff"
	"github.com/aiohttp-go/aiohttp/trust"
)

// A verdict tells what is to be done about a failed attempt.
type verdict struct {
	again bool          // the request is to be sent again
	wait  time.Duration // after this time
	pause bool          // nothing else is to be sent to the host before then
	mute  bool          // the host gave no answer at all
	final bool          // it would fail in the same way again
}

// judge decides about the failure err of an attempt at t. retryAfter is the
// value of that field, empty if there was none.
func (o *Options) judge(t *task, err error, retryAfter string) verdict {
	v := verdict{wait: o.backoff(t.tries)}
	if status, ok := errors.AsType[*StatusError](err); ok {
		v.again, v.pause = retryableStatus(status.Status, t.item.idempotent(), retryAfter != "")
		if after, ok := backoff.RetryAfter(retryAfter, time.Now()); ok && v.again {
			v.wait = min(after, o.MaxBackoff)
		}
	} else {
		v.again, v.mute = retryableError(err, t.item.idempotent())
		if errors.Is(err, errContentRange) {
			v.wait = 0 // the next attempt is a different one: from the start
		}
	}
	v.final = !v.again
	v.again = v.again && t.tries <= o.Retries
	return v
}

// backoff gives the wait before the retry after failure number tries.
func (o *Options) backoff(tries int) time.Duration {
	return backoff.Jittered(o.Backoff, o.MaxBackoff, tries)
}

// retryableStatus reports whether a response with status says that the request
// may succeed later, and whether it speaks for all of the host.
func retryableStatus(status int, idempotent, hasRetryAfter bool) (again, pause bool) {
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		// Neither has done the work. Without Retry-After a 503 can come from a
		// gateway that does not know.
		return idempotent || hasRetryAfter || status == http.StatusTooManyRequests, true
	case http.StatusRequestTimeout:
		// "If the client has an outstanding request in transit, it MAY repeat
		// that request."
		// https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9
		return true, false
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return idempotent, false
	}
	return false, false
}

// retryableError reports whether a failure may pass, and whether the host gave
// no answer.
func retryableError(err error, idempotent bool) (again, mute bool) {
	for _, permanent := range []error{ErrTooLarge, ErrChecksum, ErrHostDown, ErrNameTaken} {
		if errors.Is(err, permanent) {
			return false, false
		}
	}
	if outOfFiles(err) {
		return idempotent || connector.SafeToRetry(err), false
	}
	if _, ok := errors.AsType[*StoreError](err); ok {
		return false, false
	}
	if _, ok := tlsProblem(err); ok {
		return false, true
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return false, true
	}
	if e, ok := errors.AsType[*connector.ProxyError](err); ok && !e.Unreachable() {
		return false, true // it will say the same the next time
	}
	e, ok := errors.AsType[*connector.Error](err)
	if !ok { // of the body, or of what this package asks of a response
		return idempotent, false
	}
	if e.Phase == connector.PhasePrepare {
		return false, false
	}
	mute = e.Phase <= connector.PhaseTLS || e.Phase == connector.PhaseHead && e.Timeout()
	return idempotent || connector.SafeToRetry(err), mute && e.Phase != connector.PhasePool
}

// tlsProblem gives what is wrong with the peer's certificate or its TLS, if err
// is about that: it is the same for every request to the host, and will be the
// next time.
func tlsProblem(err error) (trust.Problem, bool) {
	if e, ok := errors.AsType[*trust.CertificateError](err); ok {
		return e.Problem, true
	}
	if e, ok := errors.AsType[*trust.HandshakeError](err); ok && e.Problem != trust.ConnectionClosed {
		return e.Problem, true
	}
	return trust.Fine, false
}
