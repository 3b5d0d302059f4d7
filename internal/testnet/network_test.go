package testnet_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func listen(t *testing.T, network *testnet.Network, addr string) net.Listener {
	t.Helper()
	ln, err := network.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

func TestNetworkConnects(t *testing.T) {
	tests := []struct{ listen, dial, wantRemote, wantLocal string }{
		{"example.com:80", "example.com:80", "198.18.0.2:80", "192.0.2.1:49152"},
		{"203.0.113.7:443", "203.0.113.7:443", "203.0.113.7:443", "192.0.2.1:49152"},
		{"[2001:db8::7]:443", "[2001:db8::7]:443", "[2001:db8::7]:443", "[2001:db8::1]:49152"},
		{":8080", "localhost:8080", "127.0.0.1:8080", "127.0.0.1:49152"},
		{":8080", "[::1]:8080", "[::1]:8080", "[::1]:49152"},
		{"localhost:0", "localhost:49152", "127.0.0.1:49152", "127.0.0.1:49153"},
	}
	for _, tt := range tests {
		t.Run(tt.dial, func(t *testing.T) {
			network := testnet.New()
			ln := listen(t, network, tt.listen)
			client, err := network.DialContext(t.Context(), "tcp", tt.dial)
			if err != nil {
				t.Fatal(err)
			}
			server, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(client.LocalAddr(), client.RemoteAddr(), server.RemoteAddr(), server.LocalAddr())
			want := fmt.Sprint(tt.wantLocal, " ", tt.wantRemote, " ", tt.wantLocal, " ", tt.wantRemote)
			if got != want {
				t.Errorf("addresses\n got %s\nwant %s", got, want)
			}
			if got := network.OpenConns(); got != 1 {
				t.Errorf("open conns: got %d, want 1", got)
			}
			client.Close()
			server.Close()
			if open, dials, to := network.OpenConns(), network.Dials(), network.DialsTo(tt.dial); open != 0 || dials != 1 || to != 1 {
				t.Errorf("after close: %d open, %d dials, %d to the address, want 0, 1, 1", open, dials, to)
			}
		})
	}
}

func TestNetworkRefuses(t *testing.T) {
	network := testnet.New()
	listen(t, network, "example.com:80")
	listen(t, network, "closed.example:80").Close()
	tests := []struct {
		network, addr string
		want          string
		cause         error
	}{
		{"tcp", "example.com:81", "dial tcp 198.18.0.2:81: connect: connection refused", syscall.ECONNREFUSED},
		{"tcp", "closed.example:80", "dial tcp 198.18.0.3:80: connect: connection refused", syscall.ECONNREFUSED},
		{"tcp", "unknown.example:80", "dial tcp unknown.example:80: connect: connection refused", syscall.ECONNREFUSED},
		{"tcp6", "example.com:80", "dial tcp6 example.com:80: connect: connection refused", syscall.ECONNREFUSED},
		{"udp", "example.com:80", "dial udp: unknown network udp", net.UnknownNetworkError("udp")},
		{"tcp", "example.com", "dial tcp: address example.com: missing port in address", nil},
		{"tcp", "example.com:http", "dial tcp: address example.com:http: invalid port", nil},
	}
	for _, tt := range tests {
		t.Run(tt.network+"-"+tt.addr, func(t *testing.T) {
			_, err := network.DialContext(t.Context(), tt.network, tt.addr)
			var opErr *net.OpError
			if !errors.As(err, &opErr) || err.Error() != tt.want {
				t.Errorf("got %T %v, want *net.OpError %s", err, err, tt.want)
			}
			if tt.cause != nil && !errors.Is(err, tt.cause) {
				t.Errorf("got %v, want %v inside", err, tt.cause)
			}
		})
	}
}

func TestNetworkTriesAddressesInTurn(t *testing.T) {
	network := testnet.New()
	network.SetHost("dual.example", netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.2"))
	listen(t, network, "192.0.2.2:80")
	conn, err := network.DialContext(t.Context(), "tcp", "dual.example:80")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if got, want := conn.RemoteAddr().String(), "192.0.2.2:80"; got != want {
		t.Errorf("connected to %s, want %s", got, want)
	}
	if got := network.DialsTo("dual.example:80"); got != 2 {
		t.Errorf("dials: got %d, want 2", got)
	}
}

func TestNetworkBlackhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		listen(t, network, "example.com:80")
		network.Blackhole("example.com:80")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := network.DialContext(ctx, "tcp", "example.com:80")
		wantErr(t, "dial", err, context.DeadlineExceeded)
		if netErr := net.Error(nil); !errors.As(err, &netErr) || !netErr.Timeout() {
			t.Errorf("%v is no timeout", err)
		}
		if got := time.Since(start); got != time.Minute {
			t.Errorf("dial ended after %v, want 1m", got)
		}
		network.Restore("example.com:80")
		conn, err := network.DialContext(t.Context(), "tcp", "example.com:80")
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	})
}

func TestNetworkDialTakesARoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		network.SetDefaultOptions(testnet.Options{Latency: time.Hour})
		network.SetOptions("example.com:80", testnet.Options{Latency: time.Second})
		listen(t, network, "example.com:80")
		for _, tt := range []struct {
			addr string
			want time.Duration
		}{{"example.com:80", 2 * time.Second}, {"far.example:80", 0}, {"192.0.2.9:80", 2 * time.Hour}} {
			start := time.Now()
			conn, err := network.DialContext(t.Context(), "tcp", tt.addr)
			if err == nil {
				conn.Close()
			}
			if got := time.Since(start); got != tt.want {
				t.Errorf("dial %s took %v, want %v", tt.addr, got, tt.want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := network.DialContext(ctx, "tcp", "192.0.2.9:80")
		wantErr(t, "dial", err, context.DeadlineExceeded)
	})
}

func TestNetworkLookup(t *testing.T) {
	network := testnet.New()
	v6, v4 := netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.2")
	network.SetHost("dual.example", v6, v4)
	tests := []struct {
		network, host string
		want          []netip.Addr
	}{
		{"ip", "dual.example", []netip.Addr{v6, v4}},
		{"ip4", "dual.example", []netip.Addr{v4}},
		{"ip6", "dual.example", []netip.Addr{v6}},
		{"ip", "192.0.2.2", []netip.Addr{v4}},
		{"ip6", "192.0.2.2", nil},
		{"ip", "unknown.example", nil},
	}
	for _, tt := range tests {
		t.Run(tt.network+"-"+tt.host, func(t *testing.T) {
			got, err := network.LookupNetIP(t.Context(), tt.network, tt.host)
			if d := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
				t.Errorf("addresses (-want +got):\n%s", d)
			}
			var dnsErr *net.DNSError
			if tt.want == nil && (!errors.As(err, &dnsErr) || !dnsErr.IsNotFound) {
				t.Errorf("got error %v, want a *net.DNSError that is not found", err)
			}
		})
	}
}

func TestListenerClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		ln := listen(t, network, "example.com:80")
		if _, err := network.Listen("example.com:80"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("second listener: got %v, want EADDRINUSE", err)
		}
		waiting, err := network.DialContext(t.Context(), "tcp", "example.com:80")
		if err != nil {
			t.Fatal(err)
		}
		defer waiting.Close()
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = waiting.Read(make([]byte, 1))
		wantErr(t, "read", err, syscall.ECONNRESET)
		_, err = ln.Accept()
		wantErr(t, "accept", err, net.ErrClosed)
		wantErr(t, "close", ln.Close(), net.ErrClosed)

		again := listen(t, network, "example.com:80")
		go func() {
			time.Sleep(time.Second)
			again.Close()
		}()
		_, err = again.Accept()
		wantErr(t, "accept", err, net.ErrClosed)
	})
}

func TestListenerBacklogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := testnet.New()
		ln := listen(t, network, "example.com:80")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var err error
		accepted := 0
		for err == nil {
			var conn net.Conn
			if conn, err = network.DialContext(ctx, "tcp", "example.com:80"); err == nil {
				defer conn.Close()
				accepted++
			}
		}
		wantErr(t, "dial", err, context.DeadlineExceeded)
		if accepted != 128 {
			t.Errorf("the backlog took %d connections, want 128", accepted)
		}
		ln.Close()
	})
}
