package python

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// classes tells which of aiohttp's classes an error is, by the questions that
// docs/from-python.md gives for each, and what that class is derived from.
func classes(err error) []string {
	var e *aiohttp.Error
	is := func(target error) bool { return errors.Is(err, target) }
	if _, ok := errors.AsType[*aiohttp.StatusError](err); ok {
		return []string{"ClientResponseError"}
	}
	if is(aiohttp.ErrContentType) {
		return []string{"ContentTypeError", "ClientResponseError"}
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return []string{"JSONDecodeError"}
	}
	if !errors.As(err, &e) {
		return []string{"Exception"}
	}
	switch {
	case is(aiohttp.ErrTooManyRedirects):
		return []string{"TooManyRedirects", "ClientResponseError"}
	case is(aiohttp.ErrBadRedirect) && is(aiohttp.ErrUnsupportedScheme):
		return []string{"NonHttpUrlRedirectClientError", "NonHttpUrlClientError", "ClientError"}
	case is(aiohttp.ErrBadRedirect):
		return []string{"InvalidUrlRedirectClientError", "InvalidUrlClientError", "InvalidURL"}
	case is(aiohttp.ErrUnsupportedScheme):
		return []string{"NonHttpUrlClientError", "ClientError"}
	case is(aiohttp.ErrInvalidURL):
		return []string{"InvalidUrlClientError", "InvalidURL"}
	case is(context.DeadlineExceeded):
		return []string{"TimeoutError"}
	case e.Timeout() && e.Phase <= connector.PhaseTLS:
		return []string{"ConnectionTimeoutError", "ServerTimeoutError"}
	case e.Timeout():
		return []string{"SocketTimeoutError", "ServerTimeoutError"}
	}
	return classesOfPhase(err, e)
}

// classesOfPhase goes by how far the request came.
func classesOfPhase(err error, e *aiohttp.Error) []string {
	switch e.Phase {
	case connector.PhasePrepare:
		return []string{"ValueError"}
	case connector.PhaseDNS, connector.PhaseConnect:
		if _, ok := errors.AsType[*net.DNSError](err); ok {
			return []string{"ClientConnectorDNSError", "ClientConnectorError"}
		}
		return []string{"ClientConnectorError"}
	case connector.PhaseBody:
		return []string{"ClientPayloadError"}
	}
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		return []string{"ClientOSError"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return []string{"ServerDisconnectedError"}
	}
	return []string{"ServerConnectionError"}
}
