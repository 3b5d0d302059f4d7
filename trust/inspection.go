package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxPath bounds the work that a peer can make with a chain of hundreds. Chains
// in use have up to five certificates.
const maxPath = 20

// inspection looks for faults in a chain as it was sent, without knowing which
// authorities are trusted. The chain is not empty.
type inspection struct {
	chain []*x509.Certificate
	host  string
	now   time.Time

	// path leads from the peer's own certificate upwards, each issued by the
	// next, as indexes into chain.
	path []int
}

func newInspection(chain []*x509.Certificate, host string, now time.Time) *inspection {
	in := &inspection{chain: chain, host: serverName(host), now: now, path: []int{0}}
	for at := 0; len(in.path) < maxPath && !selfIssued(chain[at]); {
		at = in.issuer(at)
		if at < 0 {
			break
		}
		in.path = append(in.path, at)
	}
	return in
}

// issuer gives the index of the certificate that issued the one at i, or -1 if
// it was not sent.
func (in *inspection) issuer(i int) int {
	child := in.chain[i]
	return slices.IndexFunc(in.chain, func(c *x509.Certificate) bool {
		if !bytes.Equal(c.RawSubject, child.RawIssuer) {
			return false
		}
		if len(child.AuthorityKeyId) > 0 && len(c.SubjectKeyId) > 0 && !bytes.Equal(child.AuthorityKeyId, c.SubjectKeyId) {
			return false // another authority of the same name, or a renewed one
		}
		return !slices.ContainsFunc(in.path, func(j int) bool { return in.chain[j].Equal(c) })
	})
}

func (in *inspection) finding(i int, problem Problem, detail string) Finding {
	return Finding{Index: i, Certificate: in.chain[i], Problem: problem, Detail: detail}
}

// faults gives what is wrong with the certificate at i of the path, its names
// apart, the weightiest first.
func (in *inspection) faults(i int) []Finding {
	var faults []Finding
	for _, check := range []func(int) (Finding, bool){in.dates, in.authority, in.usage, in.length, in.signature} {
		if found, ok := check(i); !ok {
			faults = append(faults, found)
		}
	}
	return faults
}

func (in *inspection) dates(i int) (Finding, bool) {
	problem, detail := checkDates(in.chain[i], in.now)
	if problem == Fine {
		return Finding{}, true
	}
	return in.finding(i, problem, detail), false
}

func checkDates(cert *x509.Certificate, now time.Time) (Problem, string) {
	switch {
	case now.Before(cert.NotBefore):
		return NotYetValid, "not valid before " + moment(cert.NotBefore, now)
	case now.After(cert.NotAfter):
		return Expired, "expired on " + moment(cert.NotAfter, now)
	}
	return Fine, ""
}

// authority checks that a certificate which issued another may do so.
func (in *inspection) authority(i int) (Finding, bool) {
	cert := in.chain[i]
	if i == 0 || cert.BasicConstraintsValid && cert.IsCA {
		return Finding{}, true
	}
	return in.finding(i, NotAuthority, "issued another certificate, but is no authority"), false
}

func (in *inspection) usage(i int) (Finding, bool) {
	cert := in.chain[i]
	if len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) == 0 ||
		slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageAny) ||
		slices.Contains(cert.ExtKeyUsage, x509.ExtKeyUsageServerAuth) {
		return Finding{}, true
	}
	detail := "not for servers"
	if uses := usageNames(cert.ExtKeyUsage); uses != "" {
		detail += ", only for " + uses
	}
	return in.finding(i, WrongUsage, detail), false
}

// length checks the number of authorities between the one at i and the peer.
func (in *inspection) length(i int) (Finding, bool) {
	cert := in.chain[i]
	below := slices.Index(in.path, i) - 1
	if below < 0 || !cert.BasicConstraintsValid || cert.MaxPathLen < 0 || below <= cert.MaxPathLen {
		return Finding{}, true
	}
	detail := fmt.Sprintf("allows %d authorities below it, but the chain has %d", cert.MaxPathLen, below)
	return in.finding(i, PathTooLong, detail), false
}

func (in *inspection) signature(i int) (Finding, bool) {
	cert := in.chain[i]
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		if !selfIssued(cert) { // nothing rests on the signature of a root
			return in.finding(i, WeakSignature, "signed with "+cert.SignatureAlgorithm.String()+", which can be forged"), false
		}
	}
	return Finding{}, true
}

// name checks that the peer's own certificate is for the host.
func (in *inspection) name() (Finding, bool) {
	cert := in.chain[0]
	if cert.VerifyHostname(in.host) == nil {
		return Finding{}, true
	}
	all := names(cert)
	if len(all) == 0 && cert.Subject.CommonName != "" {
		detail := fmt.Sprintf("names the host only in its common name, %s, which does not count", quote(cert.Subject.CommonName))
		return in.finding(0, CommonNameOnly, detail), false
	}
	return in.finding(0, NameMismatch, "is for "+list(all)+", not for "+clean(in.host)), false
}

// end tells why a path without faults ends at no trusted root.
func (in *inspection) end(cause error) Finding {
	last := in.path[len(in.path)-1]
	cert := in.chain[last]
	switch {
	case selfIssued(cert) && last == 0:
		return in.finding(last, SelfSigned, "self-signed, and not among the trusted certificates")
	case selfIssued(cert):
		return in.finding(last, UntrustedRoot, "the chain ends in a root that is not trusted")
	case in.intermediateMissing(cert):
		return in.finding(last, MissingIntermediate, "the server did not send the intermediate certificate of "+name(cert.Issuer))
	}
	return in.finding(last, UnknownIssuer, "issued by an authority that is not trusted"+hint(cause))
}

// intermediateMissing guesses as the comment of Diagnose says. last is where the
// path ends.
func (in *inspection) intermediateMissing(last *x509.Certificate) bool {
	issuer := strings.ToLower(last.Issuer.CommonName)
	if strings.Contains(issuer, "root") {
		return false
	}
	if strings.Contains(issuer, "intermediate") || strings.Contains(issuer, "issuing") {
		return true
	}
	for i, cert := range in.chain {
		if cert.IsCA && !slices.Contains(in.path, i) {
			return true
		}
	}
	return len(in.path) == 1 && len(last.IssuingCertificateURL) > 0
}

// hint gives why x509 refused a trusted authority of the right name, which its
// error tells only in its text.
func hint(cause error) string {
	unknown, ok := errors.AsType[x509.UnknownAuthorityError](cause)
	if !ok {
		return ""
	}
	if _, why, ok := strings.Cut(unknown.Error(), "possibly because of "); ok {
		return " (" + clean(strings.TrimSuffix(why, ")")) + ")"
	}
	return ""
}

// selfIssued tells whether the certificate is signed by its own key. An
// algorithm too weak to be checked does not matter here.
func selfIssued(cert *x509.Certificate) bool {
	if !bytes.Equal(cert.RawSubject, cert.RawIssuer) {
		return false
	}
	err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	if _, weak := errors.AsType[x509.InsecureAlgorithmError](err); weak {
		return true
	}
	return err == nil
}
