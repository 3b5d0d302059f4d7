package trust

// Problem is what is wrong with a certificate or a handshake.
type Problem uint8

// Problems of certificates, and Fine.
const (
	// Fine means that nothing is wrong.
	Fine Problem = iota

	// NotTrusted is a problem that has no name below; the detail tells it.
	NotTrusted

	// Expired: the certificate's time is over.
	Expired

	// NotYetValid: the certificate's time has not come, or our clock is slow.
	NotYetValid

	// NameMismatch: the certificate is for other names.
	NameMismatch

	// CommonNameOnly: the certificate has a name only in its subject, where it
	// does not count: https://www.rfc-editor.org/rfc/rfc9525#section-2
	CommonNameOnly

	// SelfSigned: no authority answers for the peer's own certificate.
	SelfSigned

	// UntrustedRoot: the chain ends in an authority's self-signed certificate
	// that is not trusted: a private authority, a proxy, an antivirus program.
	UntrustedRoot

	// UnknownIssuer: the chain ends in a certificate whose issuer is neither
	// trusted nor sent.
	UnknownIssuer

	// MissingIntermediate: the peer did not send the certificate of an authority
	// between its own and a root.
	MissingIntermediate

	// WrongUsage: the certificate is not for servers.
	WrongUsage

	// NotAuthority: a certificate was issued by one that is no authority.
	NotAuthority

	// WeakSignature: a signature that can be forged, such as SHA-1.
	WeakSignature

	// NameConstraint: an authority in the chain may not issue for this name.
	NameConstraint

	// PathTooLong: more authorities follow each other than one of them allows.
	PathTooLong

	// PinMismatch: no certificate matches a pin.
	PinMismatch

	// Malformed: a certificate that cannot be parsed.
	Malformed
)

// Problems of handshakes.
const (
	// PlainHTTP: the peer speaks HTTP without TLS on this port.
	PlainHTTP Problem = iota + 64

	// NotTLS: the peer speaks something else than TLS on this port.
	NotTLS

	// OldProtocol: the peer speaks no version of TLS that we accept.
	OldProtocol

	// NoCommonCipher: the peer gave up with the alert handshake_failure, mostly
	// for want of a common cipher.
	NoCommonCipher

	// CertificateRequired: the peer wants a client certificate and got none that
	// it accepts.
	CertificateRequired

	// CertificateRefused: the peer does not believe the client certificate.
	CertificateRefused

	// UnknownName: the peer has no site of the server name.
	UnknownName

	// NoCommonALPN: the peer speaks none of the application protocols offered.
	NoCommonALPN

	// ConnectionClosed: the peer closed the connection in the handshake.
	ConnectionClosed

	// HandshakeFailed is a problem that has no name above; the detail tells it.
	HandshakeFailed
)

// String gives the problem in one to three lower-case words.
func (p Problem) String() string {
	if name, ok := problemNames[p]; ok {
		return name
	}
	return "unknown problem"
}

var problemNames = map[Problem]string{
	Fine:                "fine",
	NotTrusted:          "not trusted",
	Expired:             "expired",
	NotYetValid:         "not yet valid",
	NameMismatch:        "name mismatch",
	CommonNameOnly:      "common name only",
	SelfSigned:          "self-signed",
	UntrustedRoot:       "untrusted root",
	UnknownIssuer:       "unknown issuer",
	MissingIntermediate: "missing intermediate",
	WrongUsage:          "wrong usage",
	NotAuthority:        "not an authority",
	WeakSignature:       "weak signature",
	NameConstraint:      "name constraint",
	PathTooLong:         "path too long",
	PinMismatch:         "pin mismatch",
	Malformed:           "malformed",
	PlainHTTP:           "plain http",
	NotTLS:              "not tls",
	OldProtocol:         "old protocol",
	NoCommonCipher:      "no common cipher",
	CertificateRequired: "client certificate required",
	CertificateRefused:  "client certificate refused",
	UnknownName:         "unknown name",
	NoCommonALPN:        "no common protocol",
	ConnectionClosed:    "connection closed",
	HandshakeFailed:     "handshake failed",
}
