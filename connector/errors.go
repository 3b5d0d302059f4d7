package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// Phase names the part of a request's way in which something happened.
type Phase uint8

// The phases, in the order in which a request passes them.
const (
	PhasePrepare Phase = iota // the request was checked before a byte was sent
	PhasePool                 // waiting for a free connection
	PhaseDNS                  // resolving the host name
	PhaseConnect              // opening the TCP connection
	PhaseProxy                // what the proxy does before the target is reached
	PhaseTLS                  // the TLS handshake
	PhaseWrite                // sending the request
	PhaseHead                 // waiting for and reading the response's head
	PhaseBody                 // reading the response's body
)

var phaseNames = [...]string{"prepare", "pool", "dns", "connect", "proxy", "tls", "write", "head", "body"}

// String gives the phase's name in lower case, as it stands in error texts.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return "unknown"
}

// Error is what every failed exchange returns: where on its way the request
// failed, with which peer, and whether it can be sent again. It unwraps to the
// cause, so that errors.Is and errors.As see the std error below
// (context.Canceled, *net.OpError, io.ErrUnexpectedEOF, *trust.CertificateError).
type Error struct {
	// Phase is where the request failed.
	Phase Phase

	// Host is the "host:port" that was asked for.
	Host string

	// Proxy is the URL of the proxy that the request went through, without user
	// and password; empty when there was none.
	Proxy string

	// Addr is the address of the peer, which is the proxy where there is one; empty
	// when none was connected yet.
	Addr string

	// Sent tells whether at least one byte of the request may have reached the
	// peer. When it is false the peer has not seen the request.
	Sent bool

	// Reused tells whether the connection had served an earlier request.
	Reused bool

	// Repeatable tells whether the request may be sent again by RFC 9110,
	// section 9.2.2: its method is idempotent, or it bears an Idempotency-Key,
	// and its body, if any, can be read again.
	Repeatable bool

	// Limit names the time-out of the connector's that was exceeded ("connect
	// timeout of 10s"). It is empty when the failure is none of those.
	Limit string

	// Err is the cause.
	Err error
}

// Error gives "phase host via proxy (addr): cause", and for a wait in vain for a
// connection the usual reason.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Phase.String())
	if e.Host != "" {
		b.WriteByte(' ')
		b.WriteString(e.Host)
	}
	if e.Proxy != "" {
		b.WriteString(" via ")
		b.WriteString(e.Proxy)
	}
	if e.Addr != "" && e.Addr != e.Host {
		b.WriteString(" (")
		b.WriteString(e.Addr)
		b.WriteByte(')')
	}
	b.WriteString(": ")
	if e.Limit != "" {
		b.WriteString(e.Limit)
		b.WriteString(" exceeded")
	} else {
		b.WriteString(e.cause())
	}
	if e.Phase == PhasePool && e.Timeout() {
		b.WriteString(" (no connection came free; a response that is neither read nor closed keeps one)")
	}
	return b.String()
}

// cause gives the text of Err, without the addresses that stand in front of it.
func (e *Error) cause() string {
	if op, ok := e.Err.(*net.OpError); ok && e.Addr != "" && op.Err != nil {
		if call, ok := op.Err.(*os.SyscallError); ok && call.Syscall == op.Op {
			return call.Error() // which says it, too
		}
		return op.Op + ": " + op.Err.Error()
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether a time-out, the connector's or the system's, ended
// the request. It makes Error a net.Error.
func (e *Error) Timeout() bool {
	if e.Limit != "" {
		return true
	}
	var t interface{ Timeout() bool }
	return errors.As(e.Err, &t) && t.Timeout()
}

// Temporary reports what Timeout does; it exists for net.Error only.
func (e *Error) Temporary() bool { return e.Timeout() }

// explain puts the true cause into the error: the end of the context behind a
// cut connection, the limit behind a deadline.
func (e *Error) explain(ctx context.Context) *Error {
	if ctx.Err() != nil && (errors.Is(e.Err, errCanceled) || errors.Is(e.Err, ctx.Err()) || e.Err == context.Cause(ctx)) {
		e.Err = endOf(ctx)
		return e
	}
	var limit *limitError
	if errors.As(e.Err, &limit) {
		e.Limit, e.Err = limit.Error(), os.ErrDeadlineExceeded
	}
	return e
}

// endOf gives why a context has ended: its error, with its cause where that
// says more.
func endOf(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return &endError{err, cause}
}

// endError is the end of a context for a reason of its own.
type endError struct{ err, cause error }

func (e *endError) Error() string   { return e.err.Error() + ": " + e.cause.Error() }
func (e *endError) Unwrap() []error { return []error{e.err, e.cause} }

// BodyPanicError is what a panic in the Read of a request's body becomes: the
// body is read by a goroutine of the connector's, where nobody could recover.
type BodyPanicError struct {
	Value any    // what was panicked with
	Stack []byte // of the panic
}

// Error gives the value. The stack is not part of it.
func (e *BodyPanicError) Error() string { return fmt.Sprintf("request body panicked: %v", e.Value) }

// Unwrap gives the value, where it is an error.
func (e *BodyPanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// SafeToRetry reports whether err comes from an exchange that may be sent again
// without the risk of doing its work twice: the peer cannot have seen the
// request, or the request is repeatable by its method.
func SafeToRetry(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Phase == PhasePrepare {
		return false
	}
	return !e.Sent || e.Repeatable
}

// ErrClosed is the cause when a request meets a connector that was closed.
var ErrClosed = errors.New("connector is closed")

// errTooManyInterim is the cause when a server sends 1xx responses without end.
var errTooManyInterim = errors.New("too many interim (1xx) responses")
