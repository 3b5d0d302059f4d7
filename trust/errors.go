package trust

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// CertificateError tells that a peer's certificate is not believed: which
// certificate of its chain, and what is wrong with it.
type CertificateError struct {
	// Host is the name or address that was to be proven.
	Host string

	// Problem is what is wrong.
	Problem Problem

	// Index is the place in Chain of the certificate that it is wrong with; 0 is
	// the peer's own.
	Index int

	// Chain are the certificates that the peer sent, in its order. It is empty
	// only if they could not be parsed.
	Chain []*x509.Certificate

	// Names are all the names and addresses that the peer's own certificate is
	// for.
	Names []string

	// Since is when an Expired certificate ended, Until when one that is
	// NotYetValid begins. Zero for other problems.
	Since, Until time.Time

	// Now is the time that the certificates were held against.
	Now time.Time

	// Pins are those of which none was met, for PinMismatch.
	Pins []Pin

	// Detail says in words what is wrong, in one line.
	Detail string

	// Err is the error of the standard library. It is nil for PinMismatch.
	Err error
}

// Error gives one line: the host, what is wrong, with which certificate.
func (e *CertificateError) Error() string {
	text := "certificate of " + clean(e.Host) + ": " + e.Detail
	if cert := e.Certificate(); cert != nil {
		text += fmt.Sprintf(": certificate %d of %d, %s", e.Index+1, len(e.Chain), describe(cert))
	}
	return text
}

// Unwrap gives the error of the standard library.
func (e *CertificateError) Unwrap() error { return e.Err }

// Certificate gives the certificate that something is wrong with, or nil if the
// peer sent none that can be parsed.
func (e *CertificateError) Certificate() *x509.Certificate {
	if e.Index < 0 || e.Index >= len(e.Chain) {
		return nil
	}
	return e.Chain[e.Index]
}

// HandshakeError tells that a TLS handshake failed over something else than the
// peer's certificate.
type HandshakeError struct {
	// Host is the name or address of the peer.
	Host string

	// Problem is what is wrong.
	Problem Problem

	// Alert is what the peer sent, and zero if it sent none. Codes:
	// https://www.rfc-editor.org/rfc/rfc8446#section-6
	Alert tls.AlertError

	// MinVersion and MaxVersion are the TLS versions that we offered, zero where
	// they are not known, or not bounded.
	MinVersion, MaxVersion uint16

	// Detail says more where the problem leaves room, such as the protocol that
	// was met in place of TLS. It may be empty.
	Detail string

	// Err is the error of the standard library.
	Err error
}

// Error gives one line: the host, and what is wrong.
func (e *HandshakeError) Error() string {
	return "tls with " + clean(e.Host) + ": " + e.reason()
}

// Unwrap gives the error of the standard library.
func (e *HandshakeError) Unwrap() error { return e.Err }

func (e *HandshakeError) reason() string {
	switch e.Problem {
	case PlainHTTP:
		return "the server speaks plain HTTP on this port"
	case NotTLS:
		return "the server does not speak TLS on this port" + parenthesis(e.Detail)
	case OldProtocol:
		return e.noCommonVersion()
	case NoCommonCipher:
		return "the server found no cipher or key exchange in common with us, or wants something else of us"
	case CertificateRequired:
		return "the server wants a client certificate"
	case CertificateRefused:
		return "the server refused the client certificate" + parenthesis(e.Detail)
	case UnknownName:
		return "the server has no site of this name"
	case NoCommonALPN:
		return "the server speaks none of the application protocols offered"
	case ConnectionClosed:
		return "the server closed the connection during the handshake"
	}
	return e.Detail
}

func (e *HandshakeError) noCommonVersion() string {
	switch {
	case e.MaxVersion != 0 && e.MaxVersion < tls.VersionTLS13:
		return "no TLS version in common: we offered nothing above " + tls.VersionName(e.MaxVersion)
	case e.MinVersion != 0:
		return "the server speaks only versions older than " + tls.VersionName(e.MinVersion) + parenthesis(e.Detail)
	}
	return "the server speaks only versions of TLS that are too old" + parenthesis(e.Detail)
}

func parenthesis(detail string) string {
	if detail == "" {
		return ""
	}
	return " (" + detail + ")"
}
