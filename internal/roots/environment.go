package roots

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// The variables of OpenSSL, which most TLS programs obey.
// https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/
const (
	fileVariable = "SSL_CERT_FILE"
	dirVariable  = "SSL_CERT_DIR"
)

var errNoCertificates = errors.New("no certificates in it")

// Error tells that a variable names roots that cannot be used.
type Error struct {
	// Variable is SSL_CERT_FILE or SSL_CERT_DIR.
	Variable string

	// Path is its value.
	Path string

	// Err is the cause, often an [fs.PathError].
	Err error
}

// Error gives "VARIABLE=path: cause".
func (e *Error) Error() string {
	cause := e.Err
	if pathErr, ok := errors.AsType[*fs.PathError](cause); ok && pathErr.Path == e.Path {
		cause = pathErr.Err // the path is named already
	}
	return e.Variable + "=" + e.Path + ": " + cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// environment is the content of the two variables; empty means not set.
type environment struct {
	file string // one PEM file
	dirs string // a list of directories of PEM files
}

func (e environment) empty() bool { return e.file == "" && e.dirs == "" }

// load reads what the variables name. A file must hold a certificate. Of the
// directories one must be readable, because lists that name the places of
// several distributions are common.
func (e environment) load() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if e.file != "" {
		pem, err := os.ReadFile(e.file)
		if err == nil && !pool.AppendCertsFromPEM(pem) {
			err = errNoCertificates
		}
		if err != nil {
			return nil, &Error{Variable: fileVariable, Path: e.file, Err: err}
		}
	}
	if e.dirs != "" {
		if err := appendDirs(pool, filepath.SplitList(e.dirs)); err != nil {
			return nil, &Error{Variable: dirVariable, Path: e.dirs, Err: err}
		}
	}
	return pool, nil
}

func appendDirs(pool *x509.CertPool, dirs []string) error {
	var firstErr error
	readable := false
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		readable = true
		for _, entry := range entries {
			// Such a directory holds keys, indexes and stale links beside the
			// certificates: what is no certificate is skipped, as OpenSSL does.
			if pem, err := os.ReadFile(filepath.Join(dir, entry.Name())); err == nil {
				pool.AppendCertsFromPEM(pem)
			}
		}
	}
	if readable {
		return nil
	}
	return firstErr
}
