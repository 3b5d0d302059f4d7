package demosite

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// Time-outs of [Server], the library's own for a server.
const (
	headerTime = 10 * time.Second
	idleTime   = 75 * time.Second
)

// Server is a site served on the loopback interface. It is safe for concurrent
// use.
type Server struct {
	url    string
	ca     *localca.CA
	http   *http.Server
	cancel context.CancelFunc

	served  chan struct{} // closed when the accept loop has ended
	live    sync.WaitGroup
	mu      sync.Mutex
	closed  bool // no further handler is let in
	stop    func()
	unwatch func() bool // takes the watch on the caller's context away
	watched chan struct{}
}

// Start serves the site over TLS 1.3, as HTTP/1.1 and HTTP/2, on a free port of
// 127.0.0.1. The certificate is of an authority that lives as long as the
// server; it is valid for 127.0.0.1, ::1 and localhost. The server runs until
// [Server.Close], or until ctx ends.
func (s *Site) Start(ctx context.Context) (*Server, error) {
	ca, err := localca.New("aiohttp demo CA")
	if err != nil {
		return nil, fmt.Errorf("demosite: %w", err)
	}
	cert, err := ca.Issue("127.0.0.1", "::1", "localhost")
	if err != nil {
		return nil, fmt.Errorf("demosite: %w", err)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demosite: %w", err)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	srv := &Server{
		url:     "https://" + ln.Addr().String(),
		ca:      ca,
		cancel:  cancel,
		served:  make(chan struct{}),
		watched: make(chan struct{}),
	}
	srv.http = &http.Server{
		Handler:           srv.counted(s.Handler()),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13},
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnState:         srv.onState,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	srv.stop = sync.OnceFunc(srv.end)
	go func() {
		defer close(srv.served)
		// Its error is that of the stop.
		_ = srv.http.ServeTLS(ln, "", "")
	}()
	srv.unwatch = sync.OnceValue(context.AfterFunc(ctx, func() {
		defer close(srv.watched)
		srv.stop()
	}))
	return srv, nil
}

// URL returns the base of the site's URLs, "https://127.0.0.1:PORT".
func (s *Server) URL() string { return s.url }

// PEM returns the certificate of the authority to trust.
func (s *Server) PEM() []byte { return s.ca.PEM() }

// Pool returns a pool with only the authority to trust.
func (s *Server) Pool() *x509.CertPool { return s.ca.Pool() }

// Close cuts every connection and returns when all goroutines of the server
// have ended. It may be called more than once, and always returns nil.
func (s *Server) Close() error {
	s.stop()
	if !s.unwatch() {
		<-s.watched
	}
	return nil
}

// end ends and joins everything but the watch on the caller's context.
func (s *Server) end() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	// Its error is of closing the listener, of which nothing is left.
	_ = s.http.Close()
	s.cancel() // wakes the handlers that wait
	<-s.served
	// Again, for the connection that was accepted while the first one ran.
	_ = s.http.Close()
	s.live.Wait()
}

// onState counts connections. A new one is reported by the accept loop, which
// has ended before end waits for them.
func (s *Server) onState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.live.Add(1)
	case http.StateClosed:
		s.live.Done()
	}
}

// counted counts handlers, which outlive their connection in HTTP/2.
func (s *Server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		s.live.Add(1)
		s.mu.Unlock()
		defer s.live.Done()
		next.ServeHTTP(w, r)
	})
}
