package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/roots"
)

// Finding is what [Inspect] has to say of one certificate.
type Finding struct {
	// Index is the place of the certificate in the chain; 0 is the peer's own.
	Index int

	// Certificate is the one at Index.
	Certificate *x509.Certificate

	// Problem is what is wrong, or Fine.
	Problem Problem

	// Detail says in words what is wrong, or until when the certificate is
	// valid, in one line.
	Detail string
}

// String gives one line: the certificate, and the detail.
func (f Finding) String() string {
	text := fmt.Sprintf("certificate %d", f.Index+1)
	if f.Certificate != nil {
		text += ", " + describe(f.Certificate)
	}
	return text + ": " + f.Detail
}

// Inspect goes through a chain as a peer sent it, and tells of each certificate
// everything that is wrong with it, or that it is fine; in the order of the
// chain, at least one finding a certificate. pool holds the trusted authorities;
// nil means the default ones. An empty chain gives no findings.
func Inspect(chain []*x509.Certificate, host string, pool *x509.CertPool, now time.Time) []Finding {
	if len(chain) == 0 {
		return nil
	}
	var poolErr error
	if pool == nil {
		var set roots.Set
		set, poolErr = roots.Default()
		pool = set.Pool
	}
	return inspect(chain, host, pool, poolErr, now)
}

// Inspect is the function [Inspect] with the authorities and the clock of the
// policy.
func (p *Policy) Inspect(chain []*x509.Certificate, host string) []Finding {
	if len(chain) == 0 {
		return nil
	}
	p = p.orDefault()
	pool, err := p.roots()
	return inspect(chain, host, pool, err, p.now())
}

func inspect(chain []*x509.Certificate, host string, pool *x509.CertPool, poolErr error, now time.Time) []Finding {
	in := newInspection(chain, host, now)
	byIndex := make([][]Finding, len(chain))
	add := func(found Finding) {
		known := slices.ContainsFunc(byIndex[found.Index], func(f Finding) bool { return f.Problem == found.Problem })
		if !known {
			byIndex[found.Index] = append(byIndex[found.Index], found)
		}
	}
	for _, i := range in.path {
		for _, found := range in.faults(i) {
			add(found)
		}
	}
	if found, ok := in.name(); !ok {
		add(found)
	}
	last := in.path[len(in.path)-1]
	var anchor *x509.Certificate
	if poolErr != nil {
		add(in.finding(last, NotTrusted, clean(poolErr.Error())))
	} else {
		var err error
		if anchor, err = in.anchor(pool); err != nil {
			add(in.untrusted(err))
		}
	}
	var all []Finding
	for i, faults := range byIndex {
		if len(faults) == 0 {
			faults = []Finding{in.finding(i, Fine, in.praise(i, anchor))}
		}
		all = append(all, faults...)
	}
	return all
}

// praise says what there is to say of a certificate without faults.
func (in *inspection) praise(i int, anchor *x509.Certificate) string {
	if !slices.Contains(in.path, i) {
		return "not needed: it issued none of the others"
	}
	detail := "valid until " + moment(in.chain[i].NotAfter, in.now)
	if anchor == nil || i != in.path[len(in.path)-1] {
		return detail
	}
	if anchor.Equal(in.chain[i]) {
		return detail + ", trusted itself"
	}
	return detail + ", trusted through " + name(anchor.Subject)
}

// anchor gives the trusted authority that the chain leads to. Names, usages and
// dates are left aside: what is wrong with them is found without the authorities.
func (in *inspection) anchor(pool *x509.CertPool) (*x509.Certificate, error) {
	intermediates := x509.NewCertPool()
	for _, cert := range in.chain[1:] {
		intermediates.AddCert(cert)
	}
	options := x509.VerifyOptions{
		Roots:         pool,
		Intermediates: intermediates,
		CurrentTime:   in.commonTime(in.path),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	chains, err := in.chain[0].Verify(options)
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		// There is no time at which the whole path is valid.
		last := in.path[len(in.path)-1]
		options.CurrentTime = in.commonTime([]int{last})
		chains, err = in.chain[last].Verify(options)
	}
	if err != nil {
		return nil, err
	}
	return chains[0][len(chains[0])-1], nil
}

// commonTime gives the present, or if one of the certificates is not valid now,
// the begin of the time in which all may be.
func (in *inspection) commonTime(indexes []int) time.Time {
	var begin time.Time
	valid := true
	for _, i := range indexes {
		if in.chain[i].NotBefore.After(begin) {
			begin = in.chain[i].NotBefore
		}
		if _, ok := in.dates(i); !ok {
			valid = false
		}
	}
	if valid {
		return in.now
	}
	return begin
}

// untrusted tells why no trusted authority was found. Unlike blame it leaves
// aside the faults that anchor does not look at.
func (in *inspection) untrusted(cause error) Finding {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](cause); ok {
		for _, i := range in.path {
			for _, check := range []func(int) (Finding, bool){in.authority, in.length, in.signature} {
				if found, ok := check(i); !ok {
					return found
				}
			}
		}
		return in.end(cause)
	}
	return in.blame(cause)
}
