package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"
)

// Diagnose turns the error of a TLS handshake with the peer of host into a
// [*CertificateError] or a [*HandshakeError], which unwrap to err. now is the
// time that the certificates were held against. An error that is not about TLS,
// such as a time-out, and one that is diagnosed already, is given back as it is.
//
// The error does not tell which authorities are trusted. So whether an issuer is
// unknown, or merely was not sent, is told from the chain:
//   - A certificate "... Root ..." as the issuer is a root: it is unknown.
//   - An intermediate is missing if the peer sent authorities that lead
//     nowhere, if it sent its own certificate alone and that says where its
//     issuer can be downloaded, or if the issuer's name says that it is one.
//   - Else the issuer is unknown.
func Diagnose(host string, err error, now time.Time) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*CertificateError](err); ok {
		if known.Host != "" {
			return err
		}
		named := *known // crypto/tls did not tell the pins' check an address
		named.Host = host
		return &named
	}
	if _, ok := errors.AsType[*HandshakeError](err); ok {
		return err
	}
	if chain, cause := unverified(err); cause != nil {
		return newCertificateError(host, chain, cause, err, now)
	}
	if failed := handshakeError(host, err); failed != nil {
		return failed
	}
	return err
}

// malformedText is how the error of crypto/tls begins for a certificate that
// cannot be parsed; there is no type for it.
const malformedText = "tls: failed to parse certificate from server: "

// unverified gives the chain that was not believed and why, or no cause if err
// is not about certificates.
func unverified(err error) (chain []*x509.Certificate, cause error) {
	if failed, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return failed.UnverifiedCertificates, failed.Err
	}
	if failed, ok := errors.AsType[x509.HostnameError](err); ok {
		return single(failed.Certificate), failed
	}
	if failed, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return single(failed.Cert), failed
	}
	if failed, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return single(failed.Cert), failed
	}
	if strings.HasPrefix(err.Error(), malformedText) {
		return nil, err
	}
	return nil, nil
}

func single(cert *x509.Certificate) []*x509.Certificate {
	if cert == nil {
		return nil
	}
	return []*x509.Certificate{cert}
}

func newCertificateError(host string, chain []*x509.Certificate, cause, err error, now time.Time) *CertificateError {
	e := &CertificateError{Host: host, Chain: chain, Now: now, Err: err}
	if len(chain) == 0 {
		e.Problem, e.Detail = NotTrusted, clean(cause.Error())
		if detail, ok := strings.CutPrefix(cause.Error(), malformedText); ok {
			e.Problem, e.Detail = Malformed, "cannot be parsed: "+clean(detail)
		}
		return e
	}
	in := newInspection(chain, host, now)
	found := in.blame(cause)
	e.Problem, e.Index, e.Detail = found.Problem, found.Index, found.Detail
	e.Names = names(chain[0])
	dated := chain[e.Index]
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](cause); ok && invalid.Cert != nil && in.index(invalid.Cert) < 0 {
		dated = invalid.Cert // a trusted authority, which was not sent
	}
	switch e.Problem {
	case Expired:
		e.Since = dated.NotAfter
	case NotYetValid:
		e.Until = dated.NotBefore
	}
	return e
}

func newPinError(host string, chain []*x509.Certificate, pins []Pin, now time.Time) *CertificateError {
	e := &CertificateError{Host: host, Problem: PinMismatch, Chain: chain, Now: now, Pins: pins}
	e.Detail = "does not match the pin"
	if len(pins) > 1 {
		e.Detail = "matches none of the pins"
	}
	if len(chain) > 0 {
		e.Names = names(chain[0])
		e.Detail += ", its key is " + PinKey(chain[0]).String()
	}
	return e
}

// blame tells which certificate made verification fail with cause.
func (in *inspection) blame(cause error) Finding {
	if _, ok := errors.AsType[x509.HostnameError](cause); ok {
		if found, ok := in.name(); !ok {
			return found
		}
	}
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](cause)
	if isInvalid && invalid.Reason == x509.Expired {
		if i := in.index(invalid.Cert); i >= 0 {
			if found, ok := in.dates(i); !ok {
				return found
			}
		}
	}
	// x509 says "unknown authority" also when an authority in the chain is no
	// good, for then it goes on looking for another.
	for _, i := range in.path {
		if faults := in.faults(i); len(faults) > 0 {
			return faults[0]
		}
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](cause); ok {
		return in.end(cause)
	}
	if isInvalid {
		return in.invalid(invalid)
	}
	return in.finding(0, NotTrusted, clean(strings.TrimPrefix(cause.Error(), "x509: ")))
}

// invalid translates what x509 found and an inspection cannot.
func (in *inspection) invalid(cause x509.CertificateInvalidError) Finding {
	i := in.index(cause.Cert)
	if i < 0 {
		i = in.path[len(in.path)-1] // a trusted authority, which was not sent
	}
	switch cause.Reason {
	case x509.CANotAuthorizedForThisName, x509.UnconstrainedName:
		return in.finding(i, NameConstraint, "an authority in its chain may not issue for its names: "+clean(cause.Detail))
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return in.finding(i, WrongUsage, "not for servers, by the usages that it or its authorities allow")
	case x509.TooManyIntermediates:
		return in.finding(i, PathTooLong, "more authorities below it than it allows")
	case x509.NotAuthorizedToSign:
		return in.finding(i, NotAuthority, "issued another certificate, but is no authority")
	case x509.Expired:
		if cause.Cert == nil {
			break
		}
		if problem, dated := checkDates(cause.Cert, in.now); problem != Fine {
			return in.finding(i, problem, "its authority "+name(cause.Cert.Subject)+", which is trusted, "+dated)
		}
	}
	return in.finding(i, NotTrusted, clean(strings.TrimPrefix(cause.Error(), "x509: ")))
}

func (in *inspection) index(cert *x509.Certificate) int {
	return slices.IndexFunc(in.chain, func(c *x509.Certificate) bool { return c.Equal(cert) })
}
