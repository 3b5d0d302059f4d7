package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
	"github.com/aiohttp-go/aiohttp/internal/cli/units"
	"github.com/aiohttp-go/aiohttp/trust"
)

// renewalTime is when a certificate should long have been renewed: 14 days.
// Authorities with automatic renewal do it 30 days before the end.
// https://letsencrypt.org/docs/integration-guide/#when-to-renew
const renewalTime = 14 * 24 * time.Hour

// remedier is what trust's errors have.
type remedier interface{ Remedy() string }

// handshake secures a connection to addr, and tells whether the server is
// believed.
func (x *examination) handshake(ctx context.Context, addr string) bool {
	t := &TLS{Addr: addr, Roots: x.Policy.Source()}
	x.report.TLS = t
	start := time.Now()
	state, err := x.connectTLS(ctx, addr, x.Policy)
	t.Millis = millis(time.Since(start))
	if err == nil {
		t.describe(state)
		x.chain(state.PeerCertificates)
		x.judgeTLS(state)
		return true
	}
	t.Error = err.Error()
	code, remedy := exit.Of(err), ProxyRemedy(err)
	if code == exit.Failed || code == exit.Broken {
		code = exit.TLS
	}
	var r remedier
	if errors.As(err, &r) {
		remedy = r.Remedy()
	}
	if bad, ok := errors.AsType[*trust.CertificateError](err); ok {
		x.lookClosely(ctx, addr, bad)
	}
	x.report.add(Failure, code, err.Error(), remedy)
	return false
}

// lookClosely shakes hands once more, unverified, only to see the version, the
// cipher and the chain; nothing is sent after it.
func (x *examination) lookClosely(ctx context.Context, addr string, bad *trust.CertificateError) {
	chain := bad.Chain
	blind, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err == nil {
		if state, err := x.connectTLS(ctx, addr, blind); err == nil {
			x.report.TLS.describe(state)
			chain = state.PeerCertificates
		}
	}
	x.chain(chain)
}

// connectTLS offers HTTP/2 too, to learn whether the server has it.
func (x *examination) connectTLS(ctx context.Context, addr string, p *trust.Policy) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	conn, err := x.dialThrough(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	secured, err := p.Client(ctx, conn, x.host, "h2", "http/1.1")
	if err != nil {
		return nil, err
	}
	state := secured.ConnectionState()
	return &state, nil
}

func (t *TLS) describe(state *tls.ConnectionState) {
	t.Version = tls.VersionName(state.Version)
	t.Cipher = tls.CipherSuiteName(state.CipherSuite)
	t.ALPN = state.NegotiatedProtocol
	if state.CurveID != 0 {
		t.Group = state.CurveID.String()
	}
}

// chain describes each certificate with what is wrong with it.
func (x *examination) chain(chain []*x509.Certificate) {
	t := x.report.TLS
	t.Chain = make([]Certificate, len(chain))
	for i, cert := range chain {
		t.Chain[i] = Certificate{Subject: cert.Subject.String(), Issuer: cert.Issuer.String(),
			Names: names(cert), NotBefore: cert.NotBefore, NotAfter: cert.NotAfter, Key: keyName(cert), Fine: true}
	}
	for _, f := range x.Policy.Inspect(chain, x.host) {
		c := &t.Chain[f.Index]
		c.Details = append(c.Details, f.Detail)
		if f.Problem != trust.Fine {
			c.Fine = false
		}
	}
}

// judgeTLS finds what will soon be wrong with a connection that is fine.
func (x *examination) judgeTLS(state *tls.ConnectionState) {
	if x.Policy.Insecure() {
		x.report.add(Warning, exit.Failed, "the server was not verified, because of --insecure", "name its authority by --cacert instead")
	}
	for i, cert := range state.PeerCertificates {
		if left := time.Until(cert.NotAfter); left > 0 && left < renewalTime {
			x.report.add(Warning, exit.Failed, fmt.Sprintf("certificate %d ends in %s", i+1, units.Clock(left)),
				"have the server's certificate renewed")
		}
	}
	if state.Version < tls.VersionTLS13 {
		x.report.add(Note, exit.OK, "the server speaks "+tls.VersionName(state.Version)+"; TLS 1.3 is safer and a round trip faster", "")
	}
}

func names(cert *x509.Certificate) []string {
	all := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		all = append(all, ip.String())
	}
	return all
}

// keyName gives the kind and the size of the key: "ECDSA P-256", "RSA 2048".
func keyName(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return cert.PublicKeyAlgorithm.String()
}
