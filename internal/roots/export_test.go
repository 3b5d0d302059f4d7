package roots

import "crypto/x509"

// System describes a system for Load.
type System struct {
	CertFile, CertDir string // the two variables
	Pool              *x509.CertPool
	Err               error
	ReadsEnv          bool
}

// Load finds the default roots of a system described.
func Load(s System) (Set, error) {
	return loader{
		env:            environment{file: s.CertFile, dirs: s.CertDir},
		system:         func() (*x509.CertPool, error) { return s.Pool, s.Err },
		embedded:       Embedded,
		systemReadsEnv: s.ReadsEnv,
	}.load()
}
