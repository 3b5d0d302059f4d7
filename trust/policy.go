package trust

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/roots"
)

// sessionCacheSize is the number of hosts whose last session is kept for
// resumption: somewhat above the 100 connections that a client holds by default.
const sessionCacheSize = 128

// A Policy is a decision whom to believe. It is immutable, and safe for
// concurrent use. The nil *Policy is that of [Default].
//
// Two policies never share a session, even if their options are equal, and a
// pool must not share connections among them: make one policy for each setting
// and keep it.
type Policy struct {
	base     *tls.Config // never handed out: see ClientConfig
	pins     []Pin
	source   string
	err      error // why no roots could be found; nothing is believed then
	configs  configCache
	insecure bool
}

// New makes a policy. It reads the files named in the options, and reports every
// file and pin that cannot be used.
func New(o Options) (*Policy, error) {
	base := new(tls.Config)
	if o.Config != nil {
		base = o.Config.Clone()
	}
	o.apply(base)
	pins := slices.Clone(o.Pins)
	errs := []error{checkVersions(base.MinVersion, base.MaxVersion), checkPins(pins)}

	certs, err := o.clientCertificates()
	errs = append(errs, err)
	if len(certs) > 0 {
		base.Certificates, base.GetClientCertificate = certs, nil
	}
	base.GetClientCertificate = getClientCertificate(base.Certificates, base.GetClientCertificate)

	p := &Policy{base: base, pins: pins, insecure: base.InsecureSkipVerify}
	if o.CAs != nil {
		base.RootCAs = o.CAs
	}
	if !base.InsecureSkipVerify || o.namesAuthorities() {
		set, err := o.rootSet(base.RootCAs)
		errs = append(errs, err)
		base.RootCAs, p.source = set.Pool, set.From
	}
	if base.InsecureSkipVerify {
		p.source = "none, verification is off"
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	base.VerifyConnection = p.verifyConnection(base.VerifyConnection)
	return p, nil
}

// apply writes the plain fields of o over base.
func (o *Options) apply(base *tls.Config) {
	if o.ServerName != "" {
		base.ServerName = o.ServerName
	}
	if o.MinVersion != 0 {
		base.MinVersion = o.MinVersion
	}
	if base.MinVersion == 0 {
		base.MinVersion = tls.VersionTLS12
	}
	if o.MaxVersion != 0 {
		base.MaxVersion = o.MaxVersion
	}
	if o.InsecureSkipVerify {
		base.InsecureSkipVerify = true
	}
	if o.KeyLogWriter != nil {
		base.KeyLogWriter = o.KeyLogWriter
	}
	if o.Time != nil {
		base.Time = o.Time
	}
	if o.DisableSessionTickets {
		base.SessionTicketsDisabled = true
	}
	// A cache from outside could hold sessions that were begun under other roots
	// or pins, whose resumption would skip the verification under ours.
	base.ClientSessionCache = nil
	if !base.SessionTicketsDisabled {
		base.ClientSessionCache = tls.NewLRUClientSessionCache(sessionCacheSize)
	}
	base.NextProtos = nil
}

// checkVersions reports versions that crypto/tls does not know, and a range
// that holds none.
func checkVersions(minVersion, maxVersion uint16) error {
	for _, version := range []uint16{minVersion, maxVersion} {
		if version != 0 && (version < tls.VersionTLS10 || version > tls.VersionTLS13) {
			return fmt.Errorf("trust options: unknown TLS version %#04x", version)
		}
	}
	if maxVersion != 0 && minVersion > maxVersion {
		return errors.New("trust options: MinVersion " + tls.VersionName(minVersion) +
			" is above MaxVersion " + tls.VersionName(maxVersion))
	}
	return nil
}

func checkPins(pins []Pin) error {
	for i, pin := range pins {
		if pin.IsZero() {
			return fmt.Errorf("trust options: pin %d is empty", i+1)
		}
	}
	return nil
}

// Default gives the policy of the zero Options, the same for the whole process.
// Roots are looked for at the first call; the error tells that the ones named by
// SSL_CERT_FILE or SSL_CERT_DIR cannot be used. It is safe for concurrent use.
func Default() (*Policy, error) {
	p := defaultPolicy()
	if p.err != nil {
		return nil, p.err
	}
	return p, nil
}

var defaultPolicy = sync.OnceValue(func() *Policy {
	p, err := New(Options{})
	if err != nil {
		// The empty pool believes nobody, for those who do not ask Default.
		return &Policy{base: &tls.Config{RootCAs: x509.NewCertPool()}, err: err}
	}
	return p
})

func (p *Policy) orDefault() *Policy {
	if p == nil {
		return defaultPolicy()
	}
	return p
}

// Insecure tells whether a peer is believed that has proven nothing:
// InsecureSkipVerify is set, and no pin is.
func (p *Policy) Insecure() bool {
	p = p.orDefault()
	return p.insecure && len(p.pins) == 0
}

// Source tells in words where the trusted authorities come from: "system",
// "embedded Mozilla bundle", "SSL_CERT_FILE=/path", "options".
func (p *Policy) Source() string { return p.orDefault().source }

// now gives the time of the policy's clock.
func (p *Policy) now() time.Time {
	if p.base.Time != nil {
		return p.base.Time()
	}
	return time.Now()
}

// roots gives the pool that peers are verified with; nil means the default one.
func (p *Policy) roots() (*x509.CertPool, error) {
	if p.base.RootCAs != nil || p.err != nil {
		return p.base.RootCAs, p.err
	}
	set, err := roots.Default() // verification is off
	return set.Pool, err
}
