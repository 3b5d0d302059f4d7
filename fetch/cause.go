package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/aiohttp-go/aiohttp/connector"
)

// Cause gives a failure in a few words that are the same for all failures of
// its kind: "status 404", "dns: no such host", "body: cut short". Nil gives the
// empty string.
func Cause(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*LineError](err); ok {
		return "list: " + Cause(e.Err)
	}
	if e, ok := errors.AsType[*inputError](err); ok {
		return e.kind
	}
	if e, ok := errors.AsType[*downError](err); ok {
		return ErrHostDown.Error() + ": " + Cause(e.last)
	}
	if e, ok := errors.AsType[*StatusError](err); ok {
		return fmt.Sprintf("status %d", e.Status)
	}
	for _, known := range []error{ErrTooLarge, ErrChecksum, ErrNameTaken, ErrLength, errContentRange} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if e, ok := errors.AsType[*StoreError](err); ok {
		return "file: " + rootCause(e.Err)
	}
	e, ok := errors.AsType[*connector.Error](err)
	if !ok {
		return rootCause(err)
	}
	if e.Limit != "" {
		return e.Phase.String() + ": " + e.Limit
	}
	return e.Phase.String() + ": " + rootCause(e.Err)
}

// rootCause gives what is behind err, without names and addresses.
func rootCause(err error) string {
	if problem, ok := tlsProblem(err); ok {
		return problem.String()
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case outOfFiles(e):
			return syscall.EMFILE.Error()
		case e.IsNotFound:
			return "no such host"
		case e.IsTimeout:
			return "no answer from the name server"
		}
		return "name server failed"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut short"
	case errors.Is(err, io.EOF):
		return "connection closed"
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "timeout"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return shorten(err.Error(), 80)
		}
		err = inner
	}
}
