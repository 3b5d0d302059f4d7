package exit

import (
	"context"
	"errors"
	"io/fs"
	"net"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/fetch"
	"github.com/aiohttp-go/aiohttp/internal/coding"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Error gives a cause its exit code where [Of] could not know it, and may tell
// the user what to do.
type Error struct {
	// Code is what the process ends with.
	Code Code

	// Err is the cause. Nil ends the process with Code and without a word.
	Err error

	// Hint, when set, is one line that tells what would mend it.
	Hint string
}

// Error gives the cause's text.
func (e *Error) Error() string {
	if e.Err == nil {
		return "exit " + e.Code.String()
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Of gives the code of err: OK for nil, that of an [*Error] in its chain, else
// what its cause says, else Failed.
func Of(err error) Code {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	if _, ok := errors.AsType[*trust.CertificateError](err); ok {
		return Certificate
	}
	if errors.Is(err, aiohttp.ErrTooManyRedirects) {
		return Redirects
	}
	if _, ok := errors.AsType[*coding.BombError](err); ok || errors.Is(err, aiohttp.ErrBodyTooLarge) {
		return TooLarge
	}
	if timedOut(err) {
		return Timeout
	}
	if e, ok := errors.AsType[*connector.Error](err); ok {
		return ofPhase(e.Phase)
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return DNS
	}
	if _, ok := errors.AsType[*fetch.StoreError](err); ok {
		return Write
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return Write
	}
	return Failed
}

func timedOut(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

func ofPhase(p connector.Phase) Code {
	switch p {
	case connector.PhasePrepare:
		return Input
	case connector.PhaseDNS:
		return DNS
	case connector.PhasePool, connector.PhaseConnect:
		return Connect
	case connector.PhaseProxy:
		return Proxy
	case connector.PhaseTLS:
		return TLS
	}
	return Broken
}
