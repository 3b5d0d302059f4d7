package connector

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// handlerListener joins a connector and an http.Handler in one process: each
// connection is a pair of pipes, one end of which a server of net/http serves.
type handlerListener struct {
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	served workers
}

// serveHandler starts the server.
func serveHandler(h http.Handler) *handlerListener {
	l := &handlerListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	l.server = &http.Server{Handler: l.counted(h), ReadHeaderTimeout: 10 * time.Second}
	l.served.start(func() { l.server.Serve(l) })
	return l
}

// counted makes a handler's calls known to served.
func (l *handlerListener) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.served.join() {
			defer l.served.done()
			h.ServeHTTP(w, r)
		}
	})
}

// dial gives the client's end of a new connection.
func (l *handlerListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Accept gives the server's end of the next connection.
func (l *handlerListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close stops the giving out of connections.
func (l *handlerListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr names the listener.
func (l *handlerListener) Addr() net.Addr { return handlerAddr{} }

type handlerAddr struct{}

func (handlerAddr) Network() string { return "handler" }
func (handlerAddr) String() string  { return "in-process" }

// shutdown ends the server and its connections, and waits for the handler's
// calls under way.
func (l *handlerListener) shutdown() {
	l.server.Close()
	l.Close()
	l.served.end()
}
