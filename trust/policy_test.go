package trust_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

func writeFile(t testing.TB, path string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pemOf gives a certificate and its key as PEM.
func pemOf(t testing.TB, cert tls.Certificate) (certPEM, keyPEM []byte) {
	t.Helper()
	for _, der := range cert.Certificate {
		certPEM = append(certPEM, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestNewTrustsTheAuthoritiesNamed(t *testing.T) {
	one, two := newCA(t, "One Root"), newCA(t, "Two Root")
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "one.pem"), one.PEM())
	odd := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("odd")})
	bundle := writeFile(t, filepath.Join(dir, "bundle.pem"), bytes.Join([][]byte{[]byte("# comment\n"), odd, two.PEM(), one.PEM()}, nil))
	self := issue(t, nil, localca.Leaf{Hosts: []string{host}})
	selfPEM, _ := pemOf(t, self)

	tests := []struct {
		name             string
		options          trust.Options
		one, two, itself bool
		source           string
	}{
		{"file", trust.Options{CAFiles: []string{file}}, true, false, false, "options"},
		{"bundle with an odd certificate", trust.Options{CAFiles: []string{bundle}}, true, true, false, "options"},
		{"file and memory", trust.Options{CAFiles: []string{file}, CAPEM: two.PEM()}, true, true, false, "options"},
		{"pool", trust.Options{CAs: two.Pool()}, false, true, false, "options"},
		{"pool and file", trust.Options{CAs: two.Pool(), CAFiles: []string{file}}, true, true, false, "options"},
		{"pool of the base", trust.Options{Config: &tls.Config{RootCAs: two.Pool()}}, false, true, false, "options"},
		{"in addition", trust.Options{Roots: trust.RootsEmbedded, CAPEM: one.PEM()}, true, false, false, "embedded Mozilla bundle and options"},
		{"embedded alone", trust.Options{Roots: trust.RootsEmbedded}, false, false, false, "embedded Mozilla bundle"},
		{"a server's own certificate", trust.Options{CAPEM: selfPEM}, false, false, true, "options"},
	}
	certs := map[string]tls.Certificate{
		"one":    issue(t, one, localca.Leaf{Hosts: []string{host}}),
		"two":    issue(t, two, localca.Leaf{Hosts: []string{host}}),
		"itself": self,
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			policy := newPolicy(t, tt.options)
			for name, want := range map[string]bool{"one": tt.one, "two": tt.two, "itself": tt.itself} {
				if _, err := connect(t, policy, host, serverOf(certs[name])); (err == nil) != want {
					t.Errorf("%s: got %v, want believed %v", name, err, want)
				}
			}
			if got := policy.Source(); got != tt.source {
				t.Errorf("Source() = %q, want %q", got, tt.source)
			}
		})
	}
}

// The pool that others share is not added to.
func TestNewLeavesTheEmbeddedRootsAlone(t *testing.T) {
	ca := newCA(t, "Test Root")
	newPolicy(t, trust.Options{Roots: trust.RootsEmbedded, CAPEM: ca.PEM()})
	_, err := connect(t, newPolicy(t, trust.Options{Roots: trust.RootsEmbedded}), host, serverOf(issue(t, ca, localca.Leaf{Hosts: []string{host}})))
	wantCertificateError(t, err, trust.UnknownIssuer, 0)
}

func TestNewReportsEverythingThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.pem")
	garbage := writeFile(t, filepath.Join(dir, "garbage.pem"), []byte("no certificate"))
	_, err := trust.New(trust.Options{
		CAFiles:  []string{missing, garbage, dir},
		CAPEM:    []byte("x"),
		Pins:     []trust.Pin{{}},
		CertFile: missing,
		KeyFile:  garbage,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"certificate authority file " + missing + ": ",
		"certificate authority file " + garbage + ": no PEM certificate in it",
		"certificate authority file " + dir + ": ",
		"certificate authorities: no PEM certificate in it",
		"pin 1 is empty",
		"client certificate file " + missing,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("fs.ErrNotExist is not below")
	}
}

func TestNewRefusesOptionsThatContradict(t *testing.T) {
	tests := map[string]trust.Options{
		"versions":         {MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12},
		"below the lowest": {MaxVersion: tls.VersionTLS11},
		"unknown version":  {MinVersion: 42},
		"unknown roots":    {Roots: 42},
		"pool and system":  {Roots: trust.RootsSystem, CAs: x509.NewCertPool()},
		"key alone":        {KeyFile: "key.pem"},
		"no key":           {Certificates: []tls.Certificate{{Certificate: [][]byte{{1}}}}},
	}
	for name, options := range tests {
		if _, err := trust.New(options); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNewReadsTheClientCertificate(t *testing.T) {
	root := newCA(t, "Test Root")
	mine := issue(t, root, localca.Leaf{CommonName: "me", Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	certPEM, keyPEM := pemOf(t, mine)
	dir := t.TempDir()
	certFile := writeFile(t, filepath.Join(dir, "cert.pem"), certPEM)
	keyFile := writeFile(t, filepath.Join(dir, "key.pem"), keyPEM)
	both := writeFile(t, filepath.Join(dir, "both.pem"), append(certPEM, keyPEM...))

	server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, root.Pool()
	for name, options := range map[string]trust.Options{
		"two files": {CertFile: certFile, KeyFile: keyFile},
		"one file":  {CertFile: both},
		"callback": {Config: &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &mine, nil
		}}},
	} {
		options.CAPEM = root.PEM()
		if _, err := connect(t, newPolicy(t, options), host, server); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClientAsksForTheServerNameOfTheOptions(t *testing.T) {
	root := newCA(t, "Test Root")
	server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{"inner.example"}}))
	for name, options := range map[string]trust.Options{
		"field": {ServerName: "inner.example."},
		"base":  {Config: &tls.Config{ServerName: "inner.example"}},
	} {
		options.CAPEM = root.PEM()
		state, err := connect(t, newPolicy(t, options), host, server)
		if err != nil || state.ServerName != "inner.example" {
			t.Errorf("%s: asked for %q: %v", name, state.ServerName, err)
		}
	}
}

func TestInsecureSkipVerifyBelievesEveryone(t *testing.T) {
	server := serverOf(issue(t, nil, localca.Leaf{Hosts: []string{"whatever"}}))
	for name, options := range map[string]trust.Options{
		"field": {InsecureSkipVerify: true},
		"base":  {Config: &tls.Config{InsecureSkipVerify: true}},
	} {
		policy := newPolicy(t, options)
		if _, err := connect(t, policy, host, server); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !policy.Insecure() {
			t.Errorf("%s: Insecure() = false", name)
		}
	}
	ca := newCA(t, "Test Root")
	policy := newPolicy(t, trust.Options{InsecureSkipVerify: true, CAPEM: ca.PEM()})
	leaf := issue(t, ca, localca.Leaf{Hosts: []string{host}}).Leaf
	if found := policy.Inspect(single(leaf), host); found[0].Problem != trust.Fine {
		t.Errorf("the authority named is not used to inspect: %v", findingTexts(found))
	}
	if newPolicy(t, trust.Options{}).Insecure() {
		t.Error("the zero options are insecure")
	}
}

func TestKeyLogWriterGetsTheSecrets(t *testing.T) {
	root := newCA(t, "Test Root")
	var log bytes.Buffer
	policy := newPolicy(t, trust.Options{CAPEM: root.PEM(), KeyLogWriter: &log})
	if _, err := connect(t, policy, host, serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "CLIENT_HANDSHAKE_TRAFFIC_SECRET ") {
		t.Errorf("got %q", &log)
	}
}

func TestVerifyConnectionOfTheBaseRunsAfterOurs(t *testing.T) {
	root := newCA(t, "Test Root")
	cert := issue(t, root, localca.Leaf{Hosts: []string{host}})
	refused := errors.New("refused by the user")
	options := trust.Options{
		CAPEM:  root.PEM(),
		Pins:   []trust.Pin{trust.PinKey(cert.Leaf)},
		Config: &tls.Config{VerifyConnection: func(tls.ConnectionState) error { return refused }},
	}
	if _, err := connect(t, newPolicy(t, options), host, serverOf(cert)); err != refused {
		t.Errorf("got %v, want %v", err, refused)
	}
	options.Pins = []trust.Pin{trust.PinKey(newCA(t, "Other").Certificate())}
	_, err := connect(t, newPolicy(t, options), host, serverOf(cert))
	wantCertificateError(t, err, trust.PinMismatch, 0)
}

func TestClientConfigIsMadeOnce(t *testing.T) {
	policy := newPolicy(t, trust.Options{Roots: trust.RootsEmbedded})
	alpn := []string{"h2", "http/1.1"}
	config := policy.ClientConfig(host, alpn)
	if config.ServerName != host || config.MinVersion != tls.VersionTLS12 || strings.Join(config.NextProtos, " ") != "h2 http/1.1" {
		t.Errorf("ServerName %q, MinVersion %#x, NextProtos %q", config.ServerName, config.MinVersion, config.NextProtos)
	}
	if policy.ClientConfig(host+".", alpn) != config {
		t.Error("the same settings give another configuration")
	}
	for _, other := range []*tls.Config{policy.ClientConfig("b.example", alpn), policy.ClientConfig(host, alpn[1:]), policy.ClientConfig(host, nil)} {
		if other == config {
			t.Error("other settings give the same configuration")
		}
		if other.ClientSessionCache != config.ClientSessionCache {
			t.Error("the configurations of a policy have different session caches")
		}
	}
	alpn[0] = "x"
	if config.NextProtos[0] != "h2" {
		t.Error("the configuration shares the caller's slice")
	}
	allocs := testing.AllocsPerRun(100, func() { policy.ClientConfig(host, alpn[1:]) })
	if allocs != 0 {
		t.Errorf("%v allocations for a known configuration, want none", allocs)
	}
}

func TestClientConfigIsSafeForConcurrentUse(t *testing.T) {
	policy := newPolicy(t, trust.Options{Roots: trust.RootsEmbedded})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1500 { // more than are kept
				name := fmt.Sprintf("host%d.example", i)
				if got := policy.ClientConfig(name, nil).ServerName; got != name {
					t.Errorf("got the configuration of %q for %q", got, name)
					return
				}
			}
		})
	}
	wg.Wait()
}
