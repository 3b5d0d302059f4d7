//go:build unix

package connector_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

// What a SOCKS5 proxy says behind its answers stays in the socket, where it is
// found before the request is written: nobody has asked for it yet.
func TestSOCKS5ProxyThatSaysMore(t *testing.T) {
	ln := listenTCP(t)
	got := make(chan string, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.ReadFull(conn, make([]byte, 3))
		conn.Write([]byte("\x05\x00"))
		io.ReadFull(conn, make([]byte, 18))
		conn.Write([]byte("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00" + okHello))
		text, _ := io.ReadAll(conn)
		got <- string(text)
	}()
	c := connector.New(connector.Options{Proxy: by(t, "socks5h://"+ln.Addr().String())})
	defer c.Close()
	_, err := c.RoundTrip(request(t, "POST", "http://origin.test/", strings.NewReader("x")))
	if e := wantError(t, err, connector.PhaseWrite); e.Sent || !strings.Contains(err.Error(), "before the request") {
		t.Errorf("got %v", err)
	}
	if text := <-got; text != "" {
		t.Errorf("the proxy was sent %q", text)
	}
}
