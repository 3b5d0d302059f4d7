package play

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

const (
	// followTarget is that of the plain request behind a vector's own.
	followTarget = "/follow"
	followBody   = "follow"
	connField    = "X-Conn" // names the connection in the answer
)

// server plays the server of one vector.
type server struct {
	vector   *vector.Client
	listener net.Listener
	port     string
	done     chan struct{} // closed by stop
	running  sync.WaitGroup
	sending  atomic.Int32 // scripts that have something to send yet

	mu       sync.Mutex
	requests []*request
	conns    []net.Conn
}

// request is one that the server got.
type request struct {
	conn   int // the number of its connection
	target string

	mu  sync.Mutex
	raw []byte
}

// maxRaw bounds what is kept of one request for the checks on the wire.
const maxRaw = 1 << 20

func (r *request) record(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.raw) < maxRaw {
		r.raw = append(r.raw, b...)
	}
}

// text gives the octets of the request so far, as Latin-1.
func (r *request) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return vector.Latin1(r.raw)
}

func startServer(v *vector.Client) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	s := &server{vector: v, listener: listener, port: port, done: make(chan struct{})}
	s.running.Go(s.accept)
	return s, nil
}

func (s *server) accept() {
	for n := 0; ; n++ {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.running.Go(func() {
			defer conn.Close()
			newTalk(s, conn.(*net.TCPConn), n).run()
		})
	}
}

// stop ends all that the server runs.
func (s *server) stop() {
	close(s.done)
	s.listener.Close()
	s.mu.Lock()
	for _, conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *server) note(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}

// got gives the requests so far, without those of Follow.
func (s *server) got() []*request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var own []*request
	for _, r := range s.requests {
		if !strings.HasPrefix(r.target, followTarget) {
			own = append(own, r)
		}
	}
	return own
}

// quiet waits until the scripts have sent what they send, which takes longer
// than they say on a machine under load. It tells whether it had to wait.
func (s *server) quiet() (waited bool) {
	const patience, step = 5 * time.Second, 5 * time.Millisecond
	for began := time.Now(); s.sending.Load() > 0 && time.Since(began) < patience; {
		waited = true
		time.Sleep(step)
	}
	return waited
}
