package trust_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

func TestClientSaysThatTheServerIsTooOld(t *testing.T) {
	root := newCA(t, "Test Root")
	server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))
	server.MinVersion, server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	_, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM()}), host, server)
	got := wantHandshakeError(t, err, trust.OldProtocol)
	if got.Alert != 70 || !strings.Contains(err.Error(), "older than TLS 1.2") || !strings.Contains(got.Remedy(), "MinVersion") {
		t.Errorf("Alert = %d, Error() = %q, Remedy() = %q", got.Alert, err, got.Remedy())
	}
	// It can be talked to by who wants it.
	state, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), MinVersion: tls.VersionTLS10}), host, server)
	if err != nil || state.Version != tls.VersionTLS11 {
		t.Errorf("with MinVersion 1.0: %s, %v", tls.VersionName(state.Version), err)
	}
}

func TestClientBoundsTheVersion(t *testing.T) {
	root := newCA(t, "Test Root")
	server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))
	old := server.Clone()
	old.MaxVersion = tls.VersionTLS12
	_, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), MinVersion: tls.VersionTLS13}), host, old)
	if got := wantHandshakeError(t, err, trust.OldProtocol); !strings.Contains(got.Error(), "older than TLS 1.3") {
		t.Errorf("Error() = %q", got)
	}
	modern := server.Clone()
	modern.MinVersion = tls.VersionTLS13
	_, err = connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), MaxVersion: tls.VersionTLS12}), host, modern)
	if got := wantHandshakeError(t, err, trust.OldProtocol); !strings.Contains(got.Error(), "nothing above TLS 1.2") || got.Remedy() != "Raise MaxVersion." {
		t.Errorf("Error() = %q, Remedy() = %q", got, got.Remedy())
	}
	state, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), MaxVersion: tls.VersionTLS12}), host, server)
	if err != nil || state.Version != tls.VersionTLS12 {
		t.Errorf("got %s, %v, want TLS 1.2", tls.VersionName(state.Version), err)
	}
}

func TestClientSaysWhatIsSpokenInPlaceOfTLS(t *testing.T) {
	tests := []struct {
		banner  string
		problem trust.Problem
		text    string
	}{
		{"HTTP/1.1 400 Bad Request\r\n\r\n", trust.PlainHTTP, "plain HTTP"},
		{"SSH-2.0-OpenSSH_9.9\r\n", trust.NotTLS, "it speaks SSH"},
		{"220 mail.example.com ESMTP\r\n", trust.NotTLS, "it speaks SMTP or FTP"},
		{"hello world", trust.NotTLS, "does not speak TLS"},
	}
	for _, tt := range tests {
		client, server := testnet.Pipe()
		if _, err := server.Write([]byte(tt.banner)); err != nil {
			t.Fatal(err)
		}
		_, err := newPolicy(t, trust.Options{}).Client(t.Context(), client, host)
		got := wantHandshakeError(t, err, tt.problem)
		if !strings.Contains(err.Error(), tt.text) || got.Remedy() == "" {
			t.Errorf("%q: Error() = %q, Remedy() = %q", tt.banner, err, got.Remedy())
		}
		var header tls.RecordHeaderError
		if !errors.As(err, &header) {
			t.Errorf("%q: the error of crypto/tls is not below", tt.banner)
		}
		client.Close()
		server.Close()
	}
}

func TestClientSaysThatTheServerHungUp(t *testing.T) {
	client, server := testnet.Pipe()
	defer client.Close()
	server.Close()
	_, err := newPolicy(t, trust.Options{}).Client(t.Context(), client, host)
	if got := wantHandshakeError(t, err, trust.ConnectionClosed); got.Remedy() == "" || got.Host != host {
		t.Errorf("Host = %q, Remedy() = %q", got.Host, got.Remedy())
	}
}

func TestClientGivesTheContextsErrorAsItIs(t *testing.T) {
	client, server := testnet.Pipe()
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newPolicy(t, trust.Options{}).Client(ctx, client, host)
	if err != context.Canceled {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
}

// Alerts that only a server of another kind sends, written by hand: a record of
// type 21 (alert), version 3.3, length 2, level fatal.
// https://www.rfc-editor.org/rfc/rfc8446#section-6
func TestClientTranslatesAlerts(t *testing.T) {
	tests := []struct {
		alert   byte
		problem trust.Problem
		text    string
	}{
		{40, trust.NoCommonCipher, "no cipher"},
		{42, trust.CertificateRefused, "(bad certificate)"},
		{45, trust.CertificateRefused, "refused the client certificate (expired certificate)"},
		{48, trust.CertificateRefused, "(unknown certificate authority)"},
		{70, trust.OldProtocol, "older than TLS 1.2"},
		{80, trust.HandshakeFailed, "the server gave up: internal error"},
		{112, trust.UnknownName, "no site of this name"},
		{116, trust.CertificateRequired, "wants a client certificate"},
		{120, trust.NoCommonALPN, "none of the application protocols"},
		{200, trust.HandshakeFailed, "alert(200)"},
	}
	for _, tt := range tests {
		client, server := testnet.Pipe()
		if _, err := server.Write([]byte{21, 3, 3, 0, 2, 2, tt.alert}); err != nil {
			t.Fatal(err)
		}
		_, err := newPolicy(t, trust.Options{}).Client(t.Context(), client, host)
		got := wantHandshakeError(t, err, tt.problem)
		if byte(got.Alert) != tt.alert || !strings.Contains(err.Error(), tt.text) || got.Remedy() == "" {
			t.Errorf("alert %d: Alert = %d, Error() = %q, Remedy() = %q", tt.alert, got.Alert, err, got.Remedy())
		}
		client.Close()
		server.Close()
	}
}

func TestClientOffersTheProtocols(t *testing.T) {
	root := newCA(t, "Test Root")
	policy := newPolicy(t, trust.Options{CAPEM: root.PEM()})
	server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))
	server.NextProtos = []string{"h2", "http/1.1"}
	for _, offer := range [][]string{{"h2", "http/1.1"}, {"http/1.1"}} {
		state, err := connect(t, policy, host, server, offer...)
		if err != nil || state.NegotiatedProtocol != offer[0] {
			t.Errorf("offered %q: got %q, %v", offer, state.NegotiatedProtocol, err)
		}
	}
	_, err := connect(t, policy, host, server, "spdy/3")
	wantHandshakeError(t, err, trust.NoCommonALPN)
}

func TestClientProvesItself(t *testing.T) {
	root := newCA(t, "Test Root")
	clients := newCA(t, "Clients Root")
	clientLeaf := localca.Leaf{CommonName: "me", Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	mine := issue(t, clients, clientLeaf)
	forged := issue(t, newCA(t, "Clients Root"), clientLeaf)

	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := serverOf(issue(t, root, localca.Leaf{Hosts: []string{host}}))
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, clients.Pool()
		server.MaxVersion = version
		t.Run(tls.VersionName(version), func(t *testing.T) {
			_, err := connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), Certificates: []tls.Certificate{mine}}), host, server)
			if err != nil {
				t.Errorf("with the certificate: %v", err)
			}
			_, err = connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM()}), host, server)
			if got := wantHandshakeError(t, err, trust.CertificateRequired); !strings.Contains(got.Remedy(), "CertFile") {
				t.Errorf("Remedy() = %q", got.Remedy())
			}
			_, err = connect(t, newPolicy(t, trust.Options{CAPEM: root.PEM(), Certificates: []tls.Certificate{forged}}), host, server)
			wantHandshakeError(t, err, trust.CertificateRefused)
		})
	}
}

func TestDiagnoseLeavesOtherErrorsAlone(t *testing.T) {
	now := time.Now()
	known := &trust.HandshakeError{Host: host, Problem: trust.PlainHTTP}
	for _, err := range []error{nil, io.EOF, context.DeadlineExceeded, errors.New("x"), known} {
		if got := trust.Diagnose(host, err, now); got != err {
			t.Errorf("Diagnose(%v) = %v", err, got)
		}
	}
}

func TestDiagnoseKnowsTheErrorsThatHaveNoType(t *testing.T) {
	now := time.Now()
	err := trust.Diagnose(host, errors.New("tls: failed to parse certificate from server: x509: invalid \x1b version"), now)
	if got := wantCertificateError(t, err, trust.Malformed, 0); got.Remedy() == "" || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("Error() = %q, Remedy() = %q", err, got.Remedy())
	}
	err = trust.Diagnose(host, errors.New("tls: server selected unsupported protocol version 301"), now)
	if wantHandshakeError(t, err, trust.OldProtocol); !strings.Contains(err.Error(), "it chose TLS 1.0") {
		t.Errorf("Error() = %q", err)
	}
	err = trust.Diagnose(host, errors.New("tls: handshake message too large"), now)
	if wantHandshakeError(t, err, trust.HandshakeFailed); !strings.Contains(err.Error(), "handshake message too large") {
		t.Errorf("Error() = %q", err)
	}
}

func TestDiagnoseTakesErrorsOfX509Alone(t *testing.T) {
	root := newCA(t, "Test Root")
	leaf := issue(t, root, localca.Leaf{Hosts: []string{host}}).Leaf
	_, err := leaf.Verify(x509.VerifyOptions{Roots: x509.NewCertPool()})
	wantCertificateError(t, trust.Diagnose(host, err, time.Now()), trust.UnknownIssuer, 0)
	err = leaf.VerifyHostname("other.example")
	wantCertificateError(t, trust.Diagnose("other.example", err, time.Now()), trust.NameMismatch, 0)
	_, err = leaf.Verify(x509.VerifyOptions{Roots: root.Pool(), CurrentTime: leaf.NotAfter.Add(time.Hour)})
	wantCertificateError(t, trust.Diagnose(host, err, leaf.NotAfter.Add(time.Hour)), trust.Expired, 0)
}
