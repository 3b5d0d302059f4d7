package connector_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// overTLS plays one GET over TLS on the loopback; serve has the server's ends of
// the secured and of the plain connection.
func overTLS(t *testing.T, o connector.Options, serve func(s *testnet.Script, raw net.Conn)) answer {
	t.Helper()
	ca, ln := testCA(t), listenTCP(t)
	o.TLS = policy(t, trust.Options{CAs: ca.Pool()})
	c := connector.New(o)
	defer c.Close()
	req := request(t, "GET", "https://"+ln.Addr().String()+"/", nil)
	out := make(chan answer, 1)
	go func() { out <- exchange(c, req) }()
	raw, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s := testnet.Peer(t, tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{issue(t, ca)}}))
	s.WantHead()
	serve(s, raw)
	return <-out
}

// tls-truncation: whoever sits in between can end a connection, but not TLS.
func TestClientRFC9112Section9_8TruncatedCloseIsIncomplete(t *testing.T) {
	// "When encountering an incomplete close, a client SHOULD treat as completed
	// all requests for which it has received either as much data as specified in
	// the Content-Length header field or the terminal zero-length chunk [...] A
	// response that has neither chunked transfer coding nor Content-Length is
	// complete only if a valid closure alert has been received."
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-4
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-6
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
				a := overTLS(t, connector.Options{AllowTruncation: allow}, func(s *testnet.Script, raw net.Conn) {
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
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-8
	for name, end := range map[string]func(c *connector.Connector, out <-chan *http.Response, cancel func(), s *testnet.Script){
		"said-close": func(_ *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
			(<-out).Body.Close()
		},
		"at-rest": func(c *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write(okHello)
			(<-out).Body.Close()
			c.CloseIdleConnections()
		},
		"connector-closed": func(c *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write(okHello)
			(<-out).Body.Close()
			c.Close()
		},
		"body-given-up": func(_ *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nhello")
			(<-out).Body.Close()
		},
		"connector-closed-under-a-request": func(c *connector.Connector, out <-chan *http.Response, _ func(), _ *testnet.Script) {
			c.Close()
			<-out
		},
		"connector-closed-under-a-body": func(c *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
			body := (<-out).Body
			c.Close()
			body.Close()
		},
		"connector-closed-under-a-read": func(c *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
			body := (<-out).Body
			io.ReadFull(body, make([]byte, 5))
			time.AfterFunc(4*connector.Tick, func() { c.Close() })
			body.Read(make([]byte, 1))
		},
		"connector-closed-under-a-tunnel": func(c *connector.Connector, out <-chan *http.Response, _ func(), s *testnet.Script) {
			s.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
			body := (<-out).Body
			c.Close()
			body.Close()
		},
		"canceled": func(_ *connector.Connector, out <-chan *http.Response, cancel func(), _ *testnet.Script) {
			cancel()
			<-out
		},
	} {
		t.Run(name, func(t *testing.T) {
			ca, ln := testCA(t), listenTCP(t)
			c := connector.New(connector.Options{TLS: policy(t, trust.Options{CAs: ca.Pool()})})
			defer c.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := make(chan *http.Response, 1)
			go func() {
				req := request(t, "GET", "https://"+ln.Addr().String()+"/", nil).WithContext(ctx)
				req.Header = http.Header{"Connection": {"upgrade"}, "Upgrade": {"x"}}
				resp, _ := c.RoundTrip(req)
				out <- resp
			}()
			plain, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			raw := &recorder{Conn: plain}
			// Up to TLS 1.2 the type of a record is not encrypted.
			s := testnet.Peer(t, tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{issue(t, ca)}, MaxVersion: tls.VersionTLS12}))
			s.WantHead()
			end(c, out, cancel, s)
			if _, err := io.Copy(io.Discard, s.Conn()); err != nil {
				t.Error(err) // the alert comes in its turn
			}
			// "All HTTP data MUST be sent as TLS "application data"".
			// https://www.rfc-editor.org/rfc/rfc9112#section-9.7-2
			handshake := []byte{22, 22, 20, 22}
			if types := recordTypes(raw.got); !bytes.Equal(types, append(handshake, dataRecord, alertRecord)) {
				t.Errorf("got records of the types %v: not a handshake, data and an alert", types)
			}
		})
	}
}

// recorder keeps what is read.
type recorder struct {
	net.Conn
	got []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.got = append(r.got, p[:n]...)
	return n, err
}

// Types of records. https://www.rfc-editor.org/rfc/rfc8446#section-5.1
const (
	alertRecord = 21
	dataRecord  = 23
)

// recordTypes gives the types of the TLS records in raw.
func recordTypes(raw []byte) (types []byte) {
	for len(raw) >= 5 {
		types = append(types, raw[0])
		raw = raw[min(5+int(binary.BigEndian.Uint16(raw[3:])), len(raw)):]
	}
	return types
}

func testCA(t *testing.T) *localca.CA {
	t.Helper()
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func issue(t *testing.T, ca *localca.CA) tls.Certificate {
	t.Helper()
	cert, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestClientRFC9112Section9_8AlertOfTheOriginBehindAProxy(t *testing.T) {
	// "A response that has neither chunked transfer coding nor Content-Length is
	// complete only if a valid closure alert has been received." That of a proxy
	// which is spoken to over TLS is none of the origin's.
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.8-5
	for _, alert := range []bool{true, false} {
		t.Run(fmt.Sprint("alert-", alert), func(t *testing.T) {
			ca, ln := testCA(t), listenTCP(t)
			believed := policy(t, trust.Options{CAs: ca.Pool()})
			c := connector.New(connector.Options{TLS: believed, ProxyTLS: believed, Proxy: by(t, "https://"+ln.Addr().String())})
			defer c.Close()
			out := make(chan answer, 1)
			go func() { out <- exchange(c, request(t, "GET", "https://127.0.0.1/", nil)) }()
			raw, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			config := &tls.Config{Certificates: []tls.Certificate{issue(t, ca)}}
			outer := tls.Server(raw, config)
			p := testnet.Peer(t, outer)
			p.WantHead()
			p.Write(established)
			inner := tls.Server(outer, config)
			s := testnet.Peer(t, inner)
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\n\r\nhello")
			if alert {
				inner.CloseWrite()
			}
			outer.Close()
			if a := <-out; alert {
				want(t, a, 200, "hello")
			} else if !errors.Is(a.err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v, body %q", a.err, a.body)
			}
		})
	}
}

func TestUpgradedTLSIsClosedAtOnce(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		const room = 8 << 10
		ca := testCA(e.t) // of the bubble's time
		config := &tls.Config{Certificates: []tls.Certificate{issue(e.t, ca)}}
		c := connector.New(connector.Options{DialContext: e.net.DialContext, TLS: policy(e.t, trust.Options{CAs: ca.Pool()})})
		defer c.Close()
		ln := e.listen("127.0.0.1:443")
		defer ln.Close()
		e.net.SetOptions("127.0.0.1:443", testnet.Options{BufferBytes: room})
		out := make(chan *http.Response, 1)
		go func() {
			req := request(t, "GET", "https://127.0.0.1/", nil)
			req.Header.Set("Connection", "upgrade")
			req.Header.Set("Upgrade", "x")
			resp, err := c.RoundTrip(req)
			if err != nil {
				t.Error(err)
			}
			out <- resp
		}()
		raw, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		s := testnet.Peer(e.t, tls.Server(raw, config))
		s.WantHead()
		s.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		resp := <-out
		// Records of 122 octets fill the buffer but for 18: the alert finds no room.
		for range room / 122 {
			if _, err := resp.Body.(io.Writer).Write(make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		resp.Body.Close()
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("Close took %v", took)
		}
	})
}
