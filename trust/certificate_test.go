package trust_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// chainCase is a server with a chain that is not believed.
type chainCase struct {
	name    string
	cert    tls.Certificate
	host    string // empty means the constant
	problem trust.Problem
	index   int
	text    string // part of the error
	remedy  string // part of the remedy
}

func brokenChains(t *testing.T, root *localca.CA) []chainCase {
	now := time.Now()
	hosts := []string{host}
	leaf := localca.Leaf{Hosts: hosts}
	middle := func(a localca.Authority) *localca.CA {
		a.Name = "Middle"
		return intermediate(t, root, a)
	}
	stranger := newCA(t, "Stranger Authority")
	proxy := issue(t, stranger, leaf)
	proxy.Certificate = append(proxy.Certificate, stranger.Certificate().Raw)
	wrong := issue(t, middle(localca.Authority{}), localca.Leaf{Hosts: hosts, OmitChain: true})
	wrong.Certificate = append(wrong.Certificate, intermediate(t, root, localca.Authority{Name: "Unrelated"}).Certificate().Raw)
	narrow, err := localca.NewAuthority(localca.Authority{Name: "Middle", MaxPathLen: -1})
	if err != nil {
		t.Fatal(err)
	}
	low := intermediate(t, narrow, localca.Authority{Name: "Low"})
	long := issue(t, low, leaf)
	long.Certificate = append(long.Certificate, narrow.Certificate().Raw)
	clientOnly := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}

	return []chainCase{
		{
			name: "expired leaf", cert: issue(t, root, localca.Leaf{Hosts: hosts, NotAfter: now.Add(-75 * time.Hour)}),
			problem: trust.Expired, text: "(3 days ago): certificate 1 of 1, CN=api.example.com, issued by CN=Test Root", remedy: "renew",
		},
		{
			name: "expired intermediate", cert: issue(t, middle(localca.Authority{NotAfter: now.Add(-75 * time.Hour)}), leaf),
			problem: trust.Expired, index: 1, text: "(3 days ago): certificate 2 of 2, CN=Middle, issued by CN=Test Root", remedy: "The clock here says",
		},
		{
			name: "leaf of the future", cert: issue(t, root, localca.Leaf{Hosts: hosts, NotBefore: now.Add(90*time.Minute + 2*24*time.Hour)}),
			problem: trust.NotYetValid, text: "(in 2 days)", remedy: "The clock here says",
		},
		{
			name: "other names", cert: issue(t, root, localca.Leaf{Hosts: []string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example", "10.0.0.1"}}),
			problem: trust.NameMismatch, text: "is for a.example, b.example, c.example, d.example, e.example and 2 more, not for api.example.com", remedy: "a.example",
		},
		{
			name: "address without ip name", host: "127.0.0.1", cert: issue(t, root, leaf),
			problem: trust.NameMismatch, text: "is for api.example.com, not for 127.0.0.1", remedy: "ServerName",
		},
		{
			name: "common name only", cert: issue(t, root, localca.Leaf{CommonName: host}),
			problem: trust.CommonNameOnly, text: "only in its common name", remedy: "subject alternative names",
		},
		{
			name: "self-signed leaf", cert: issue(t, nil, leaf),
			problem: trust.SelfSigned, text: "self-signed", remedy: "--pin sha256/",
		},
		{
			name: "unknown issuer", cert: issue(t, stranger, leaf),
			problem: trust.UnknownIssuer, text: "issued by CN=Stranger Authority", remedy: "--cacert",
		},
		{
			name: "unknown issuer of an intermediate", cert: issue(t, intermediate(t, stranger, localca.Authority{Name: "Middle"}), leaf),
			problem: trust.UnknownIssuer, index: 1, text: "certificate 2 of 2", remedy: "--cacert",
		},
		{
			name: "untrusted root in the chain", cert: proxy,
			problem: trust.UntrustedRoot, index: 1, text: "a root that is not trusted", remedy: "antivirus",
		},
		{
			name: "missing intermediate with its address", cert: issue(t, middle(localca.Authority{}), localca.Leaf{Hosts: hosts, OmitChain: true, IssuerURL: "http://ca.example/middle.der"}),
			problem: trust.MissingIntermediate, text: "did not send the intermediate certificate of CN=Middle", remedy: "http://ca.example/middle.der",
		},
		{
			name: "missing intermediate by its name", cert: issue(t, intermediate(t, root, localca.Authority{Name: "Test Intermediate CA"}), localca.Leaf{Hosts: hosts, OmitChain: true}),
			problem: trust.MissingIntermediate, text: "CN=Test Intermediate CA", remedy: "from who runs the authority",
		},
		{
			name: "wrong intermediate", cert: wrong,
			problem: trust.MissingIntermediate, text: "CN=Middle", remedy: "along with its own",
		},
		{
			name: "wrong usage", cert: issue(t, root, localca.Leaf{Hosts: hosts, Usage: clientOnly}),
			problem: trust.WrongUsage, text: "not for servers, only for clients", remedy: "server authentication",
		},
		{
			name: "wrong usage of the intermediate", cert: issue(t, middle(localca.Authority{Usage: clientOnly}), leaf),
			problem: trust.WrongUsage, index: 1, text: "CN=Middle", remedy: "server authentication",
		},
		{
			name: "issuer is no authority", cert: issue(t, middle(localca.Authority{NoAuthority: true}), leaf),
			problem: trust.NotAuthority, index: 1, text: "no authority", remedy: "forged",
		},
		{
			name: "weak signature", cert: issue(t, root, localca.Leaf{Hosts: hosts, SignatureAlgorithm: x509.ECDSAWithSHA1}),
			problem: trust.WeakSignature, text: "ECDSA-SHA1", remedy: "SHA-256",
		},
		{
			name: "name constraint", cert: issue(t, middle(localca.Authority{PermittedDNSDomains: []string{"example.org"}}), leaf),
			problem: trust.NameConstraint, text: "may not issue for its names", remedy: "by the rules",
		},
		{
			name: "too many intermediates", cert: long,
			problem: trust.PathTooLong, index: 2, text: "allows 0 authorities below it, but the chain has 1", remedy: "by the rules",
		},
	}
}

func TestClientSaysWhichCertificateIsNotBelievedAndWhy(t *testing.T) {
	root := newCA(t, "Test Root")
	policy := newPolicy(t, trust.Options{CAPEM: root.PEM()})
	for _, tt := range brokenChains(t, root) {
		t.Run(tt.name, func(t *testing.T) {
			name := tt.host
			if name == "" {
				name = host
			}
			_, err := connect(t, policy, name, serverOf(tt.cert))
			got := wantCertificateError(t, err, tt.problem, tt.index)
			if !strings.HasPrefix(err.Error(), "certificate of "+name+": ") || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("Error() = %q, want %q in it", err, tt.text)
			}
			if !strings.Contains(got.Remedy(), tt.remedy) {
				t.Errorf("Remedy() = %q, want %q in it", got.Remedy(), tt.remedy)
			}
			var std *tls.CertificateVerificationError
			if !errors.As(err, &std) {
				t.Error("the error of crypto/tls is not below")
			}
			if len(got.Chain) != len(tt.cert.Certificate) || got.Host != name {
				t.Errorf("%d certificates of %q, want %d of %q", len(got.Chain), got.Host, len(tt.cert.Certificate), name)
			}
			if hasTime := !got.Since.IsZero() || !got.Until.IsZero(); hasTime != (tt.problem == trust.Expired || tt.problem == trust.NotYetValid) {
				t.Errorf("Since %v, Until %v", got.Since, got.Until)
			}
		})
	}
}

// The policy's clock, not the machine's, decides what is expired.
func TestClientUsesTheClockOfTheOptions(t *testing.T) {
	root := newCA(t, "Test Root")
	cert := issue(t, root, localca.Leaf{Hosts: []string{host}})
	end := cert.Leaf.NotAfter
	at := func(now time.Time) *trust.Policy {
		return newPolicy(t, trust.Options{CAPEM: root.PEM(), Time: func() time.Time { return now }})
	}
	if _, err := connect(t, at(end.Add(-time.Second)), host, serverOf(cert)); err != nil {
		t.Errorf("a second before the end: %v", err)
	}
	_, err := connect(t, at(end.Add(10*time.Second)), host, serverOf(cert))
	got := wantCertificateError(t, err, trust.Expired, 0)
	if !got.Since.Equal(end) || !strings.Contains(err.Error(), "(10 seconds ago)") {
		t.Errorf("Since = %v, Error() = %q", got.Since, err)
	}
}

func TestClientSaysWhyATrustedAuthorityIsRefused(t *testing.T) {
	now := time.Now()
	end := now.Add(-75 * time.Hour)
	old, err := localca.NewAuthority(localca.Authority{Name: "Test Root", NotBefore: now.Add(-1000 * time.Hour), NotAfter: end})
	if err != nil {
		t.Fatal(err)
	}
	cert := issue(t, old, localca.Leaf{Hosts: []string{host}})

	_, err = connect(t, newPolicy(t, trust.Options{CAPEM: old.PEM()}), host, serverOf(cert))
	got := wantCertificateError(t, err, trust.Expired, 0)
	if want := "its authority CN=Test Root, which is trusted, expired on "; !strings.Contains(err.Error(), want) || !got.Since.Equal(end.UTC().Truncate(time.Second)) {
		t.Errorf("Since = %v, Error() = %q, want %q in it", got.Since, err, want)
	}

	_, err = connect(t, newPolicy(t, trust.Options{CAPEM: newCA(t, "Test Root").PEM()}), host, serverOf(cert))
	wantCertificateError(t, err, trust.UnknownIssuer, 0)
	if want := "ECDSA verification failure"; !strings.Contains(err.Error(), want) {
		t.Errorf("Error() = %q, want %q in it", err, want)
	}
}

// A certificate may hold anything: nothing of it steers the terminal.
func TestErrorsHoldNoControlCharacters(t *testing.T) {
	root := newCA(t, "Test Root")
	cert := issue(t, newCA(t, "evil\x1b[2J\nroot"), localca.Leaf{CommonName: "a\x1b]0;b\a\nc"})
	_, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM()}), host, serverOf(cert))
	got := wantCertificateError(t, err, trust.CommonNameOnly, 0)
	for _, text := range append([]string{err.Error(), got.Remedy()}, findingTexts(trust.Inspect(got.Chain, host, root.Pool(), time.Now()))...) {
		if strings.ContainsAny(text, "\x1b\n\a") {
			t.Errorf("control characters in %q", text)
		}
	}
}

func findingTexts(findings []trust.Finding) []string {
	var texts []string
	for _, found := range findings {
		texts = append(texts, found.String())
	}
	return texts
}

// fasthttp ebaf0e2: an address without a port, or an odd one, once switched
// verification off.
func TestClientVerifiesHostsOfEveryForm(t *testing.T) {
	root := newCA(t, "Test Root")
	policy := newPolicy(t, trust.Options{CAPEM: root.PEM()})
	cert := issue(t, root, localca.Leaf{Hosts: []string{host, "127.0.0.1", "::1", "fe80::1"}})
	other := issue(t, root, localca.Leaf{Hosts: []string{"other.example", "127.0.0.2", "::2"}})

	good := []string{
		host, host + ".", host + ":443", "API.example.COM", host + ".:443",
		"127.0.0.1", "127.0.0.1:443", "::ffff:127.0.0.1",
		"::1", "[::1]", "[::1]:443", "0:0:0:0:0:0:0:1", "fe80::1%eth0", "[fe80::1%eth0]:443",
	}
	for _, name := range good {
		if _, err := connect(t, policy, name, serverOf(cert)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		_, err := connect(t, policy, name, serverOf(other))
		wantCertificateError(t, err, trust.NameMismatch, 0)
	}
	for _, name := range []string{"", ":443", "[", "[::1", "::1]", "::1:443:443:443:443:443:443:443:443", "*", ".", "a:b:c", "api.example.com:443:443"} {
		if _, err := connect(t, policy, name, serverOf(cert)); err == nil {
			t.Errorf("%q: the peer is believed", name)
		}
	}
}
