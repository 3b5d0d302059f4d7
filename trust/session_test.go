package trust_test

import (
	"crypto/tls"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// resumes tells whether a connection under p resumes a session.
func resumes(t *testing.T, p *trust.Policy, server *tls.Config, alpn ...string) bool {
	t.Helper()
	state, err := connect(t, p, host, server, alpn...)
	if err != nil {
		t.Fatal(err)
	}
	return state.DidResume
}

func TestClientResumesWithinAPolicyOnly(t *testing.T) {
	root := newCA(t, "Test Root")
	cert := issue(t, root, localca.Leaf{Hosts: []string{host}})
	shared := tls.NewLRUClientSessionCache(0)
	options := trust.Options{CAPEM: root.PEM(), Config: &tls.Config{ClientSessionCache: shared}}
	pinned := options
	pinned.Pins = []trust.Pin{trust.PinKey(cert.Leaf)}
	disabled := options
	disabled.DisableSessionTickets = true

	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			server := serverOf(cert)
			server.MaxVersion = version
			policy := newPolicy(t, options)
			if resumes(t, policy, server) {
				t.Fatal("the first connection resumes a session")
			}
			if !resumes(t, policy, server) {
				t.Error("the second connection does not resume the session")
			}
			if !resumes(t, policy, server, "http/1.1") {
				t.Error("a connection for another protocol does not resume the session")
			}
			if resumes(t, newPolicy(t, options), server) {
				t.Error("another policy of the same options resumes the session")
			}
			if resumes(t, newPolicy(t, pinned), server) {
				t.Error("a policy with pins resumes the session")
			}
			off := newPolicy(t, disabled)
			resumes(t, off, server)
			if resumes(t, off, server) {
				t.Error("a session is resumed though tickets are disabled")
			}
		})
	}
}

// Pins are held against a resumed session too.
func TestClientResumesUnderPins(t *testing.T) {
	root := newCA(t, "Test Root")
	cert := issue(t, root, localca.Leaf{Hosts: []string{host}})
	policy := newPolicy(t, trust.Options{CAPEM: root.PEM(), Pins: []trust.Pin{trust.PinKey(root.Certificate())}})
	server := serverOf(cert)
	resumes(t, policy, server)
	if !resumes(t, policy, server) {
		t.Error("the second connection does not resume the session")
	}
}

// What was begun without verification is never taken up with it: CVE-2025-68121.
func TestClientDoesNotResumeWhatWasNotVerified(t *testing.T) {
	root := newCA(t, "Test Root")
	server := serverOf(issue(t, newCA(t, "Stranger"), localca.Leaf{Hosts: []string{host}}))
	base := &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	lax := newPolicy(t, trust.Options{Config: base, InsecureSkipVerify: true})
	resumes(t, lax, server)
	_, err := connect(t, newPolicy(t, trust.Options{Config: base, CAPEM: root.PEM()}), host, server)
	wantCertificateError(t, err, trust.UnknownIssuer, 0)
}
