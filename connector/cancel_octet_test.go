package connector_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
)

// TestCancelAtEveryOctetPoisonsNothing ends a request's context after each octet of
// its answer has come. The rest comes nevertheless, and another answer; the next
// request gets its own.
func TestCancelAtEveryOctetPoisonsNothing(t *testing.T) {
	for _, wire := range []string{
		okHello,
		"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + okHello,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nA: b\r\n\r\n",
	} {
		for n := range len(wire) + 1 {
			inBubble(t, connector.Options{}, func(e *env) {
				ctx, cancel := cancelable()
				out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
				s := e.accept()
				s.WantHead()
				s.Write(wire[:n])
				synctest.Wait()
				cancel()
				synctest.Wait()
				a := <-out
				if whole := n == len(wire); whole != (a.err == nil) || !whole && !errors.Is(a.err, errWhim) {
					t.Errorf("%d octets of %q: got %q, %v", n, wire, a.body, a.err)
				}
				if n < len(wire) {
					s.Conn().Write([]byte(wire[n:] + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")) // or fails
					s.WantEOF()
				}
				out = e.get()
				if n < len(wire) {
					s = e.accept()
				}
				s.WantHead()
				s.Write("HTTP/1.1 404 Own\r\nContent-Length: 3\r\n\r\nown")
				want(t, <-out, 404, "own")
			})
		}
	}
}
