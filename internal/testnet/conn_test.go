package testnet_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestConnIsANetConn(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		client, server := testnet.Pipe()
		return client, server, func() { client.Close(); server.Close() }, nil
	})
}

func TestConnIsANetConnOverNetwork(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		network := testnet.New()
		network.SetDefaultOptions(testnet.Options{BufferBytes: 512, ToClient: testnet.Fault{ReadBytes: 3}})
		ln, err := network.Listen("example.com:80")
		if err != nil {
			return nil, nil, nil, err
		}
		c1, err = network.DialContext(t.Context(), "tcp", "example.com:80")
		if err != nil {
			return nil, nil, nil, err
		}
		c2, err = ln.Accept()
		return c1, c2, func() { c1.Close(); c2.Close(); ln.Close() }, err
	})
}

// pipe gives the ends of a connection that is closed after the test.
func pipe(t *testing.T, opts testnet.Options) (client, server *testnet.Conn) {
	client, server = testnet.PipeWith(opts)
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// wantErr fails unless err is a *net.OpError around want.
func wantErr(t *testing.T, op string, err, want error) {
	t.Helper()
	var opErr *net.OpError
	if !errors.As(err, &opErr) || opErr.Op != op || !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want a *net.OpError around %v", op, err, want)
	}
}

func mustWrite(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if n, err := io.WriteString(w, text); n != len(text) || err != nil {
		t.Fatalf("write: got %d, %v, want %d", n, err, len(text))
	}
}

func TestConnHalfClose(t *testing.T) {
	client, server := pipe(t, testnet.Options{})
	mustWrite(t, client, "ask")
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(server); string(got) != "ask" || err != nil {
		t.Errorf("server read %q, %v", got, err)
	}
	mustWrite(t, server, "answer")
	server.Close()
	if got, err := io.ReadAll(client); string(got) != "answer" || err != nil {
		t.Errorf("client read %q, %v", got, err)
	}
	_, err := client.Write([]byte("more"))
	wantErr(t, "write", err, syscall.EPIPE)
}

func TestConnErrorsAfterTheEnd(t *testing.T) {
	tests := []struct {
		name              string
		end               func(client, server *testnet.Conn) error
		wantRead, wantPut error
	}{
		{"peer-closed", func(_, server *testnet.Conn) error { return server.Close() }, io.EOF, syscall.EPIPE},
		{"peer-reset", func(_, server *testnet.Conn) error { return server.Reset() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"closed", func(client, _ *testnet.Conn) error { return client.Close() }, net.ErrClosed, net.ErrClosed},
		{"reset", func(client, _ *testnet.Conn) error { return client.Reset() }, net.ErrClosed, net.ErrClosed},
		{"half-closed-then-reset", func(_, server *testnet.Conn) error {
			return errors.Join(server.CloseWrite(), server.Reset())
		}, syscall.ECONNRESET, syscall.ECONNRESET},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, server := pipe(t, testnet.Options{})
			if err := tt.end(client, server); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := client.Read(make([]byte, 1))
				if tt.wantRead == io.EOF {
					if err != io.EOF {
						t.Errorf("read: got %v, want io.EOF itself", err)
					}
				} else {
					wantErr(t, "read", err, tt.wantRead)
				}
				_, err = client.Write([]byte("x"))
				wantErr(t, "write", err, tt.wantPut)
			}
		})
	}
}

func TestConnCloseTwice(t *testing.T) {
	client, _ := pipe(t, testnet.Options{})
	if err := client.Close(); err != nil {
		t.Errorf("first close: %v", err)
	}
	wantErr(t, "close", client.Close(), net.ErrClosed)
	wantErr(t, "close", client.CloseWrite(), net.ErrClosed)
	wantErr(t, "set", client.SetDeadline(time.Now()), net.ErrClosed)
}

func TestConnResetIsReadAfterTheBytesBefore(t *testing.T) {
	client, server := pipe(t, testnet.Options{})
	mustWrite(t, server, "last words")
	server.Reset()
	got, err := io.ReadAll(client)
	if string(got) != "last words" {
		t.Errorf("read %q", got)
	}
	wantErr(t, "read", err, syscall.ECONNRESET)
	if want := "read tcp 192.0.2.1:49152->198.18.0.1:80: read: connection reset by peer"; err.Error() != want {
		t.Errorf("error text\n got %q\nwant %q", err, want)
	}
}

// Blocked calls are durably blocked, and each way out of them works. That the
// bubble's clock moves at all shows the former.
func TestConnBlocksDurably(t *testing.T) {
	tests := []struct {
		name    string
		release func(client, server *testnet.Conn)
		wantR   error
		wantW   error
	}{
		{"deadline", func(client, _ *testnet.Conn) { client.SetDeadline(time.Now().Add(time.Second)) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
		{"deadline-in-the-past", func(client, _ *testnet.Conn) { client.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
		{"close", func(client, _ *testnet.Conn) { client.Close() }, net.ErrClosed, net.ErrClosed},
		{"peer-reset", func(_, server *testnet.Conn) { server.Reset() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"peer-close", func(_, server *testnet.Conn) { server.Close() }, io.EOF, syscall.EPIPE},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := pipe(t, testnet.Options{BufferBytes: 4})
				var wg sync.WaitGroup
				var readErr, writeErr error
				wg.Go(func() { _, readErr = client.Read(make([]byte, 1)) })
				wg.Go(func() {
					var n int
					if n, writeErr = client.Write([]byte("123456")); n != 4 {
						t.Errorf("wrote %d bytes, want the 4 that there is room for", n)
					}
				})
				time.Sleep(time.Hour)
				if readErr != nil || writeErr != nil {
					t.Fatalf("ended too early: read %v, write %v", readErr, writeErr)
				}
				tt.release(client, server)
				wg.Wait()
				if !errors.Is(readErr, tt.wantR) {
					t.Errorf("read: got %v, want %v", readErr, tt.wantR)
				}
				wantErr(t, "write", writeErr, tt.wantW)
			})
		})
	}
}

func TestConnDeadlineCanBeMovedAndTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, testnet.Options{})
		start := time.Now()
		client.SetReadDeadline(start.Add(time.Second))
		client.SetReadDeadline(start.Add(time.Minute))
		_, err := client.Read(make([]byte, 1))
		wantErr(t, "read", err, os.ErrDeadlineExceeded)
		if got := time.Since(start); got != time.Minute {
			t.Errorf("read ended after %v, want 1m", got)
		}
		client.SetReadDeadline(time.Time{})
		time.AfterFunc(time.Hour, func() { server.Write([]byte("x")) })
		if n, err := client.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("read after the deadline was taken back: %d, %v", n, err)
		}
	})
}

func TestConnWritesStayTogether(t *testing.T) {
	client, server := pipe(t, testnet.Options{BufferBytes: 3})
	var wg sync.WaitGroup
	for _, letter := range []string{"a", "b", "c"} {
		wg.Go(func() { mustWrite(t, client, strings.Repeat(letter, 1000)) })
	}
	got := make([]byte, 3000)
	if _, err := io.ReadFull(server, got); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	for i := 0; i < len(got); i += 1000 {
		if chunk := got[i : i+1000]; len(bytes.Trim(chunk, string(chunk[:1]))) != 0 {
			t.Errorf("bytes %d to %d come from more than one Write", i, i+1000)
		}
	}
}

func TestConnLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, testnet.Options{Latency: 40 * time.Millisecond})
		start := time.Now()
		go func() {
			server.Write([]byte("a"))
			time.Sleep(10 * time.Millisecond)
			server.Write([]byte("b"))
			server.Close()
		}()
		var got strings.Builder
		for {
			one := make([]byte, 1)
			n, err := client.Read(one)
			got.Write(one[:n])
			got.WriteString(" " + time.Since(start).String() + "; ")
			if err != nil {
				break
			}
		}
		if want := "a 40ms; b 50ms;  50ms; "; got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
	})
}

func TestConnPendingTellsWhatAReadWouldGiveAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, testnet.Options{Latency: time.Second})
		want := func(when string, want bool) {
			t.Helper()
			if got := client.Pending(); got != want {
				t.Errorf("%s: got %v", when, got)
			}
		}
		want("before anything", false)
		mustWrite(t, server, "x")
		want("on the way", false)
		time.Sleep(2 * time.Second)
		want("arrived", true)
		client.Read(make([]byte, 1))
		want("read", false)
		server.CloseWrite()
		time.Sleep(2 * time.Second)
		want("ended", true)
		client.Close()
		want("closed", true)
	})
}
