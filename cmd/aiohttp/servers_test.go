package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/httpbin"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/proxytest"
)

// startServers serves httpbin in the clear and over TLS with good and with bad
// certificates, and gives the variables by which scripts find them.
func startServers(t *testing.T) []string {
	t.Helper()
	srv, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { srv.Close() })
	ca, err := localca.New("Script Test Root")
	check(t, err)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	check(t, os.WriteFile(caFile, ca.PEM(), 0o600))

	old := time.Now().Add(-100 * 24 * time.Hour)
	soon := time.Now().Add(3 * 24 * time.Hour)
	env := []string{"HTTPBIN=" + srv.URL(), "CA=" + caFile,
		// Nobody listens on tcpmux, and no test can be given it as a free port.
		"CLOSED=http://127.0.0.1:1"}
	for name, leaf := range map[string]localca.Leaf{
		"GOOD":      {Hosts: []string{"127.0.0.1", "localhost", "site.test"}},
		"EXPIRED":   {Hosts: []string{"127.0.0.1"}, NotBefore: old, NotAfter: old.Add(24 * time.Hour)},
		"ENDING":    {Hosts: []string{"127.0.0.1"}, NotAfter: soon},
		"WRONGNAME": {Hosts: []string{"other.example"}},
	} {
		cert, err := ca.IssueLeaf(leaf)
		check(t, err)
		env = append(env, name+"="+serveTLS(t, cert))
	}
	_, port, err := net.SplitHostPort(srv.Addr().String())
	check(t, err)
	self, err := localca.SelfSigned(localca.Leaf{Hosts: []string{"127.0.0.1"}})
	check(t, err)
	hosts := map[string]string{"site.test": "127.0.0.1"}
	open := proxytest.Start(t, proxytest.Options{Hosts: hosts})
	shut := proxytest.Start(t, proxytest.Options{Hosts: hosts, User: "me", Password: "topsecret"})
	digest := proxytest.Start(t, proxytest.Options{Hosts: hosts, User: "me", Password: "topsecret", Digest: true})
	proxyCert, err := ca.Issue("127.0.0.1")
	check(t, err)
	secure := proxytest.Start(t, proxytest.Options{Hosts: hosts, TLS: &tls.Config{Certificates: []tls.Certificate{proxyCert}}})
	env = append(env, "PROXY="+open.Addr(), "SHUTPROXY="+shut.Addr(), "DIGESTPROXY="+digest.Addr(), "TLSPROXY="+secure.Addr())
	return append(env, "SELFSIGNED="+serveTLS(t, self), "SILENT="+silentServer(t),
		"PLAINADDR="+srv.Addr().String(), "PORT="+port, "SITEMAP="+sitemap(t, srv.URL()))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serveTLS serves httpbin with cert and gives its URL.
func serveTLS(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert},
		NextProtos: []string{"http/1.1"}})
	check(t, err)
	srv := &http.Server{Handler: httpbin.New(), ReadHeaderTimeout: time.Minute,
		ErrorLog: log.New(t.Output(), "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // ends with the close below
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return "https://" + ln.Addr().String()
}

// silentServer accepts connections and never says a word.
func silentServer(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			conn, err := ln.Accept()
			if err != nil {
				break
			}
			open = append(open, conn)
		}
		for _, conn := range open {
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return "http://" + ln.Addr().String()
}

// sitemap serves a sitemap of three pages of the site at base, and gives its
// URL.
func sitemap(t *testing.T, base string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(w, `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for i := range 3 {
			fmt.Fprintf(w, "<url><loc>%s/range/%d</loc></url>", base, i+1)
		}
		fmt.Fprint(w, "</urlset>")
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/sitemap.xml"
}
