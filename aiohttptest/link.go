package aiohttptest

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// link is one connection: what was dialed, and its two ends.
type link struct {
	s      *Server
	number int    // 1 for the first
	scheme string // of the URLs it is for
	addr   string // "host:port" that was dialed
	pooled bool   // a connector of ours has dialed it
	client *testnet.Conn
	server *testnet.Conn

	latest   atomic.Pointer[exchange]
	left     atomic.Bool // the client has closed its end
	hijacked atomic.Bool // a handler has taken it over
	done     sync.Once   // net/http's server is through with it
}

// linkKey is the context key under which a request names its link.
type linkKey struct{}

// served notes that net/http's server is through with the connection.
func (l *link) served(hijacked bool) {
	l.hijacked.Store(hijacked)
	l.done.Do(l.s.active.Done)
}

// clientEnd is what the client has of a link.
type clientEnd struct {
	*testnet.Conn
	*link
}

// glance is how long our connector listens to a connection that is no socket,
// before it is used again.
const glance = 100 * time.Microsecond

// SetReadDeadline is that of the connection, but a glance takes no time: nothing
// is to come in it. So the fake clock of a test stands where the test thinks.
func (c *clientEnd) SetReadDeadline(t time.Time) error {
	if !t.IsZero() && time.Until(t) <= glance && !c.Pending() {
		t = time.Unix(1, 0)
	}
	return c.Conn.SetReadDeadline(t)
}

// Close closes the end.
func (c *clientEnd) Close() error {
	c.left.Store(true)
	return c.Conn.Close()
}

// serverEnd is what net/http's server has of a link.
type serverEnd struct {
	*testnet.Conn
	*link
}

// Write answers the latest request.
func (c *serverEnd) Write(p []byte) (int, error) {
	if e := c.latest.Load(); e != nil {
		e.answered.Store(true)
	}
	return c.Conn.Write(p)
}

// Close closes the end.
func (c *serverEnd) Close() error {
	c.s.mu.Lock()
	delete(c.s.open, c.link)
	c.s.mu.Unlock()
	return c.Conn.Close()
}

// Reset breaks the connection off.
func (c *serverEnd) Reset() error {
	c.s.mu.Lock()
	delete(c.s.open, c.link)
	c.s.mu.Unlock()
	return c.Conn.Reset()
}

// links gives the connections that are open.
func (s *Server) links() []*link {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*link, 0, len(s.open))
	for l := range s.open {
		all = append(all, l)
	}
	return all
}

// DropConnections breaks off all connections that are open, as a server does that
// is started anew: those at rest turn out to be dead when they are used again.
func (s *Server) DropConnections() {
	for _, l := range s.links() {
		(&serverEnd{l.server, l}).Reset()
	}
}

// DialContext connects to the server, whatever addr says, for transports of
// others. addr is "host:port".
func (s *Server) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return s.dial(ctx, "http", addr, false)
}

// DialTLSContext is DialContext for URLs of scheme https. There is no TLS on the
// connection:
//
//	transport := &http.Transport{DialContext: server.DialContext, DialTLSContext: server.DialTLSContext}
func (s *Server) DialTLSContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return s.dial(ctx, "https", addr, false)
}

// dial makes a connection, through the faults that it meets.
func (s *Server) dial(ctx context.Context, scheme, addr string, pooled bool) (net.Conn, error) {
	f := s.nextFault(addr)
	if err := f.meet(ctx, scheme, addr); err != nil {
		return nil, err
	}
	l := &link{s: s, scheme: scheme, addr: addr, pooled: pooled}
	l.client, l.server = testnet.PipeWith(f.options())
	s.mu.Lock()
	s.dialed++
	l.number = s.dialed
	closed := s.ctx.Err() != nil
	if !closed {
		s.active.Add(1)
		s.open[l] = true
	}
	s.mu.Unlock()
	end := &serverEnd{l.server, l}
	if !closed {
		select {
		case s.conns <- end:
			return &clientEnd{l.client, l}, nil
		case <-s.ctx.Done():
			l.served(false)
		}
	}
	end.Close()
	l.client.Close()
	return nil, refused(addr)
}

// listener gives net/http's server what is dialed.
type listener struct{ s *Server }

// Accept gives the next connection.
func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.s.conns:
		return c, nil
	case <-l.s.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close has nothing to do: the server's context ends what waits.
func (l listener) Close() error { return nil }

// Addr is that of no connection.
func (l listener) Addr() net.Addr { return hostAddr("aiohttptest") }

// hostAddr is an address that is a name.
type hostAddr string

func (hostAddr) Network() string  { return "tcp" }
func (a hostAddr) String() string { return string(a) }
