package demosite_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/demosite"
)

// client trusts the server's authority and nobody else.
func client(t *testing.T, srv *demosite.Server, configure func(*tls.Config)) *http.Client {
	t.Helper()
	config := &tls.Config{RootCAs: srv.Pool()}
	if configure != nil {
		configure(config)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestServerServesOverTLS13(t *testing.T) {
	site := demosite.New(demosite.Options{})
	srv, err := site.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()

	resp, err := client(t, srv, nil).Get(srv.URL() + "/pep-8010/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := site.Digest("/pep-8010/"); sha256.Sum256(body) != want {
		t.Error("body does not have its digest")
	}
	if resp.TLS.Version != tls.VersionTLS13 || resp.ContentLength != int64(len(body)) {
		t.Errorf("TLS version %#x, length %d of %d", resp.TLS.Version, resp.ContentLength, len(body))
	}
}

func TestServerRefusesTLS12(t *testing.T) {
	srv, err := demosite.New(demosite.Options{}).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	old := client(t, srv, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	resp, err := old.Get(srv.URL())
	if err == nil {
		resp.Body.Close()
		t.Fatal("TLS 1.2 was spoken")
	}
	if !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("err = %v", err)
	}
}

func TestServerCertificateIsForEveryLoopbackName(t *testing.T) {
	srv, err := demosite.New(demosite.Options{}).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(srv.PEM()) {
		t.Fatal("PEM holds no certificate")
	}
	addr := strings.TrimPrefix(srv.URL(), "https://")
	for _, name := range []string{"127.0.0.1", "::1", "localhost"} {
		conn, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: pool, ServerName: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		conn.Close()
	}
	if conn, err := tls.Dial("tcp", addr, &tls.Config{}); err == nil {
		conn.Close()
		t.Error("the system trusts the authority")
	}
}

// Close may not wait for answers that have days to go.
func TestServerCloseCutsEverything(t *testing.T) {
	site := demosite.New(demosite.Options{Latency: 1e6})
	srv, err := site.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 2)
	for _, protocol := range []string{"h2", "http/1.1"} {
		c := client(t, srv, func(c *tls.Config) { c.NextProtos = []string{protocol} })
		sent := make(chan struct{})
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) },
		})
		req, err := http.NewRequestWithContext(ctx, "GET", srv.URL()+"/pep-8010/", nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			resp, err := c.Do(req)
			if err == nil {
				resp.Body.Close()
			}
			results <- err
		}()
		<-sent
	}
	for range 2 {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if err := <-results; err == nil {
			t.Error("an answer that takes days was there")
		}
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := demosite.New(demosite.Options{}).Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL(), "https://")); err == nil {
		conn.Close()
		t.Error("still listening")
	}
}
