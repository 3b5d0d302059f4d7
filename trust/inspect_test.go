package trust_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

func single(cert *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{cert} }

func chainOf(t testing.TB, cert tls.Certificate) []*x509.Certificate {
	t.Helper()
	var chain []*x509.Certificate
	for _, der := range cert.Certificate {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, parsed)
	}
	return chain
}

func TestInspectFindsWhatTheHandshakeFinds(t *testing.T) {
	root := newCA(t, "Test Root")
	for _, tt := range brokenChains(t, root) {
		t.Run(tt.name, func(t *testing.T) {
			name := tt.host
			if name == "" {
				name = host
			}
			seen := make(map[int]bool)
			blamed := false
			for _, found := range trust.Inspect(chainOf(t, tt.cert), name, root.Pool(), time.Now()) {
				seen[found.Index] = true
				switch {
				case found.Problem == tt.problem && found.Index == tt.index:
					blamed = true
				case found.Problem != trust.Fine && tt.name != "common name only" && tt.name != "too many intermediates":
					t.Errorf("found besides: %v", found)
				}
			}
			if !blamed {
				t.Errorf("%v in certificate %d is not found", tt.problem, tt.index)
			}
			if len(seen) != len(tt.cert.Certificate) {
				t.Errorf("findings for %d of %d certificates", len(seen), len(tt.cert.Certificate))
			}
		})
	}
}

func TestInspectTellsOfEachCertificate(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	root := newCAAt(t, now, "Test Root")
	middle := intermediate(t, root, localca.Authority{Name: "Middle", NotBefore: now.Add(-day), NotAfter: now.Add(400 * day)})
	good := issue(t, middle, localca.Leaf{Hosts: []string{host}, NotBefore: now.Add(-day), NotAfter: now.Add(40 * day)})
	bad := issue(t, middle, localca.Leaf{
		Hosts: []string{"other.example"}, NotBefore: now.Add(-9 * day), NotAfter: now.Add(-30 * time.Hour),
		Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	self := issue(t, nil, localca.Leaf{Hosts: []string{host}, NotBefore: now.Add(-day), NotAfter: now.Add(10 * 366 * day)})
	withSelf := good
	withSelf.Certificate = append(append([][]byte(nil), good.Certificate...), self.Certificate[0])
	selfPool := x509.NewCertPool()
	selfPool.AddCert(self.Leaf)

	tests := []struct {
		name  string
		chain []*x509.Certificate
		pool  *x509.CertPool
		want  []string
	}{
		{"no chain", nil, root.Pool(), nil},
		{"fine", chainOf(t, withSelf), root.Pool(), []string{
			"certificate 1, CN=api.example.com, issued by CN=Middle: valid until 2027-01-01 (in 40 days)",
			"certificate 2, CN=Middle, issued by CN=Test Root: valid until 2027-12-27 (in 13 months), trusted through CN=Test Root",
			"certificate 3, CN=api.example.com, issued by itself: not needed: it issued none of the others",
		}},
		{"trusted itself", single(self.Leaf), selfPool, []string{
			"certificate 1, CN=api.example.com, issued by itself: valid until 2036-11-29 (in 10 years), trusted itself",
		}},
		{"all at once", chainOf(t, bad), x509.NewCertPool(), []string{
			"certificate 1, CN=other.example, issued by CN=Middle: expired on 2026-11-21 06:00 UTC (30 hours ago)",
			"certificate 1, CN=other.example, issued by CN=Middle: not for servers, only for clients",
			"certificate 1, CN=other.example, issued by CN=Middle: is for other.example, not for api.example.com",
			"certificate 2, CN=Middle, issued by CN=Test Root: issued by an authority that is not trusted",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := findingTexts(trust.Inspect(tt.chain, host, tt.pool, now))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

const day = 24 * time.Hour

func newCAAt(t testing.TB, now time.Time, name string) *localca.CA {
	t.Helper()
	ca, err := localca.NewAuthority(localca.Authority{Name: name, NotBefore: now.Add(-day), NotAfter: now.Add(1000 * day)})
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestPolicyInspectsWithItsOwnRootsAndClock(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	root := newCAAt(t, now, "Test Root")
	leaf := issue(t, root, localca.Leaf{Hosts: []string{host}, NotBefore: now.Add(-day), NotAfter: now.Add(day)}).Leaf
	policy := newPolicy(t, trust.Options{CAs: root.Pool(), Time: func() time.Time { return now }})
	found := policy.Inspect(single(leaf), host)
	if len(found) != 1 || found[0].Problem != trust.Fine {
		t.Errorf("got %v, want it fine", findingTexts(found))
	}
	if found := trust.Inspect(single(leaf), host, nil, now); len(found) != 1 || found[0].Problem != trust.UnknownIssuer {
		t.Errorf("with the default roots: got %v, want an unknown issuer", findingTexts(found))
	}
}

func TestProblemHasItsOwnName(t *testing.T) {
	seen := make(map[string]trust.Problem)
	for p := trust.Fine; p <= trust.HandshakeFailed; p++ {
		if p > trust.Malformed && p < trust.PlainHTTP {
			continue
		}
		name := p.String()
		if other, ok := seen[name]; ok || name == "unknown problem" {
			t.Errorf("problem %d is called %q as %d is", p, name, other)
		}
		seen[name] = p
	}
	if got := trust.Problem(255).String(); got != "unknown problem" {
		t.Errorf("Problem(255) = %q", got)
	}
}
