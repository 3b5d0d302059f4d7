package connector_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// TestAnswerThatCameWhileABodyWasHeldIsNeverTaken lets an unasked answer come when a
// body has been received whole, but not been read: its end is found in the buffer, so
// that no read of the socket tells what lies there by now.
func TestAnswerThatCameWhileABodyWasHeldIsNeverTaken(t *testing.T) {
	ln := listenTCP(t)
	received, sent := make(chan bool), make(chan bool)
	go testnet.Serve(ln, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			if req.URL.Path != "/" {
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfollow")
				continue
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
			<-received
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
			sent <- true
		}
	})
	c := connector.New()
	defer c.Close()
	url := "http://" + ln.Addr().String()
	for range 10 {
		resp, err := c.RoundTrip(request(t, "GET", url+"/", nil))
		if err != nil {
			t.Fatal(err)
		}
		received <- true
		<-sent
		if body, err := io.ReadAll(resp.Body); string(body) != "hello" || err != nil {
			t.Errorf("got %q, %v", body, err)
		}
		if a := exchange(c, request(t, "GET", url+"/follow", nil)); a.err != nil || a.body != "follow" {
			t.Errorf("the next request got %q, %v", a.body, a.err)
		}
	}
}
