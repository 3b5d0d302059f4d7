package testnet_test

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestPeerPlaysAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		ln := listen(t, network, "example.com:80")
		go func() {
			conn, err := network.DialContext(t.Context(), "tcp", "example.com:80")
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")
			conn.(*testnet.Conn).CloseWrite()
			if got, err := io.ReadAll(conn); string(got) != "HTTP/1.1 200 OK\r\n\r\n" || err != nil {
				t.Errorf("client read %q, %v", got, err)
			}
		}()
		peer := testnet.Accept(t, ln)
		if got, want := peer.WantHead(), "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n"; got != want {
			t.Errorf("head: got %q, want %q", got, want)
		}
		if got := peer.WantBytes(2); got != "bo" {
			t.Errorf("bytes: got %q", got)
		}
		peer.WantRead("dy")
		peer.WantEOF()
		peer.Write("HTTP/1.1 200 OK\r\n\r\n")
		peer.CloseWrite()
		peer.Close()
	})
}

func TestPeerPlaysAClientThatSeesSilenceAndAReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := testnet.Pipe()
		peer := testnet.Peer(t, client)
		time.AfterFunc(time.Minute, func() { server.Reset() })
		peer.WantSilence(59 * time.Second)
		peer.WantReset()
	})
}

func TestPeerFails(t *testing.T) {
	tests := []struct {
		name   string
		server func(*testnet.Conn)
		step   func(*testnet.Script)
		want   string
	}{
		{"other-bytes", func(c *testnet.Conn) { io.WriteString(c, "GET / HTTP/1.1\r\nHost: b\r\n") },
			func(s *testnet.Script) { s.WantRead("GET / HTTP/1.1\r\nHost: a\r\n") },
			`read other bytes than wanted:
       "GET / HTTP/1.1\r\n"
  want "Host: a\r\n"
  got  "Host: b\r\n"`},
		{"too-few", func(c *testnet.Conn) { io.WriteString(c, "GET"); c.Close() },
			func(s *testnet.Script) { s.WantRead("GET /") },
			`read: EOF, after 3 of 5 wanted bytes:
  want "GET /"
  got  "GET"`},
		{"nothing", func(*testnet.Conn) {},
			func(s *testnet.Script) { s.WantRead("GET /") },
			`read: read tcp 192.0.2.1:49152->198.18.0.1:80: i/o timeout, after 0 of 5 wanted bytes:
  want "GET /"`},
		{"half-a-head", func(c *testnet.Conn) { io.WriteString(c, "GET / HTTP/1.1\r\n"); c.Close() },
			func(s *testnet.Script) { s.WantHead() },
			`read: EOF, before the blank line that ends a head, after
       "GET / HTTP/1.1\r\n"`},
		{"no-end", func(c *testnet.Conn) { io.WriteString(c, "more") },
			func(s *testnet.Script) { s.WantEOF() },
			`read 4 bytes, wanted the end of the stream:
       "more"`},
		{"no-reset", func(c *testnet.Conn) { c.Close() },
			func(s *testnet.Script) { s.WantReset() },
			`read: EOF, wanted a reset`},
		{"no-silence", func(c *testnet.Conn) { c.Close() },
			func(s *testnet.Script) { s.WantSilence(time.Second) },
			`read: EOF, wanted nothing for 1s`},
		{"too-few-bytes", func(c *testnet.Conn) { c.Close() },
			func(s *testnet.Script) { s.WantBytes(1) },
			`read: EOF, after 0 of 1 wanted bytes:
  (nothing)`},
		{"write-to-nobody", func(c *testnet.Conn) { c.Close() },
			func(s *testnet.Script) { s.Write("x") },
			`write: write tcp 192.0.2.1:49152->198.18.0.1:80: write: broken pipe`},
		{"no-room", func(*testnet.Conn) {},
			func(s *testnet.Script) { s.Write(strings.Repeat("x", 1<<20)) },
			`write: write tcp 192.0.2.1:49152->198.18.0.1:80: i/o timeout`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := pipe(t, testnet.Options{})
				tt.server(server)
				got := failure(t, func(tb testing.TB) { tt.step(testnet.Peer(tb, client)) })
				if d := cmp.Diff(tt.want, got); d != "" {
					t.Errorf("message (-want +got):\n%s", d)
				}
			})
		})
	}
}

func TestPeerNeedsAConnThatCanDoIt(t *testing.T) {
	conn, other := net.Pipe()
	defer other.Close()
	for _, tt := range []struct {
		step func(*testnet.Script)
		want string
	}{
		{(*testnet.Script).Reset, "*net.pipe has no Reset"},
		{(*testnet.Script).CloseWrite, "*net.pipe has no CloseWrite"},
	} {
		if got := failure(t, func(tb testing.TB) { tt.step(testnet.Peer(tb, conn)) }); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// failure gives what f made a test fail with, "" if it did not.
func failure(t *testing.T, f func(testing.TB)) string {
	tb := &fakeTB{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(tb)
	}()
	<-done
	for _, cleanup := range tb.cleanups {
		cleanup()
	}
	return strings.Join(tb.messages, "\n")
}

// fakeTB is a test that may fail.
type fakeTB struct {
	testing.TB
	messages []string
	cleanups []func()
}

func (f *fakeTB) Helper()          {}
func (f *fakeTB) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Errorf(format string, args ...any) {
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}
