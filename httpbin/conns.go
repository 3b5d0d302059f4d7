package httpbin

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// conns knows what is alive in a server, so that Close can join it all: the
// connections of net/http, the handlers, and the connections that handlers have
// taken over, which net/http forgets.
type conns struct {
	live sync.WaitGroup // connections and handlers

	mu       sync.Mutex
	closed   bool
	hijacked map[net.Conn]struct{}
}

func newConns() *conns {
	return &conns{hijacked: make(map[net.Conn]struct{})}
}

// connKey is the context key of a request's connection.
type connKey struct{}

func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// onState is the server's ConnState hook. A new connection is reported by the
// accept loop, which has ended before join.
func (c *conns) onState(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.live.Add(1)
	case http.StateHijacked:
		c.mu.Lock()
		c.hijacked[conn] = struct{}{}
		if c.closed {
			_ = conn.Close() // came too late to be closed by close
		}
		c.mu.Unlock()
		c.live.Done()
	case http.StateClosed:
		c.live.Done()
	}
}

// handler counts the calls of next.
func (c *conns) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.enter() {
			panic(http.ErrAbortHandler)
		}
		defer c.leave(r)
		next.ServeHTTP(w, r)
	})
}

func (c *conns) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.live.Add(1)
	return true
}

func (c *conns) leave(r *http.Request) {
	conn, _ := r.Context().Value(connKey{}).(net.Conn)
	c.mu.Lock()
	delete(c.hijacked, conn)
	c.mu.Unlock()
	c.live.Done()
}

// close lets no further handler in and closes the connections taken over.
func (c *conns) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for conn := range c.hijacked {
		_ = conn.Close() // the handler meets the error
	}
}

// join waits for everything; the accept loop has to have ended.
func (c *conns) join() { c.live.Wait() }
