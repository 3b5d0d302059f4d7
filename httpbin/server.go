package httpbin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Time-outs of [Server]. A request or an answer of the largest default size,
// 1 MiB in transferTime, moves at 17 KiB/s: slower is a peer that holds on to a
// connection on purpose.
const (
	headerTime   = 10 * time.Second
	idleTime     = 75 * time.Second
	transferTime = 60 * time.Second
)

// Server is a running site. It is safe for concurrent use.
type Server struct {
	addr   net.Addr
	http   *http.Server
	conns  *conns
	cancel context.CancelFunc

	served   chan struct{} // closed when the accept loop has ended
	serveErr error         // why, if not because of a stop; read after served
	stopOnce sync.Once
	stopped  chan struct{} // closed when nothing of the server is left

	unwatch func() bool   // takes the watch on the caller's context away
	drained chan struct{} // closed when that watch has done its work
}

// Start serves the site at addr, a host and port such as "127.0.0.1:8080"; port
// 0 takes a free one. It takes at most one Options and panics if given more.
//
// The server runs until [Server.Close] or [Server.Shutdown], or until ctx ends:
// then it stops gently, and gives the answers under way as long as Options
// allows an answer to take. The error is that of listening.
func Start(ctx context.Context, addr string, opts ...Options) (*Server, error) {
	o := options.One("httpbin: Start", opts).withDefaults()
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("httpbin: %w", err)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{
		addr:    ln.Addr(),
		conns:   newConns(),
		cancel:  cancel,
		served:  make(chan struct{}),
		stopped: make(chan struct{}),
		drained: make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:           s.conns.handler(New(o)),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       transferTime,
		WriteTimeout:      transferTime + o.MaxDelay,
		IdleTimeout:       idleTime,
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext:       withConn,
		ConnState:         s.conns.onState,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go s.serve(ln)
	s.unwatch = sync.OnceValue(context.AfterFunc(ctx, func() {
		defer close(s.drained)
		grace, cancel := context.WithTimeout(base, o.MaxDelay)
		defer cancel()
		// What has not ended by then is cut by stop.
		_ = s.http.Shutdown(grace)
		s.stop()
	}))
	return s, nil
}

func (s *Server) serve(ln net.Listener) {
	defer close(s.served)
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		s.serveErr = fmt.Errorf("httpbin: %w", err)
	}
}

// Addr returns the address that the server listens at.
func (s *Server) Addr() net.Addr { return s.addr }

// URL returns the base of the site's URLs, such as "http://127.0.0.1:8080"
// without a slash at the end. A server that listens at all addresses names the
// loopback one.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.addr.String())
	if err != nil {
		return "http://" + s.addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Wait returns when the server has ended: nil after a stop, else the error that
// kept it from accepting connections.
func (s *Server) Wait() error {
	<-s.served
	if s.serveErr != nil {
		return errors.Join(s.serveErr, s.Close())
	}
	<-s.stopped
	return nil
}

// Shutdown stops accepting, waits for the answers under way until ctx ends, and
// closes the server. WebSockets are cut, not waited for. The error is that of
// ctx if answers had to be cut.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	return errors.Join(err, s.Close())
}

// Close cuts every connection and returns when all goroutines of the server
// have ended. It may be called more than once, and always returns nil.
func (s *Server) Close() error {
	s.stop()
	if !s.unwatch() {
		<-s.drained
	}
	return nil
}

// stop ends and joins all but the watch on the caller's context, from which it
// may be called.
func (s *Server) stop() {
	s.stopOnce.Do(func() {
		// Its error is of closing the listener, of which nothing is left.
		_ = s.http.Close()
		s.conns.close()
		// After the connections are cut, so that no handler which the end of
		// its context ends can pass for one that has answered.
		s.cancel()
		<-s.served
		// Again, for the connection that was accepted while the first one ran.
		_ = s.http.Close()
		s.conns.join()
		close(s.stopped)
	})
	<-s.stopped
}
