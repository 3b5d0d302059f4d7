package roots

import (
	"crypto/x509"
	"os"
	"runtime"
	"strings"
)

// loader is everything that the choice of roots depends on, so that a test can
// put a system without roots in the place of this one.
type loader struct {
	env      environment
	system   func() (*x509.CertPool, error)
	embedded func() (Set, error)

	// systemReadsEnv tells that system obeys the two variables by itself, as
	// x509.SystemCertPool does except on macOS and Windows.
	systemReadsEnv bool
}

func systemLoader() loader {
	return loader{
		env: environment{
			file: os.Getenv(fileVariable),
			dirs: os.Getenv(dirVariable),
		},
		system:         x509.SystemCertPool,
		embedded:       Embedded,
		systemReadsEnv: !platformVerifies(runtime.GOOS),
	}
}

// platformVerifies tells whether x509 leaves verification to the system. Such
// a system has no list of roots to read, and ignores the variables.
func platformVerifies(goos string) bool {
	return goos == "darwin" || goos == "ios" || goos == "windows"
}

func (l loader) load() (Set, error) {
	named, err := l.env.load()
	if err != nil {
		return Set{}, err
	}
	if !l.env.empty() && !l.systemReadsEnv {
		return l.named(named)
	}
	pool, err := l.system()
	// An error of system means that its files cannot be read: for us it is a
	// system without roots.
	if err == nil && !empty(pool) {
		if l.env.empty() {
			return Set{Pool: pool, From: FromSystem}, nil
		}
		return Set{Pool: pool, From: l.env.String()}, nil
	}
	if l.env.empty() {
		return l.embedded()
	}
	return l.named(named)
}

// named gives the roots that the variables name, and never any other in their
// place: whoever set them wanted to narrow what is trusted.
func (l loader) named(pool *x509.CertPool) (Set, error) {
	if empty(pool) {
		return Set{}, &Error{Variable: dirVariable, Path: l.env.dirs, Err: errNoCertificates}
	}
	return Set{Pool: pool, From: l.env.String()}, nil
}

func empty(pool *x509.CertPool) bool {
	return pool == nil || pool.Equal(x509.NewCertPool())
}

// String gives the variables as a shell would set them.
func (e environment) String() string {
	var set []string
	if e.file != "" {
		set = append(set, fileVariable+"="+e.file)
	}
	if e.dirs != "" {
		set = append(set, dirVariable+"="+e.dirs)
	}
	return strings.Join(set, " ")
}
