package connector_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// overTLS plays one GET over TLS on the loopback; serve has the server's ends of
// the secured and of the plain connection.
func overTLS(t *testing.T, o connector.Options, closing bool, serve func(s *testnet.Script, raw net.Conn)) answer {
	t.Helper()
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	ln := listenTCP(t)
	o.TLS = policy(t, trust.Options{CAs: ca.Pool()})
	c := connector.New(o)
	defer c.Close()
	req := request(t, "GET", "https://"+ln.Addr().String()+"/", nil)
	req.Close = closing
	out := make(chan answer, 1)
	go func() { out <- exchange(c, req) }()
	raw, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s := testnet.Peer(t, tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{cert}}))
	s.WantHead()
	serve(s, raw)
	return <-out
}

func TestClientRFC9112Section9_8TruncatedCloseIsIncomplete(t *testing.T) {
	// "When encountering an incomplete close, a client SHOULD treat as completed
	// all requests for which it has received either 1. as many octets of data as
	// specified in the Content-Length header field or 2. the terminal zero-length
	// chunk [...]. A response that has neither chunked transfer coding nor
	// Content-Length is complete only if a valid closure alert has been
	// received."
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-5
	for _, tt := range []struct {
		name, response string
		alert, whole   bool
	}{
		{"until-close-with-alert", "HTTP/1.1 200 OK\r\n\r\nhello", true, true},
		{"until-close-without", "HTTP/1.1 200 OK\r\n\r\nhello", false, false},
		{"until-close-of-nothing-without", "HTTP/1.1 200 OK\r\n\r\n", false, false},
		{"length-without", okHello, false, true},
		{"chunked-without", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false, true},
		{"chunked-cut-with-alert", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true, false},
	} {
		for _, allow := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, "/", allow), func(t *testing.T) {
				a := overTLS(t, connector.Options{AllowTruncation: allow}, false, func(s *testnet.Script, raw net.Conn) {
					s.Write(tt.response)
					if tt.alert {
						s.Close()
					} else {
						raw.Close()
					}
				})
				_, body, _ := strings.Cut(tt.response, "\r\n\r\n")
				switch {
				case allow && strings.HasPrefix(tt.name, "until-close"):
					want(t, a, 200, body)
				case tt.whole:
					want(t, a, 200, "hello")
				case !errors.Is(a.err, io.ErrUnexpectedEOF):
					t.Errorf("got %v, body %q", a.err, a.body)
				default:
					wantError(t, a.err, connector.PhaseBody)
				}
			})
		}
	}
}

func TestClientRFC9112Section9_8SendsAClosureAlert(t *testing.T) {
	// "Clients MUST send a closure alert before closing the connection."
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-7
	a := overTLS(t, connector.Options{}, true, func(s *testnet.Script, _ net.Conn) {
		s.Write(okHello)
		s.WantEOF() // crypto/tls gives another error without the alert
	})
	want(t, a, 200, "hello")
}
