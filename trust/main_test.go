package trust_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// childVariable makes the test binary print what Default does in the environment
// that it was started in: the default roots are found once in a process.
const childVariable = "TEST_TRUST_DEFAULT"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		_, err := trust.Default()
		var none *trust.Policy
		fmt.Printf("%s\n%v\n", none.Source(), err)
		return
	}
	testnet.Main(m)
}

const host = "api.example.com"

func newCA(t testing.TB, name string) *localca.CA {
	t.Helper()
	ca, err := localca.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func intermediate(t testing.TB, parent *localca.CA, a localca.Authority) *localca.CA {
	t.Helper()
	ca, err := parent.Intermediate(a)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// issue makes a certificate of ca, or a self-signed one if ca is nil.
func issue(t testing.TB, ca *localca.CA, l localca.Leaf) tls.Certificate {
	t.Helper()
	cert, err := localca.SelfSigned(l)
	if ca != nil {
		cert, err = ca.IssueLeaf(l)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func newPolicy(t testing.TB, o trust.Options) *trust.Policy {
	t.Helper()
	p, err := trust.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// connect does a handshake under p with a server of the configuration given,
// reads a byte from it, and gives the state of the connection. The server's own
// error is not our matter.
func connect(t testing.TB, p *trust.Policy, host string, server *tls.Config, alpn ...string) (tls.ConnectionState, error) {
	t.Helper()
	clientSide, serverSide := testnet.Pipe()
	defer clientSide.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		defer serverSide.Close()
		conn := tls.Server(serverSide, server)
		if conn.Handshake() == nil {
			_, _ = conn.Write([]byte("."))
		}
	}()
	defer func() {
		clientSide.Close()
		<-served
	}()
	conn, err := p.Client(t.Context(), clientSide, host, alpn...)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	// Session tickets and the refusal of a client certificate come after the
	// handshake in TLS 1.3.
	if _, err = io.ReadFull(conn, make([]byte, 1)); err != nil {
		return tls.ConnectionState{}, p.Diagnose(host, err)
	}
	return conn.ConnectionState(), nil
}

func serverOf(certs ...tls.Certificate) *tls.Config { return &tls.Config{Certificates: certs} }

// wantCertificateError checks the problem and the place of a *CertificateError.
func wantCertificateError(t testing.TB, err error, problem trust.Problem, index int) *trust.CertificateError {
	t.Helper()
	var got *trust.CertificateError
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want a *trust.CertificateError: %v", err, problem)
	}
	if got.Problem != problem || got.Index != index {
		t.Errorf("got %v in certificate %d, want %v in %d: %v", got.Problem, got.Index, problem, index, err)
	}
	return got
}

func wantHandshakeError(t testing.TB, err error, problem trust.Problem) *trust.HandshakeError {
	t.Helper()
	var got *trust.HandshakeError
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want a *trust.HandshakeError: %v", err, problem)
	}
	if got.Problem != problem {
		t.Errorf("got %v, want %v: %v", got.Problem, problem, err)
	}
	return got
}
