package connector_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// What DialTLSContext gives is used for https as it is, and for nothing else.
func TestDialTLSFunctionBringsItsOwnTLS(t *testing.T) {
	network := testnet.New()
	inBubble(t, connector.Options{
		DialContext: network.DialContext,
		DialTLSContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			if addr != "secure.test:443" {
				t.Errorf("dialed %q", addr)
			}
			return network.DialContext(ctx, "tcp", "example.com:8443")
		},
	}, func(e *env) {
		e.net = network
		for _, tt := range []struct{ listen, url string }{
			{"example.com:8443", "https://secure.test/"},
			{"plain.test:80", "http://plain.test/"},
		} {
			ln := e.listen(tt.listen)
			out := e.send(request(t, "GET", tt.url, nil))
			peer := testnet.Accept(e.t, ln)
			peer.WantHead() // readable: no TLS on top
			peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
			want(t, <-out, 200, "hi")
			ln.Close()
		}
	})
}

func TestDialTLSFunctionTellsTheStateOfTLS(t *testing.T) {
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := ca.Issue("secure.test")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	c := connector.New(connector.Options{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := testnet.Pipe()
		go func() {
			defer close(served)
			conn := tls.Server(server, &tls.Config{Certificates: []tls.Certificate{certificate}})
			defer conn.Close()
			testnet.Peer(t, conn).WantHead()
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi")
		}()
		conn := tls.Client(client, &tls.Config{RootCAs: ca.Pool(), ServerName: "secure.test"})
		return conn, conn.HandshakeContext(ctx)
	}})
	defer c.Close()
	a := exchange(c, request(t, "GET", "https://secure.test/", nil))
	want(t, a, 200, "hi")
	if a.resp.TLS == nil || a.resp.TLS.ServerName != "secure.test" {
		t.Errorf("TLS: got %+v", a.resp.TLS)
	}
	<-served
}

// A dial function that does more than to connect fails in the phase that failed.
func TestDialFunctionFailsInItsPhase(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want connector.Phase
	}{
		{syscall.ECONNREFUSED, connector.PhaseConnect},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "a.test"}}, connector.PhaseDNS},
		{&trust.CertificateError{Err: errors.New("expired")}, connector.PhaseTLS},
		{&trust.HandshakeError{Err: io.EOF}, connector.PhaseTLS},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, connector.PhaseTLS},
		{tls.AlertError(40), connector.PhaseTLS},
		{tls.RecordHeaderError{Msg: "not TLS"}, connector.PhaseTLS},
	} {
		fail := func(context.Context, string, string) (net.Conn, error) { return nil, tt.err }
		c := connector.New(connector.Options{DialContext: fail, DialTLSContext: fail})
		for _, url := range []string{"http://a.test/", "https://a.test/"} {
			_, err := c.RoundTrip(request(t, "GET", url, nil))
			if e := wantError(t, err, tt.want); e.Sent || !errors.Is(err, tt.err) {
				t.Errorf("%s: got %+v", url, e)
			}
		}
		c.Close()
	}
}
