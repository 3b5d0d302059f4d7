package soak_test

import (
	"context"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/echo"
)

// server is a site that misbehaves and is started anew now and then, at the same
// address.
type server struct {
	t        *testing.T
	addr     string
	srv      *http.Server
	serving  sync.WaitGroup
	handling sync.WaitGroup
	restarts int

	mu sync.Mutex
	r  *rand.Rand // guarded by mu
}

func startServer(t *testing.T, seed uint64) *server {
	s := &server{t: t, addr: "127.0.0.1:0", r: rand.New(rand.NewPCG(seed, 1<<40))}
	s.start()
	return s
}

func (s *server) url() string { return "http://" + s.addr }

func (s *server) start() {
	ln, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	s.srv = &http.Server{Handler: s.misbehaving(echo.Site()), ErrorLog: log.New(io.Discard, "", 0)}
	s.serving.Go(func() { s.srv.Serve(ln) })
}

// stop ends the server: it breaks off what is under way.
func (s *server) stop() {
	s.srv.Close()
	s.serving.Wait()
}

// restart ends the server, gently or not, and starts another.
func (s *server) restart(gently bool) {
	s.restarts++
	if gently {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		s.srv.Shutdown(ctx)
	}
	s.stop()
	time.Sleep(time.Duration(s.roll(20)) * time.Millisecond) // nobody listens
	s.start()
}

// rest waits for the requests under way, also those that nobody waits for any
// more, and closes the connections that rest.
func (s *server) rest() {
	s.handling.Wait()
	s.srv.SetKeepAlivesEnabled(false)
	s.srv.SetKeepAlivesEnabled(true)
}

func (s *server) roll(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.IntN(n)
}

// misbehaving breaks off, cuts and delays some of the answers.
func (s *server) misbehaving(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handling.Add(1)
		defer s.handling.Done()
		switch s.roll(60) {
		case 0: // reset without an answer
			s.hijack(w, func(conn *net.TCPConn) { conn.SetLinger(0) })
		case 1: // end without an answer
			s.hijack(w, func(*net.TCPConn) {})
		case 2: // half a head
			s.hijack(w, func(conn *net.TCPConn) { io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le") })
		case 3: // half a body
			site.ServeHTTP(&cutting{ResponseWriter: w}, r)
			panic(http.ErrAbortHandler)
		case 4:
			time.Sleep(limit * 6 / 5) // above the client's patience, in most cases
			site.ServeHTTP(w, r)
		default:
			site.ServeHTTP(w, r)
		}
	})
}

func (s *server) hijack(w http.ResponseWriter, f func(*net.TCPConn)) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	f(conn.(*net.TCPConn))
	conn.Close()
}

// cutting passes on half of the first write.
type cutting struct {
	http.ResponseWriter
	cut bool
}

func (c *cutting) Write(p []byte) (int, error) {
	if !c.cut {
		c.cut = true
		c.ResponseWriter.Write(p[:len(p)/2])
	}
	return len(p), nil
}

func (c *cutting) Flush() { c.ResponseWriter.(http.Flusher).Flush() }
