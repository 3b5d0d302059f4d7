package roots

import (
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// parseBundle puts Mozilla's roots in a pool, each with the constraint under
// which Mozilla still trusts it.
func parseBundle() (Set, error) {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return Set{}, fmt.Errorf("embedded root certificates: %w", err)
		}
		if root.Constraint == nil {
			pool.AddCert(cert)
			continue
		}
		pool.AddCertWithConstraint(cert, root.Constraint)
	}
	return Set{Pool: pool, From: FromEmbedded}, nil
}
