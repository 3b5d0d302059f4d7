package connector_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// FuzzServer answers requests with anything, in pieces of any size. There must
// be no panic, no hang (which synctest finds), and no connection lost.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		okHello, okHello + okHello, "", "HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\nx",
		"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", "SSH-2.0-OpenSSH_9.9\r\n",
		"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
	} {
		for kind := range uint8(6) {
			f.Add([]byte(seed), kind, uint8(len(seed)%7), kind%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, response []byte, kind, piece uint8, early bool) {
		synctest.Test(t, func(t *testing.T) { fuzzOnce(t, response, kind, int(piece), early) })
	})
}

func fuzzOnce(t *testing.T, response []byte, kind uint8, piece int, early bool) {
	network := testnet.New()
	ln, err := network.Listen("example.com:80")
	if err != nil {
		t.Fatal(err)
	}
	network.SetOptions("example.com:80", testnet.Options{BufferBytes: 4096, ToClient: testnet.Fault{ReadBytes: piece}})
	go testnet.Serve(ln, func(conn net.Conn) {
		buf := make([]byte, 16<<10)
		for { // answer each piece of a request, or once
			if _, err := conn.Read(buf); err != nil {
				return
			}
			if _, err := conn.Write(response); err != nil || early {
				return
			}
		}
	})
	c := connector.New(connector.Options{DialContext: network.DialContext, MaxConns: 2})
	for range 3 {
		var body io.Reader
		method := "GET"
		switch kind % 6 {
		case 1:
			method, body = "POST", strings.NewReader("hello")
		case 2:
			method, body = "PUT", strings.NewReader(strings.Repeat("x", 40_000))
		case 3:
			method, body = "PUT", unread(strings.NewReader(strings.Repeat("x", 40_000)))
		case 4:
			method, body = "PUT", strings.NewReader("hello")
		case 5:
			method = "HEAD"
		}
		req := request(t, method, "http://example.com/", body)
		if kind%6 == 4 {
			req.Header.Set("Expect", "100-continue")
		}
		resp, err := c.RoundTrip(req)
		if err != nil {
			continue
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Body.Close()
			continue
		}
		io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
		resp.Body.Close()
	}
	time.Sleep(2 * connector.DrainTime) // the rests of bodies are still on their way
	synctest.Wait()
	if s := c.Stats(); s.Open != s.Idle || s.Waiting != 0 {
		t.Errorf("pool: %+v", s)
	}
	c.Close()
	ln.Close()
	synctest.Wait()
	if n := network.OpenConns(); n != 0 {
		t.Errorf("%d connections are left open", n)
	}
}
