package localca_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

func newCA(t *testing.T, a localca.Authority) *localca.CA {
	t.Helper()
	ca, err := localca.NewAuthority(a)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// verify holds a certificate against the pool, with what it carries along.
func verify(t *testing.T, cert tls.Certificate, pool *x509.CertPool, host string) error {
	t.Helper()
	intermediates := x509.NewCertPool()
	for _, der := range cert.Certificate[1:] {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		intermediates.AddCert(parsed)
	}
	_, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: intermediates, DNSName: host})
	return err
}

func TestIssuedCertificateIsVerifiedForEachHost(t *testing.T) {
	root := newCA(t, localca.Authority{Name: "Root"})
	middle, err := root.Intermediate(localca.Authority{Name: "Middle"})
	if err != nil {
		t.Fatal(err)
	}
	low, err := middle.Intermediate(localca.Authority{Name: "Low"})
	if err != nil {
		t.Fatal(err)
	}
	for name, ca := range map[string]*localca.CA{"root": root, "middle": middle, "low": low} {
		t.Run(name, func(t *testing.T) {
			cert, err := ca.Issue("localhost", "*.example.com", "127.0.0.1", "::1")
			if err != nil {
				t.Fatal(err)
			}
			for _, host := range []string{"localhost", "a.example.com", "127.0.0.1", "::1"} {
				if err := verify(t, cert, root.Pool(), host); err != nil {
					t.Errorf("%s: %v", host, err)
				}
			}
			if err := verify(t, cert, ca.Pool(), "localhost"); err != nil {
				t.Errorf("by the pool of the issuer: %v", err)
			}
			if verify(t, cert, root.Pool(), "example.org") == nil {
				t.Error("verified for a host that it is not for")
			}
		})
	}
}

func TestPEMHoldsTheRoot(t *testing.T) {
	root := newCA(t, localca.Authority{Name: "Root"})
	middle, err := root.Intermediate(localca.Authority{Name: "Middle"})
	if err != nil {
		t.Fatal(err)
	}
	for name, ca := range map[string]*localca.CA{"root": root, "intermediate": middle} {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(ca.PEM()) {
			t.Fatalf("%s: no certificate in PEM", name)
		}
		if !pool.Equal(root.Pool()) {
			t.Errorf("%s: PEM holds another certificate than the root", name)
		}
	}
}

func TestAnotherAuthorityIsNotTrusted(t *testing.T) {
	cert, err := newCA(t, localca.Authority{Name: "Root"}).Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	other := newCA(t, localca.Authority{Name: "Root"})
	if verify(t, cert, other.Pool(), "localhost") == nil {
		t.Error("verified by an authority of the same name with another key")
	}
}

func TestFaultsAskedForAreThere(t *testing.T) {
	now := time.Now()
	root := newCA(t, localca.Authority{Name: "Root"})
	tests := []struct {
		name   string
		issuer localca.Authority
		leaf   localca.Leaf
	}{
		{"expired leaf", localca.Authority{}, localca.Leaf{NotAfter: now.Add(-time.Hour)}},
		{"future leaf", localca.Authority{}, localca.Leaf{NotBefore: now.Add(time.Hour)}},
		{"expired issuer", localca.Authority{NotAfter: now.Add(-time.Hour)}, localca.Leaf{}},
		{"usage of leaf", localca.Authority{}, localca.Leaf{Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}},
		{"usage of issuer", localca.Authority{Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, localca.Leaf{}},
		{"no authority", localca.Authority{NoAuthority: true}, localca.Leaf{}},
		{"other domain", localca.Authority{PermittedDNSDomains: []string{"example.org"}}, localca.Leaf{}},
		{"no chain", localca.Authority{}, localca.Leaf{OmitChain: true}},
		{"sha-1", localca.Authority{}, localca.Leaf{SignatureAlgorithm: x509.ECDSAWithSHA1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.issuer.Name = "Middle"
			issuer, err := root.Intermediate(tt.issuer)
			if err != nil {
				t.Fatal(err)
			}
			tt.leaf.Hosts = []string{"localhost"}
			cert, err := issuer.IssueLeaf(tt.leaf)
			if err != nil {
				t.Fatal(err)
			}
			if verify(t, cert, root.Pool(), "localhost") == nil {
				t.Error("the certificate is valid")
			}
		})
	}
}

func TestMaxPathLenBoundsTheAuthoritiesBelow(t *testing.T) {
	tests := []struct {
		maxPathLen int
		valid      bool
	}{{0, true}, {1, true}, {-1, false}}
	for _, tt := range tests {
		root := newCA(t, localca.Authority{Name: "Root", MaxPathLen: tt.maxPathLen})
		middle, err := root.Intermediate(localca.Authority{Name: "Middle"})
		if err != nil {
			t.Fatal(err)
		}
		cert, err := middle.Issue("localhost")
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(t, cert, root.Pool(), "localhost"); (err == nil) != tt.valid {
			t.Errorf("MaxPathLen %d: got %v, want valid %v", tt.maxPathLen, err, tt.valid)
		}
	}
}

func TestSelfSignedIsTrustedOnlyForItself(t *testing.T) {
	cert, err := localca.SelfSigned(localca.Leaf{Hosts: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if verify(t, cert, pool, "localhost") == nil {
		t.Error("trusted by nobody, but verified")
	}
	pool.AddCert(cert.Leaf)
	if err := verify(t, cert, pool, "localhost"); err != nil {
		t.Errorf("in the pool: %v", err)
	}
}

func BenchmarkIssue(b *testing.B) {
	ca, err := localca.New("Root")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ca.Issue("localhost"); err != nil {
			b.Fatal(err)
		}
	}
}
