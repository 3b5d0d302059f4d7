// Package roots finds the certificate authorities to trust when nobody named
// any.
//
// They are the system's, and where the system has none (an image built from
// scratch, an odd distribution) the ones of Mozilla, compiled in. Nothing of
// the process changes: the pools are private, x509.SetFallbackRoots is not
// called, and no other TLS user of the program notices.
//
// SSL_CERT_FILE and SSL_CERT_DIR are obeyed on every system, and are checked:
// the standard library skips a file that it cannot read, by which each later
// connection fails with "unknown authority"; here the variable and the path are
// named. On Unix each of them replaces its half of the places where the system
// keeps its roots, the file or the directories, as in OpenSSL; on macOS and
// Windows, where the system's verifier would be asked, they replace it.
//
// Limitations:
//   - On Unix the standard library loads the system's roots once in a process.
//     Changing the variables after the first use of TLS has no effect.
//   - The compiled-in bundle is as old as the module that it came with.
package roots

import (
	"crypto/x509"
	"sync"
)

// Where the roots of a [Set] came from, when no variable named them.
const (
	FromSystem   = "system"
	FromEmbedded = "embedded Mozilla bundle"
)

// A Set is a pool of roots and its origin. It is shared: clone the pool before
// adding to it.
type Set struct {
	// Pool holds the roots. On macOS and Windows the system's is not a list
	// but a mark that makes x509 ask the platform's verifier.
	Pool *x509.CertPool

	// From is FromSystem, FromEmbedded, or "SSL_CERT_FILE=/path" and
	// "SSL_CERT_DIR=/path" for those of them that are set.
	From string
}

// Default gives the roots to use when none were named. They are found at the
// first call; later calls give the same answer, an error too. It is safe for
// concurrent use.
func Default() (Set, error) { return loadDefault() }

var loadDefault = sync.OnceValues(func() (Set, error) { return systemLoader().load() })

// Embedded gives the compiled-in roots of Mozilla. They are parsed at the first
// call. It is safe for concurrent use.
func Embedded() (Set, error) { return loadEmbedded() }

var loadEmbedded = sync.OnceValues(parseBundle)
