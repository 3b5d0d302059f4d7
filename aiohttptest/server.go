package aiohttptest

import (
	"context"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// Server answers requests in memory, whatever host they are for. Make one with
// [New]. It is safe for concurrent use.
type Server struct {
	t      testing.TB
	http   *http.Server
	conns  chan net.Conn      // dialed, to be accepted
	ctx    context.Context    // ends when the server closes
	cancel context.CancelFunc // ends it
	active sync.WaitGroup     // connections and calls of handlers

	mu        sync.Mutex
	pools     []*connector.Connector
	sessions  []*aiohttp.Session
	usual     *connector.Connector // under Session and HTTPClient; nil until asked for
	open      map[*link]bool       // whose server end is open
	dialed    int
	faults    []fault
	muxes     map[place]*http.ServeMux
	resources map[resource]*routes
	routes    []*route
	exchanges []*exchange
}

// New starts a server, which closes at the end of the test. It then waits for its
// handlers, whose contexts it ends. In a bubble of testing/synctest it must be
// made there.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		t:         t,
		conns:     make(chan net.Conn),
		open:      map[*link]bool{},
		muxes:     map[place]*http.ServeMux{},
		resources: map[resource]*routes{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:     http.HandlerFunc(s.serve),
		BaseContext: func(net.Listener) context.Context { return s.ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, linkKey{}, c.(*serverEnd).link)
		},
		ConnState: func(c net.Conn, state http.ConnState) {
			if state == http.StateClosed || state == http.StateHijacked {
				c.(*serverEnd).served(state == http.StateHijacked)
			}
		},
		ErrorLog: log.New(testLog{t}, "", 0),
	}
	s.active.Go(func() { s.http.Serve(listener{s}) })
	t.Cleanup(s.close)
	return s
}

// testLog is the log of a test.
type testLog struct{ t testing.TB }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// Session gives a session for which every host is the server. It takes at most
// one Options, for all but how connections are opened and by which proxy, and panics
// if given more. It is closed at the end of the test. The sessions of a server share
// their connections, unless their Options.Connector says otherwise, which must then
// be one of [Server.Connector].
func (s *Server) Session(opts ...aiohttp.Options) *aiohttp.Session {
	o := options.One("aiohttptest: Session", opts)
	if o.Connector == nil {
		o.Connector, o.Proxy, o.ProxyAuth = s.pool(), "", connector.ProxyBasicFirst
	}
	session := aiohttp.NewSession(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = append(s.sessions, session)
	return session
}

// HTTPClient gives a client of net/http for which every host is the server. It
// keeps no cookies.
func (s *Server) HTTPClient() *http.Client { return &http.Client{Transport: s.pool()} }

// Connector gives a connector for which every host is the server, for tests of
// pools and limits. It takes at most one Options, of which those that say how
// connections are opened have no effect, and panics if given more. It is closed at
// the end of the test.
func (s *Server) Connector(opts ...connector.Options) *connector.Connector {
	o := options.One("aiohttptest: Connector", opts)
	o.Handler, o.UnixSocket, o.Proxy = nil, "", nil
	o.DialContext = func(ctx context.Context, _, addr string) (net.Conn, error) { return s.dial(ctx, "http", addr, true) }
	o.DialTLSContext = func(ctx context.Context, _, addr string) (net.Conn, error) { return s.dial(ctx, "https", addr, true) }
	c := connector.New(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pools = append(s.pools, c)
	return c
}

// pool gives the connector that sessions and clients share.
func (s *Server) pool() *connector.Connector {
	s.mu.Lock()
	usual := s.usual
	s.mu.Unlock()
	if usual != nil {
		return usual
	}
	made := s.Connector()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.usual == nil {
		s.usual = made
	}
	return s.usual
}

// close ends the server, and reports what should not be as it is.
func (s *Server) close() {
	s.t.Helper()
	if !s.t.Failed() {
		s.wantNothingOpen()
	}
	s.wantNothingLeft()
	s.mu.Lock()
	pools, sessions := s.pools, s.sessions
	s.mu.Unlock()
	for _, session := range sessions {
		session.Close()
	}
	for _, pool := range pools {
		pool.Close()
	}
	s.mu.Lock()
	s.cancel() // from here on nothing is dialed
	s.mu.Unlock()
	s.http.Close()
	for _, l := range s.links() {
		l.server.Close()
		l.client.Close()
	}
	s.active.Wait()
}

// patience is how long code that is about to close its responses has for it.
const patience = 3 * time.Second

// wantNothingOpen fails the test for each request that is not over.
func (s *Server) wantNothingOpen() {
	s.t.Helper()
	const pause = 10 * time.Millisecond
	var busy []*exchange
	for waited := time.Duration(0); ; waited += pause {
		if busy = s.busy(); len(busy) == 0 || waited >= patience {
			break
		}
		time.Sleep(pause)
	}
	for _, e := range busy {
		what := "request under way at the end of the test"
		if e.answered.Load() {
			what = "response neither read to its end nor closed"
		}
		s.t.Errorf("aiohttptest: %s: %s %s", what, e.request.Method, e.request.URL)
	}
}

// busy gives the exchanges whose connections do not rest: none is left open of
// those that do.
func (s *Server) busy() []*exchange {
	s.mu.Lock()
	pools := s.pools
	s.mu.Unlock()
	for _, pool := range pools {
		pool.CloseIdleConnections()
	}
	var busy []*exchange
	for _, l := range s.links() {
		if e := l.latest.Load(); e != nil && l.pooled && !l.left.Load() {
			busy = append(busy, e)
		}
	}
	return busy
}
