// Package origin is the server that the clients are measured against: it answers
// every request with the same octets, and does nothing else.
//
// Limitations: it takes each blank line for the end of a request, so that it can
// serve requests without a body only.
package origin

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/localca"
)

// BodyBytes is the length of the body of every answer.
const BodyBytes = 1 << 10

// answer has eight fields, as answers of common servers have.
var answer = []byte("HTTP/1.1 200 OK\r\n" +
	"Server: origin\r\n" +
	"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	fmt.Sprintf("Content-Length: %d\r\n", BodyBytes) +
	"Cache-Control: max-age=3600\r\n" +
	"ETag: \"5f3759df-400\"\r\n" +
	"Vary: Accept-Encoding\r\n" +
	"X-Request-Id: 0123456789abcdef\r\n" +
	"\r\n" + strings.Repeat("x", BodyBytes))

// Listen opens a listener on the loopback interface, over TLS with a certificate
// that no authority answers for if secure is set.
func Listen(secure bool) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil || !secure {
		return l, err
	}
	cert, err := localca.SelfSigned(localca.Leaf{Hosts: []string{"127.0.0.1"}})
	if err != nil {
		l.Close()
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}), nil
}

// Serve answers on every connection until l is closed.
func Serve(l net.Listener) error { return ServeAfter(l, func() {}) }

// ServeAfter is Serve with a function that is called in front of every answer,
// and may wait.
func ServeAfter(l net.Listener, wait func()) error {
	return Accept(l, func(conn net.Conn) { converse(conn, wait) })
}

// Accept runs serve for every connection, and closes it then, until l is closed.
func Accept(l net.Listener, serve func(net.Conn)) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			serve(conn)
		}()
	}
}

// converse answers the requests of one connection until it fails, which is how
// clients end it.
func converse(conn io.ReadWriter, wait func()) {
	const longest = 16 << 10
	buf := make([]byte, longest)
	held := 0
	for held < longest {
		n, err := conn.Read(buf[held:])
		if err != nil {
			return
		}
		held += n
		for {
			end := bytes.Index(buf[:held], []byte("\r\n\r\n"))
			if end < 0 {
				break
			}
			held = copy(buf, buf[end+len("\r\n\r\n"):held])
			wait()
			if _, err := conn.Write(answer); err != nil {
				return
			}
		}
	}
}
