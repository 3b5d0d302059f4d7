// Package proxytest is a small proxy for tests: HTTP, with CONNECT, and SOCKS5 on
// one port of the loopback, told apart by the first octet.
package proxytest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// Options say how a proxy behaves. The zero value lets everybody in.
type Options struct {
	// User and Password are asked for, when User is not empty.
	User, Password string

	// Digest asks HTTP clients for Digest instead of Basic.
	Digest bool

	// TLS, when set, is what the proxy speaks with its clients.
	TLS *tls.Config

	// Hosts gives the address behind a name or "name:port". What is not in it is
	// dialled as it is.
	Hosts map[string]string

	// Refuse, when it gives a status, is asked about each target.
	Refuse func(target string) (status int)
}

// Seen is one request to a proxy.
type Seen struct {
	Kind   string // "forward", "connect" or "socks"
	Target string // "host:port", as the client has written it
	Header http.Header
	Line   string // method and target of a request line
}

// Proxy is a running one. It is safe for concurrent use.
type Proxy struct {
	opts Options
	ln   net.Listener
	all  sync.WaitGroup

	mu    sync.Mutex
	seen  []Seen
	conns map[net.Conn]struct{}
	count int // connections that were accepted
	ended bool
}

// Start runs a proxy until the test has ended.
func Start(t testing.TB, opts Options) *Proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{opts: opts, ln: ln, conns: map[net.Conn]struct{}{}}
	p.all.Go(p.serve)
	t.Cleanup(p.Close)
	return p
}

// Close ends the proxy and all of its connections.
func (p *Proxy) Close() {
	p.ln.Close()
	p.mu.Lock()
	p.ended = true
	for conn := range p.conns {
		conn.Close()
	}
	p.mu.Unlock()
	p.all.Wait()
}

// Addr gives the proxy's address.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// URL gives the proxy's URL, with user and password where it asks for them.
func (p *Proxy) URL(scheme string) *url.URL {
	u := &url.URL{Scheme: scheme, Host: p.Addr()}
	if p.opts.User != "" {
		u.User = url.UserPassword(p.opts.User, p.opts.Password)
	}
	return u
}

// Seen gives the requests that were let in.
func (p *Proxy) Seen() []Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Seen(nil), p.seen...)
}

// Conns gives how many connections were accepted.
func (p *Proxy) Conns() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

func (p *Proxy) serve() {
	for {
		conn, err := p.ln.Accept()
		if err != nil {
			return
		}
		if !p.hold(conn) {
			return
		}
		p.mu.Lock()
		p.count++
		p.mu.Unlock()
		p.all.Go(func() {
			defer p.drop(conn)
			p.talk(conn)
		})
	}
}

// hold keeps a connection, to be closed at the end.
func (p *Proxy) hold(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		conn.Close()
		return false
	}
	p.conns[conn] = struct{}{}
	return true
}

func (p *Proxy) drop(conn net.Conn) {
	conn.Close()
	p.mu.Lock()
	delete(p.conns, conn)
	p.mu.Unlock()
}

func (p *Proxy) note(s Seen) {
	p.mu.Lock()
	p.seen = append(p.seen, s)
	p.mu.Unlock()
}

// talk serves one client.
func (p *Proxy) talk(conn net.Conn) {
	if p.opts.TLS != nil {
		conn = tls.Server(conn, p.opts.TLS)
	}
	client := &peeked{conn, bufio.NewReader(conn)}
	first, err := client.r.Peek(1)
	switch {
	case err != nil:
	case first[0] == 5:
		p.socks(client)
	default:
		for p.http(client) {
		}
	}
}

// peeked is a connection whose beginning was looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (c *peeked) Read(b []byte) (int, error) { return c.r.Read(b) }

// http serves one request, and tells whether another may follow.
func (p *Proxy) http(client *peeked) bool {
	req, err := http.ReadRequest(client.r)
	if err != nil {
		return false
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.opts.User+":"+p.opts.Password))
	known, ask := req.Header.Get("Proxy-Authorization") == want, `Basic realm="test"`
	if p.opts.Digest {
		known, ask = p.digested(req), challenge
	}
	if p.opts.User != "" && !known {
		io.Copy(io.Discard, req.Body)
		_, err := io.WriteString(client, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: "+ask+"\r\nContent-Length: 11\r\n\r\nwho are you")
		return err == nil
	}
	s := Seen{Kind: "forward", Target: req.Host, Header: req.Header, Line: req.Method + " " + req.RequestURI}
	if req.Method == http.MethodConnect {
		s.Kind, s.Target = "connect", req.RequestURI
	}
	p.note(s)
	if p.opts.Refuse != nil {
		if status := p.opts.Refuse(s.Target); status != 0 {
			_, err := fmt.Fprintf(client, "HTTP/1.1 %d %s\r\nContent-Length: 2\r\n\r\nno", status, http.StatusText(status))
			return err == nil
		}
	}
	if s.Kind == "connect" {
		p.tunnel(client, s.Target, func(ok bool) error {
			answer := "HTTP/1.1 200 Connection established\r\n\r\n"
			if !ok {
				answer = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
			}
			_, err := io.WriteString(client, answer)
			return err
		})
		return false
	}
	return p.forward(client, req)
}

// forward passes a request on.
func (p *Proxy) forward(client net.Conn, req *http.Request) bool {
	if req.URL.Host == "" {
		io.WriteString(client, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		return false
	}
	target := req.URL.Host
	if req.URL.Port() == "" {
		target += ":80"
	}
	origin, err := p.dial(target)
	if err != nil {
		io.WriteString(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
		return false
	}
	defer p.drop(origin)
	req.Header.Del("Proxy-Authorization")
	req.Host = req.URL.Host
	if err := req.Write(origin); err != nil {
		return false
	}
	resp, err := http.ReadResponse(bufio.NewReader(origin), req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.Write(client) == nil && !resp.Close
}

// tunnel joins the client to the target.
func (p *Proxy) tunnel(client net.Conn, target string, answer func(ok bool) error) {
	origin, err := p.dial(target)
	if answer(err == nil) != nil || err != nil {
		return
	}
	defer p.drop(origin)
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(origin, client)
		origin.Close()
	})
	io.Copy(client, origin)
	client.Close()
	both.Wait()
}

var errClosed = errors.New("proxy is closed")

func (p *Proxy) dial(target string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	if to, ok := p.opts.Hosts[target]; ok {
		target = to
	} else if to, ok := p.opts.Hosts[host]; ok {
		target = net.JoinHostPort(to, port)
	}
	conn, err := net.Dial("tcp", target)
	if err != nil {
		return nil, err
	}
	if !p.hold(conn) {
		return nil, errClosed
	}
	return conn, nil
}
