package trust

import (
	"crypto/tls"
	"fmt"
	"slices"
)

// clientCertificates gives the certificates of o to choose from, or nil if it
// has none.
func (o *Options) clientCertificates() ([]tls.Certificate, error) {
	certs := slices.Clone(o.Certificates)
	for i := range certs {
		if len(certs[i].Certificate) == 0 || certs[i].PrivateKey == nil {
			return nil, fmt.Errorf("client certificate %d: without a certificate or without a key", i+1)
		}
	}
	if o.CertFile == "" {
		if o.KeyFile != "" {
			return nil, fmt.Errorf("client key file %s: without a certificate file", o.KeyFile)
		}
		return certs, nil
	}
	keyFile := o.KeyFile
	if keyFile == "" {
		keyFile = o.CertFile
	}
	cert, err := tls.LoadX509KeyPair(o.CertFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("client certificate file %s with key file %s: %w", o.CertFile, keyFile, err)
	}
	return append(certs, cert), nil
}

// certificateRequest is what happened in one handshake. Before TLS 1.3 a server
// that gets no client certificate may end with the alert of a missing cipher:
//
// "If the client does not send any certificates, the server MAY at its discretion
// either continue the handshake without client authentication, or respond with a
// fatal handshake_failure alert."
// https://www.rfc-editor.org/rfc/rfc5246#section-7.4.6
type certificateRequest struct {
	asked, answered bool
}

// inVain tells that the server asked for a client certificate, and got none.
func (r *certificateRequest) inVain() bool { return r.asked && !r.answered }

// requestKey is the key of the *certificateRequest in a handshake's context.
type requestKey struct{}

// getClientCertificate chooses among certs as crypto/tls does, or asks next if
// that is set, and notes the request.
func getClientCertificate(
	certs []tls.Certificate,
	next func(*tls.CertificateRequestInfo) (*tls.Certificate, error),
) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if next == nil {
		next = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			for i := range certs {
				if info.SupportsCertificate(&certs[i]) == nil {
					return &certs[i], nil
				}
			}
			return new(tls.Certificate), nil // none
		}
	}
	return func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		cert, err := next(info)
		if request, ok := info.Context().Value(requestKey{}).(*certificateRequest); ok {
			request.asked = true
			request.answered = cert != nil && len(cert.Certificate) > 0
		}
		return cert, err
	}
}
