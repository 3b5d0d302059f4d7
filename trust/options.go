package trust

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"time"
)

// Options say whom to believe. The zero value of each field is its default.
// [New] copies the struct and reads the files.
type Options struct {
	// Roots are the authorities to start from. The zero value, RootsDefault,
	// means those named in CAs, CAPEM and CAFiles, and if none is named, those
	// of RootsSystem.
	Roots RootSource

	// CAFiles are the paths of PEM files with authorities to trust: instead of
	// all others if Roots is RootsDefault, else in addition. A certificate that
	// is no authority may be among them: it is trusted for itself.
	CAFiles []string

	// CAPEM holds authorities as CAFiles do, in memory.
	CAPEM []byte

	// CAs is a pool of authorities to trust, instead of all others. It cannot be
	// joined with Roots other than RootsDefault; CAPEM and CAFiles add to it.
	CAs *x509.CertPool

	// Certificates are the client certificates to choose from when a server
	// asks for one. The first that the server accepts is sent.
	Certificates []tls.Certificate

	// CertFile and KeyFile are the paths of a client certificate, with its
	// intermediates behind it, and its key, both PEM. KeyFile empty means that
	// the key is in CertFile.
	CertFile, KeyFile string

	// Pins, if any, are certificates and keys of which one must be met: by any
	// certificate of the verified chain, or, with InsecureSkipVerify, by the
	// peer's own.
	Pins []Pin

	// ServerName is the name that the server is asked for and must prove,
	// instead of the host of the URL. Empty means the host.
	ServerName string

	// MinVersion and MaxVersion bound the TLS version (tls.VersionTLS12, ...).
	// Zero means TLS 1.2, and the newest that crypto/tls knows. TLS 1.0 and 1.1
	// are broken: https://www.rfc-editor.org/rfc/rfc8996
	MinVersion, MaxVersion uint16

	// DisableSessionTickets turns off resumption, which saves a round trip and
	// the verification, but lets a server recognize the client.
	DisableSessionTickets bool

	// InsecureSkipVerify believes every peer. DANGER: anyone between here and
	// the server can read and change everything, unseen. It is no repair of a
	// certificate error: name the authority in CAFiles instead, or set Pins,
	// which are still checked and with which it is safe.
	InsecureSkipVerify bool

	// KeyLogWriter, if set, gets the secrets of every connection in the format
	// of NSS, by which Wireshark can decrypt a recording. DANGER: so can anyone
	// who reads it.
	KeyLogWriter io.Writer

	// Time is the clock that certificates are held against. Nil means time.Now.
	Time func() time.Time

	// Config is what to start from, for the settings of crypto/tls that have no
	// field here. It is cloned. Fields above that are set win over it.
	// NextProtos and ClientSessionCache are ignored: the protocol is chosen by
	// who connects, and sessions are never shared between policies.
	// Its VerifyConnection runs after our own checks.
	Config *tls.Config
}

// RootSource names a set of authorities.
type RootSource uint8

// The sets of authorities.
const (
	// RootsDefault stands for the authorities named in the options, and if none
	// is named, for RootsSystem.
	RootsDefault RootSource = iota

	// RootsSystem stands for what SSL_CERT_FILE and SSL_CERT_DIR name, else the
	// system's roots, else those of RootsEmbedded.
	RootsSystem

	// RootsEmbedded stands for Mozilla's roots, compiled in. The system is not
	// asked.
	RootsEmbedded
)
