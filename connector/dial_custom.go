package connector

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/aiohttp-go/aiohttp/trust"
)

// errNoConn is a broken Options.DialContext.
var errNoConn = errors.New("dial function gave neither a connection nor an error")

// dialFunction is the shape of Options.DialContext.
type dialFunction func(ctx context.Context, network, addr string) (net.Conn, error)

// dialed is what a dial function has brought.
type dialed struct {
	conn     net.Conn
	err      error
	panicked any // what it panicked with, or nil
}

// abandonable makes of a user's dial function one that ends with its context,
// also where the user's ignores that: it runs in a goroutine of its own, and a
// connection that comes too late is closed. A panic comes out where the result
// was waited for.
func abandonable(dial dialFunction) dialFunction {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		result := make(chan dialed)
		go func() {
			d := dialed{err: errVanished}
			defer func() {
				select {
				case result <- d:
				case <-ctx.Done():
					if d.conn != nil {
						d.conn.Close()
					}
				}
			}()
			d = callDial(ctx, dial, network, addr)
		}()
		select {
		case d := <-result:
			if d.panicked != nil {
				panic(d.panicked)
			}
			return d.conn, d.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func callDial(ctx context.Context, dial dialFunction, network, addr string) (d dialed) {
	defer func() { d.panicked = recover() }()
	d.conn, d.err = dial(ctx, network, addr)
	if d.conn == nil && d.err == nil {
		d.err = errNoConn
	}
	return d
}

// phaseOfDial tells in which phase a dial function, which may do more than to
// connect, has failed.
func phaseOfDial(err error) Phase {
	var (
		lookup       *net.DNSError
		certificate  *trust.CertificateError
		handshake    *trust.HandshakeError
		verification *tls.CertificateVerificationError
		alert        tls.AlertError
		record       tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &lookup):
		return PhaseDNS
	case errors.As(err, &certificate), errors.As(err, &handshake), errors.As(err, &verification),
		errors.As(err, &alert), errors.As(err, &record):
		return PhaseTLS
	}
	return PhaseConnect
}
