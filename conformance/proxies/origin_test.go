//go:build unix

package proxies_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// site is the origin, in the clear and over TLS, on IPv4 and where there is IPv6
// on that.
type site struct {
	plain, secure, shut, six string // ports
	origin, proxy            *trust.Policy
	cert, key                string // files, for proxies inside TLS
}

func newSite(t *testing.T) *site {
	t.Helper()
	ca, err := localca.New("origin")
	check(t, err)
	cert, err := ca.Issue(origin, "127.0.0.1", "::1")
	check(t, err)
	s := &site{plain: serve(t, "127.0.0.1:0", nil), shut: serve(t, "127.0.0.1:0", nil),
		secure: serve(t, "127.0.0.1:0", &cert), six: serve(t, "[::1]:0", &cert)}
	s.origin, err = trust.New(trust.Options{CAs: ca.Pool()})
	check(t, err)
	other, err := localca.New("proxy")
	check(t, err)
	cert, err = other.Issue("127.0.0.1")
	check(t, err)
	s.proxy, err = trust.New(trust.Options{CAs: other.Pool()})
	check(t, err)
	dir := folder(t)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	check(t, err)
	chain := ""
	for _, der := range cert.Certificate {
		chain += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	s.cert = write(t, dir, "cert.pem", chain)
	s.key = write(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	return s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve answers each request with what it was, and gives the port; empty where the
// address is not to be had.
func serve(t *testing.T, addr string, cert *tls.Certificate) (port string) {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return ""
	}
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(echo)}}
	if cert != nil {
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	_, port, _ = net.SplitHostPort(ln.Addr().String())
	return port
}

func echo(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return
	}
	for name := range r.Header {
		if name == "Proxy-Authorization" || name == "Proxy-Connection" {
			w.Header().Set("X-Leaked", name)
		}
	}
	if r.URL.Path == "/large" {
		w.Write(make([]byte, 4<<20))
		return
	}
	fmt.Fprintf(w, "%s %s %s %d", r.Method, r.Host, r.RequestURI, n)
}

// at gives where a peer is started.
func (s *site) at(t *testing.T, users bool) place {
	t.Helper()
	p := place{users: users, dir: folder(t), shutPort: s.shut, cert: s.cert, key: s.key}
	for _, name := range []string{p.cert, p.key} {
		check(t, os.Chmod(filepath.Dir(name), 0o755))
	}
	return p
}

// here resolves every name to the loopback.
type here struct{}

// LookupNetIP is what connector.Resolver asks for.
func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}
