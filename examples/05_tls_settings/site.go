package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// site is a server of a company with an authority of its own, which greets the
// clients that show a certificate by name.
type site struct {
	ca     *localca.CA
	server tls.Certificate
	client tls.Certificate
	ln     net.Listener
	http   *http.Server
	done   chan struct{}
}

func start() (*site, error) {
	s := &site{done: make(chan struct{})}
	var err error
	if s.ca, err = localca.New("Company Root"); err != nil {
		return nil, err
	}
	if s.server, err = s.ca.Issue("127.0.0.1"); err != nil {
		return nil, err
	}
	s.client, err = s.ca.IssueLeaf(localca.Leaf{CommonName: "ann", Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return nil, err
	}
	s.ln, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{s.server},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    s.ca.Pool(),
	})
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(greet),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // it would tell of the clients that turn away
	}
	go func() {
		defer close(s.done)
		s.http.Serve(s.ln)
	}()
	return s, nil
}

func greet(w http.ResponseWriter, r *http.Request) {
	who := "stranger"
	if certs := r.TLS.PeerCertificates; len(certs) > 0 {
		who = certs[0].Subject.CommonName
	}
	fmt.Fprintf(w, "hello, %s", who)
}

func (s *site) url() string { return "https://" + s.ln.Addr().String() + "/" }

// leaf gives the server's own certificate.
func (s *site) leaf() *x509.Certificate { return s.server.Leaf }

func (s *site) stop() {
	s.http.Close()
	<-s.done
}
