package localca

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// maxCommonName is the limit of a common name in bytes.
//
// "ub-common-name INTEGER ::= 64"
// https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1
const maxCommonName = 64

// Leaf describes the certificate of a server or a client. The zero value of
// each field is usable.
type Leaf struct {
	// Hosts are the names and IP addresses that the certificate is for. A name
	// may begin with "*.".
	Hosts []string

	// CommonName is the name of the subject. Empty means the first of Hosts, if
	// that is not too long.
	CommonName string

	// NotBefore and NotAfter bound its validity. Zero means an hour ago, and
	// 397 days after NotBefore.
	NotBefore, NotAfter time.Time

	// Usage says what the certificate is for. Empty means
	// x509.ExtKeyUsageServerAuth.
	Usage []x509.ExtKeyUsage

	// IssuerURL, when set, is where the certificate says that its issuer's
	// certificate can be had ("CA Issuers" of RFC 5280, section 4.2.2.1).
	IssuerURL string

	// SignatureAlgorithm is what the authority signs with. Zero means
	// ECDSA with SHA-256. Others are for tests.
	SignatureAlgorithm x509.SignatureAlgorithm

	// OmitChain leaves out the certificates of the authorities between this one
	// and the root, as a badly configured server does. For tests.
	OmitChain bool
}

// Issue makes a certificate for a server of the hosts given, names or IP
// addresses. It carries the authorities up to, and without, the root.
func (c *CA) Issue(hosts ...string) (tls.Certificate, error) {
	return c.IssueLeaf(Leaf{Hosts: hosts})
}

// IssueLeaf makes a certificate for a server or a client.
func (c *CA) IssueLeaf(l Leaf) (tls.Certificate, error) { return l.issue(c) }

// SelfSigned makes a certificate that no authority answers for.
func SelfSigned(l Leaf) (tls.Certificate, error) { return l.issue(nil) }

func (l Leaf) issue(parent *CA) (tls.Certificate, error) {
	template := l.template()
	cert, key, err := sign(template, parent)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue certificate for %q: %w", template.Subject.CommonName, err)
	}
	chain := [][]byte{cert.Raw}
	if parent != nil && !l.OmitChain {
		chain = append(chain, parent.chain...)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: cert}, nil
}

func (l Leaf) template() *x509.Certificate {
	notBefore, notAfter := validity(l.NotBefore, l.NotAfter, leafLifetime)
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: l.CommonName},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           slices.Clone(l.Usage),
		BasicConstraintsValid: true,
		SignatureAlgorithm:    l.SignatureAlgorithm,
	}
	if l.CommonName == "" && len(l.Hosts) > 0 && len(l.Hosts[0]) <= maxCommonName {
		template.Subject.CommonName = l.Hosts[0]
	}
	if len(l.Usage) == 0 {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if l.IssuerURL != "" {
		template.IssuingCertificateURL = []string{l.IssuerURL}
	}
	for _, host := range l.Hosts {
		if addr, err := netip.ParseAddr(host); err == nil {
			template.IPAddresses = append(template.IPAddresses, addr.Unmap().AsSlice())
			continue
		}
		template.DNSNames = append(template.DNSNames, host)
	}
	return template
}
