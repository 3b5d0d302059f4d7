// Package roots stands in for internal/roots where only the standard library can
// be imported: it has the system's authorities and no bundle.
package roots

import "crypto/x509"

// Where the roots of a [Set] came from.
const (
	FromSystem   = "system"
	FromEmbedded = "embedded"
)

// Set is a pool of roots and its origin.
type Set struct {
	Pool *x509.CertPool
	From string
}

// Default gives the system's roots.
func Default() (Set, error) {
	pool, err := x509.SystemCertPool()
	return Set{pool, FromSystem}, err
}

// Embedded gives no roots at all.
func Embedded() (Set, error) { return Set{x509.NewCertPool(), FromEmbedded}, nil }
