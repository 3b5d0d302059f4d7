package play

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// cookieServer answers the requests of a sequence one after the other, over
// plain connections and, where the port is 443, over TLS.
type cookieServer struct {
	steps         []vector.CookieStep
	plain, secure net.Listener
	running       sync.WaitGroup

	mu     sync.Mutex
	conns  []net.Conn
	served int
	cookie string // of the last request
}

func startCookieServer(steps []vector.CookieStep) (*cookieServer, error) {
	cert, err := localca.SelfSigned(localca.Leaf{Hosts: []string{clientHost}})
	if err != nil {
		return nil, err
	}
	s := &cookieServer{steps: steps}
	if s.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if s.secure, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}}); err != nil {
		s.plain.Close()
		return nil, err
	}
	s.running.Go(func() { s.accept(s.plain) })
	s.running.Go(func() { s.accept(s.secure) })
	return s, nil
}

func (s *cookieServer) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	to := s.plain
	if strings.HasSuffix(addr, ":443") {
		to = s.secure
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", to.Addr().String())
}

func (s *cookieServer) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.running.Go(func() {
			defer conn.Close()
			for r := bufio.NewReader(conn); s.answer(conn, r) == nil; {
			}
		})
	}
}

// answer reads the head of one request and sends the step's answer.
func (s *cookieServer) answer(conn net.Conn, r *bufio.Reader) error {
	var fields []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Cookie") {
			fields = append(fields, strings.Trim(value, " \t"))
		}
	}
	_, err := conn.Write(s.next(strings.Join(fields, "; ")))
	return err
}

// next notes the Cookie field of a request and gives the answer to it.
func (s *cookieServer) next(cookie string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cookie = cookie
	step := vector.CookieStep{}
	if s.served < len(s.steps) {
		step = s.steps[s.served]
	}
	s.served++
	if step.Status == 0 {
		step.Status = http.StatusOK
	}
	answer := fmt.Appendf(nil, "HTTP/1.1 %d X\r\n", step.Status)
	for _, line := range step.Lines() {
		answer = fmt.Appendf(answer, "Set-Cookie: %s\r\n", line)
	}
	return append(answer, "Content-Length: 0\r\n\r\n"...)
}

func (s *cookieServer) lastCookie() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie
}

func (s *cookieServer) stop() {
	s.plain.Close()
	s.secure.Close()
	s.mu.Lock()
	for _, conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}
