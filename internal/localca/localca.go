// Package localca makes certificates with an authority that lives in memory:
// for the demo, for a local server over TLS, and for tests.
//
// A CA issues certificates for servers and clients, and further authorities.
// Keys are ECDSA P-256, which is the fastest that every TLS peer knows; a
// certificate takes a fraction of a millisecond. Nothing is written to disk,
// and no system is told to trust the authority: give [CA.Pool] or [CA.PEM] to
// the peers that shall.
//
// Limitations:
//   - The private key of the authority cannot be saved or loaded.
//   - There are no revocation lists.
package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

const (
	// backdate lets a peer with a clock that is slow by less than an hour use a
	// fresh certificate.
	backdate = time.Hour

	// authorityLifetime and leafLifetime are the lifetimes when none is asked
	// for. The leaf's is below the 398 days that Apple's verifier allows to public
	// authorities: https://support.apple.com/en-us/102028
	authorityLifetime = 10 * 365 * 24 * time.Hour
	leafLifetime      = 397*24*time.Hour - backdate
)

// A CA is a certificate authority. It is immutable and safe for concurrent use.
type CA struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	root  *x509.Certificate
	chain [][]byte // from this authority up to, and without, the root
}

// Authority describes a CA. The zero value of each field but Name is usable.
type Authority struct {
	// Name is the common name of the authority.
	Name string

	// NotBefore and NotAfter bound its validity. Zero means an hour ago, and
	// ten years after NotBefore.
	NotBefore, NotAfter time.Time

	// MaxPathLen is how many authorities may stand between this one and the
	// certificate of a server. Zero means no limit; negative means none.
	MaxPathLen int

	// PermittedDNSDomains, when not empty, are the only domains that it may
	// issue for.
	PermittedDNSDomains []string

	// Usage, when not empty, are the only usages that it may issue for.
	Usage []x509.ExtKeyUsage

	// NoAuthority leaves out the mark that makes a certificate an authority, so
	// that everything issued by it is invalid. For tests.
	NoAuthority bool
}

// New makes a self-signed authority with the common name given.
func New(name string) (*CA, error) { return NewAuthority(Authority{Name: name}) }

// NewAuthority makes a self-signed authority.
func NewAuthority(a Authority) (*CA, error) {
	ca, err := a.issue(nil)
	if err != nil {
		return nil, err
	}
	ca.root = ca.cert
	return ca, nil
}

// Intermediate makes an authority that c answers for. What it issues carries
// its certificate along.
func (c *CA) Intermediate(a Authority) (*CA, error) {
	ca, err := a.issue(c)
	if err != nil {
		return nil, err
	}
	ca.root = c.root
	ca.chain = append([][]byte{ca.cert.Raw}, c.chain...)
	return ca, nil
}

// Certificate gives the authority's own certificate. It must not be changed.
func (c *CA) Certificate() *x509.Certificate { return c.cert }

// Pool gives a new pool with the root that the authority descends from, which
// is its own certificate when it was not made by Intermediate.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.root)
	return pool
}

// PEM gives the root that the authority descends from as a PEM block, the form
// that a file of trusted authorities has.
func (c *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.root.Raw})
}

// issue makes the authority, signed by parent, or by itself if that is nil.
func (a Authority) issue(parent *CA) (*CA, error) {
	notBefore, notAfter := validity(a.NotBefore, a.NotAfter, authorityLifetime)
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: a.Name},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:           a.Usage,
		BasicConstraintsValid: true,
		IsCA:                  !a.NoAuthority,
		PermittedDNSDomains:   a.PermittedDNSDomains,
	}
	switch {
	case a.NoAuthority:
		template.KeyUsage = x509.KeyUsageDigitalSignature
	case a.MaxPathLen < 0:
		template.MaxPathLenZero = true
	case a.MaxPathLen > 0:
		template.MaxPathLen = a.MaxPathLen
	}
	cert, key, err := sign(template, parent)
	if err != nil {
		return nil, fmt.Errorf("make authority %q: %w", a.Name, err)
	}
	return &CA{cert: cert, key: key}, nil
}

// sign makes a key and a certificate for it, signed by parent, or by the key
// itself if parent is nil.
func sign(template *x509.Certificate, parent *CA) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if template.SerialNumber, err = newSerial(); err != nil {
		return nil, nil, err
	}
	signerCert, signerKey := template, key
	if parent != nil {
		signerCert, signerKey = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signerCert, &key.PublicKey, signerKey)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return cert, key, err
}

// newSerial gives a random serial number.
//
// "Certificate users MUST be able to handle serialNumber values up to 20 octets.
// Conforming CAs MUST NOT use serialNumber values longer than 20 octets."
// https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return serial.Add(serial, big.NewInt(1)), nil // zero is no serial number
}

func validity(notBefore, notAfter time.Time, lifetime time.Duration) (from, until time.Time) {
	if notBefore.IsZero() {
		notBefore = time.Now().Add(-backdate)
		if !notAfter.IsZero() && notAfter.Before(notBefore) {
			notBefore = notAfter.Add(-lifetime)
		}
	}
	if notAfter.IsZero() {
		notAfter = notBefore.Add(lifetime)
	}
	return notBefore, notAfter
}
