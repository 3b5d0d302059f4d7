package trust

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/aiohttp-go/aiohttp/internal/roots"
)

// fromOptions is the origin of roots that the options name.
const fromOptions = "options"

// rootSet builds the pool that o asks for. base is the pool of Options.CAs, or
// else of Options.Config.
func (o *Options) rootSet(base *x509.CertPool) (roots.Set, error) {
	own, err := o.ownAuthorities()
	if err != nil {
		return roots.Set{}, err
	}
	set, err := o.baseSet(base, len(own) > 0)
	if err != nil || len(own) == 0 {
		return set, err
	}
	pool := set.Pool.Clone() // shared with others until here
	for _, cert := range own {
		pool.AddCert(cert)
	}
	if set.From != fromOptions {
		set.From += " and " + fromOptions
	}
	return roots.Set{Pool: pool, From: set.From}, nil
}

// namesAuthorities tells whether the roots depend on more than the defaults.
func (o *Options) namesAuthorities() bool {
	return o.Roots != RootsDefault || len(o.CAFiles) > 0 || len(o.CAPEM) > 0 || o.CAs != nil
}

func (o *Options) baseSet(base *x509.CertPool, haveOwn bool) (roots.Set, error) {
	switch o.Roots {
	case RootsDefault:
		if base != nil {
			return roots.Set{Pool: base.Clone(), From: fromOptions}, nil
		}
		if haveOwn {
			return roots.Set{Pool: x509.NewCertPool(), From: fromOptions}, nil
		}
		return roots.Default()
	case RootsSystem, RootsEmbedded:
		if o.CAs != nil {
			return roots.Set{}, errors.New("trust options: CAs cannot be joined with Roots")
		}
		if o.Roots == RootsSystem {
			return roots.Default()
		}
		return roots.Embedded()
	}
	return roots.Set{}, fmt.Errorf("trust options: unknown root source %d", o.Roots)
}

// ownAuthorities reads CAPEM and CAFiles, and reports every one that cannot be
// used.
func (o *Options) ownAuthorities() ([]*x509.Certificate, error) {
	var own []*x509.Certificate
	var errs []error
	add := func(what string, text []byte, err error) {
		var certs []*x509.Certificate
		if err == nil {
			certs, err = parseCertificates(text)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, pathless(err)))
		}
		own = append(own, certs...)
	}
	if len(o.CAPEM) > 0 {
		add("certificate authorities", o.CAPEM, nil)
	}
	for _, path := range o.CAFiles {
		text, err := os.ReadFile(path)
		add("certificate authority file "+path, text, err)
	}
	return own, errors.Join(errs...)
}

// parseCertificates gives the certificates of a PEM text. Other blocks in it
// are skipped, and so are certificates that cannot be parsed as long as another
// can: bundles with an odd old root among hundreds are common.
func parseCertificates(text []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	firstErr := errors.New("no PEM certificate in it")
	failed := false
	for {
		var block *pem.Block
		block, text = pem.Decode(text)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			if !failed {
				firstErr, failed = err, true
			}
			continue
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, firstErr
	}
	return certs, nil
}

// pathless takes the path out of a file error whose path is named already.
func pathless(err error) error {
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		return pathErr.Err
	}
	return err
}
