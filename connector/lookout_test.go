//go:build unix

package connector_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// A server that answers and closes its side at once, but goes on to listen: the poller
// tells of both together. The next request, which is sent without a look, is written
// to a peer that takes it and will never answer, and hears no more of it.
func TestBlindRequestDoesNotMissTheEnd(t *testing.T) {
	ln := listenTCP(t)
	go testnet.Serve(ln, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		if req.URL.Path == "/long" {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh")
			io.Copy(io.Discard, conn)
			return
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
		conn.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, conn)
	})
	c := connector.New(connector.Options{Timeouts: connector.Timeouts{Head: 10 * time.Second}})
	defer c.Close()
	connector.RestedFor(c, time.Second)
	get := func(path string) *http.Response {
		req, err := http.NewRequest("GET", "http://"+ln.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	defer get("/long").Body.Close() // a request that is alone looks out for its answer
	for range 5 {
		time.Sleep(time.Millisecond) // the end comes, and the poller tells of it
		if body, err := io.ReadAll(get("/").Body); string(body) != "hi" || err != nil {
			t.Fatalf("%q, %v", body, err)
		}
	}
}
