package connector_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

func TestClientRFC9112Section6_3Item2IgnoresFramingBehindConnect(t *testing.T) {
	// "A client MUST ignore any Content-Length or Transfer-Encoding header
	// fields received in such a message."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.2
	for _, lines := range []string{
		"Content-Length: 5\r\n", "Content-Length: x\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Transfer-Encoding: chunked\r\n",
		"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
	} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.send(request(t, "CONNECT", "http://example.com", nil))
			s := e.accept()
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\n" + lines + "\r\nthrough the tunnel")
			s.Close()
			want(t, <-out, 200, "through the tunnel")
		})
	}
}
