package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// server is one with a certificate of a kind.
type server struct {
	name string
	ln   net.Listener
	http *http.Server
	done chan struct{}
}

func (s *server) url() string { return "https://" + s.ln.Addr().String() + "/" }

// start runs a server for each certificate, and gives the authority to trust.
func start() ([]*server, *x509.CertPool, error) {
	ca, err := localca.New("Demo Root")
	if err != nil {
		return nil, nil, err
	}
	other, err := localca.New("Another Root")
	if err != nil {
		return nil, nil, err
	}
	between, err := ca.Intermediate(localca.Authority{Name: "Demo Intermediate"})
	if err != nil {
		return nil, nil, err
	}
	here, now := []string{"127.0.0.1"}, time.Now()
	var servers []*server
	for _, kind := range []struct {
		name string
		make func() (tls.Certificate, error)
	}{
		{"in order", func() (tls.Certificate, error) { return between.Issue(here...) }},
		{"expired", func() (tls.Certificate, error) {
			return ca.IssueLeaf(localca.Leaf{Hosts: here, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 0, -3)})
		}},
		{"not yet valid", func() (tls.Certificate, error) {
			return ca.IssueLeaf(localca.Leaf{Hosts: here, NotBefore: now.AddDate(0, 0, 3)})
		}},
		{"for another name", func() (tls.Certificate, error) { return ca.Issue("shop.example", "www.shop.example") }},
		{"self-signed", func() (tls.Certificate, error) { return localca.SelfSigned(localca.Leaf{Hosts: here}) }},
		{"of an unknown authority", func() (tls.Certificate, error) { return other.Issue(here...) }},
		{"without its intermediate", func() (tls.Certificate, error) {
			return between.IssueLeaf(localca.Leaf{Hosts: here, OmitChain: true})
		}},
	} {
		cert, err := kind.make()
		if err == nil {
			var s *server
			if s, err = serve(kind.name, cert); err == nil {
				servers = append(servers, s)
			}
		}
		if err != nil {
			stop(servers)
			return nil, nil, err
		}
	}
	return servers, ca.Pool(), nil
}

// serve runs one server on the loopback.
func serve(name string, cert tls.Certificate) (*server, error) {
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		return nil, err
	}
	s := &server{name: name, ln: ln, done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // it would tell of the clients that turn away
	}
	go func() {
		defer close(s.done)
		s.http.Serve(ln)
	}()
	return s, nil
}

func stop(servers []*server) {
	for _, s := range servers {
		s.http.Close()
		<-s.done
	}
}
