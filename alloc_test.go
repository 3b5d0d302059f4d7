//go:build !race

package aiohttp_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// startFixed answers every request on the loopback with the same octets, and
// allocates nothing for it: what is measured is the client.
func startFixed(t testing.TB, answer string) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		reply, buf, end := []byte(answer), make([]byte, 4<<10), []byte("\r\n\r\n")
		for {
			n, err := conn.Read(buf) // a request comes in one write
			if err != nil || !bytes.HasSuffix(buf[:n], end) {
				return
			}
			if _, err := conn.Write(reply); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return "http://" + ln.Addr().String() + "/"
}

// The way of Session.Get to a host that is known, also through a proxy that
// forwards, allocates the Response and nothing else. One more is allowed for what
// the runtime does meanwhile.
func TestSessionGetAllocates(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
	for _, test := range []struct {
		name  string
		setUp func(served string, o *aiohttp.Options, r *aiohttp.Request) (url string)
	}{
		{"direct", func(served string, _ *aiohttp.Options, _ *aiohttp.Request) string { return served }},
		{"proxy-of-the-session", func(served string, o *aiohttp.Options, _ *aiohttp.Request) string {
			o.Proxy = strings.Replace(served, "//", "//me:secret@", 1)
			return "http://origin.test/"
		}},
		{"proxy-of-the-request", func(served string, _ *aiohttp.Options, r *aiohttp.Request) string {
			r.Proxy = served
			return "http://origin.test/"
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var o aiohttp.Options
			reqs := make([]aiohttp.Request, 1)
			url := test.setUp(startFixed(t, answer), &o, &reqs[0])
			s := aiohttp.NewSession(o)
			defer s.Close()
			ctx := context.Background()
			var buf [16]byte
			get := func() {
				resp, err := s.Get(ctx, url, reqs...)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := resp.Read(buf[:]); string(buf[:n]) != "hello" {
					t.Fatalf("read %q", buf[:n])
				}
				resp.Close()
			}
			get()
			if n := testing.AllocsPerRun(500, get); n > 2 {
				t.Errorf("%v allocations, want at most 2", n)
			}
		})
	}
}

func BenchmarkSessionGetSmall(b *testing.B) {
	url := startFixed(b, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
	s := aiohttp.NewSession()
	defer s.Close()
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		resp, err := s.Get(ctx, url)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := resp.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}
