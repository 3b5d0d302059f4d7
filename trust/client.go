package trust

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

// Client does a TLS handshake over conn with the peer of host, and gives the
// encrypted connection. host is as for [Policy.ClientConfig]; alpn are the
// protocols to offer.
//
// A peer that is not believed gives a [*CertificateError], and any other failure
// of TLS a [*HandshakeError]. When ctx ends, conn is closed and the error is
// that of ctx. On every other error conn stays open, and is the caller's to
// close.
func (p *Policy) Client(ctx context.Context, conn net.Conn, host string, alpn ...string) (*tls.Conn, error) {
	p = p.orDefault()
	if p.err != nil {
		return nil, p.err
	}
	config := p.ClientConfig(host, alpn)
	if config.ServerName == "" && !p.insecure {
		return nil, fmt.Errorf("tls with %q: no host name to verify", host)
	}
	var asked certificateRequest
	tlsConn := tls.Client(conn, config)
	err := tlsConn.HandshakeContext(context.WithValue(ctx, requestKey{}, &asked))
	if err == nil {
		return tlsConn, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if hungUp(err) {
		return nil, &HandshakeError{Host: config.ServerName, Problem: ConnectionClosed, Err: err}
	}
	err = p.Diagnose(config.ServerName, err)
	if failed, ok := errors.AsType[*HandshakeError](err); ok && asked.inVain() {
		switch failed.Problem {
		case NoCommonCipher, CertificateRefused:
			failed.Problem, failed.Detail = CertificateRequired, ""
		}
	}
	return nil, err
}

// Diagnose is the function [Diagnose] for an error met under the policy, whose
// clock and versions are taken into account. It is for errors of reading and
// writing too: with TLS 1.3 that is where the refusal of a client certificate
// appears.
func (p *Policy) Diagnose(host string, err error) error {
	if _, done := errors.AsType[*HandshakeError](err); done {
		return err
	}
	p = p.orDefault()
	err = Diagnose(host, err, p.now())
	if failed, ok := errors.AsType[*HandshakeError](err); ok {
		failed.MinVersion, failed.MaxVersion = p.base.MinVersion, p.base.MaxVersion
	}
	return err
}

// hungUp tells whether the peer ended the connection without a word of TLS.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// verifyConnection gives the check that crypto/tls calls at the end of every
// handshake, resumed ones too: pins first, then the check of the user's own.
func (p *Policy) verifyConnection(next func(tls.ConnectionState) error) func(tls.ConnectionState) error {
	if len(p.pins) == 0 {
		return next
	}
	return func(state tls.ConnectionState) error {
		if err := p.checkPinned(state); err != nil {
			return err
		}
		if next != nil {
			return next(state)
		}
		return nil
	}
}

// checkPinned holds the chain against the pins. Without verification only the
// peer's own certificate counts: it alone belongs to a key that the handshake
// has proven to be the peer's, while the others can be put there by anybody.
func (p *Policy) checkPinned(state tls.ConnectionState) error {
	if len(state.PeerCertificates) > 0 {
		if matchPins(p.pins, state.PeerCertificates[:1]) {
			return nil
		}
		for _, chain := range state.VerifiedChains {
			if matchPins(p.pins, chain) {
				return nil
			}
		}
	}
	return newPinError(state.ServerName, state.PeerCertificates, p.pins, p.now())
}
