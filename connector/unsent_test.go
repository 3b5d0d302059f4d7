package connector_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// TestRequestThatCouldNotBeSent ends a new connection at the moment at which it
// could be used: with TLS and without, the request fails in the write, unsent.
func TestRequestThatCouldNotBeSent(t *testing.T) {
	testnet.LeakCheck(t)
	ca, err := localca.New("test")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		scheme, by string
	}{{"http", "server"}, {"https", "server"}, {"http", "caller"}, {"https", "caller"}} {
		ln := listenTCP(t)
		aborted := make(chan struct{})
		c := connector.New(connector.Options{
			TLS: policy(t, trust.Options{CAs: ca.Pool()}),
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return &cutSocket{TCPConn: conn.(*net.TCPConn), cut: aborted}, nil
			},
		})
		peers := make(chan net.Conn, 1)
		go func() {
			conn, err := ln.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			if tt.scheme == "https" {
				tc := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true})
				if err := tc.Handshake(); err != nil {
					t.Error(err)
				}
			}
			peers <- conn
		}()
		ctx, cancel := context.WithCancel(context.Background())
		end := func() { (<-peers).Close() }
		if tt.by == "caller" {
			end = func() { cancel(); <-aborted }
		}
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { end() }})
		a := exchange(c, request(t, "GET", tt.scheme+"://"+ln.Addr().String()+"/", nil).WithContext(traced))
		if err := wantError(t, a.err, connector.PhaseWrite); err.Sent || err.Reused || !connector.SafeToRetry(err) || errors.Is(err, context.Canceled) != (tt.by == "caller") {
			t.Errorf("%+v: got %+v", tt, err)
		}
		if tt.by == "caller" {
			(<-peers).Close()
		}
		cancel()
		c.Close()
	}
}

// cutSocket tells when it is made unusable.
type cutSocket struct {
	*net.TCPConn
	cut chan struct{}
}

func (s *cutSocket) SetDeadline(t time.Time) error {
	err := s.TCPConn.SetDeadline(t)
	if !t.IsZero() && t.Before(time.Now()) {
		close(s.cut)
	}
	return err
}
