package connector_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
)

// combination is an answer, made of one choice of each kind.
type combination struct {
	method  string
	status  int
	minor   int
	framing string // the fields that frame the body
	options string // of Connection
	behind  string // octets behind what is the answer's
}

// combinations gives all of them.
func combinations(yield func(combination) bool) {
	for _, method := range []string{"GET", "HEAD", "POST"} {
		for _, status := range []int{200, 204, 205, 304, 404, 999} {
			for minor := range 3 {
				for _, framing := range []string{"", "Content-Length: 0\r\n", "Content-Length: 2\r\n", "Transfer-Encoding: chunked\r\n"} {
					for _, options := range []string{"", "close", "Keep-Alive", "x,\tkeep-alive , CLOSE"} {
						for _, behind := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"} {
							if !yield(combination{method: method, status: status, minor: minor, framing: framing, options: options, behind: behind}) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// judge says what must become of an answer: its body as it is sent, as it is read,
// and whether the connection can be used again; or that it is refused.
func (c combination) judge() (sent, read string, kept, refused bool) {
	// RFC 9112, section 9.3, in its order.
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-3.1
	lower := strings.ToLower(c.options)
	kept = !strings.Contains(lower, "close") && (c.minor > 0 || strings.Contains(lower, "keep-alive"))
	chunked := strings.HasPrefix(c.framing, "T")
	// RFC 9112, section 6.1: "A server or client that receives an HTTP/1.0 message
	// containing a Transfer-Encoding header field MUST treat the message as if the
	// framing is faulty".
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-16
	faulty := chunked && c.minor == 0
	kept = kept && !faulty
	// RFC 9112, section 6.3, in its order.
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-1
	switch {
	case c.status == 204 || c.status == 304:
		return "", "", kept, false
	case faulty:
		return "", "", false, true
	case c.method == "HEAD":
		return "", "", kept, false
	case chunked:
		return "1\r\na\r\n1;x\r\nb\r\n0\r\nT: v\r\n\r\n", "ab", kept, false
	case strings.HasSuffix(c.framing, "0\r\n"):
		return "", "", kept, false
	case c.framing != "":
		return "ab", "ab", kept, false
	}
	return "ab", "ab" + c.behind, false, false // up to the end
}

// TestClientReadsEveryCombinationOfFraming answers by each method, status, version,
// framing and connection option, with and without octets behind the answer, which
// are never another's.
func TestClientReadsEveryCombinationOfFraming(t *testing.T) {
	for c := range combinations {
		sent, read, kept, refused := c.judge()
		head := fmt.Sprintf("HTTP/1.%d %d X\r\n%s", 4*c.minor, c.status, c.framing)
		if c.options != "" {
			head += "Connection: " + c.options + "\r\n"
		}
		wire := head + "\r\n" + sent + c.behind
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.send(request(t, c.method, "http://example.com/", nil))
			s := e.accept()
			s.WantHead()
			s.Write(wire)
			synctest.Wait()
			kept := kept && c.behind == ""
			if idle := e.c.Stats().Idle == 1; idle != kept {
				t.Errorf("%s %q: kept %v, want %v", c.method, wire, idle, kept)
			}
			if !kept {
				s.Close()
			}
			a := <-out
			switch {
			case refused && a.err == nil:
				t.Errorf("%s %q: read as %d %q, want an error", c.method, wire, a.resp.StatusCode, a.body)
			case !refused && (a.err != nil || a.resp.StatusCode != c.status || a.body != read):
				t.Errorf("%s %q: got %q, %v, want %q", c.method, wire, a.body, a.err, read)
			}
		})
	}
}
