package connector_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/trust"
)

// TestAnswerBehindABodyIsNeverTaken sends the body of an answer, of many sizes, in one
// write with another answer that nobody has asked for; the head in the same write or
// before. However much of them a read
// takes, and however soon the next request follows, that one gets its own answer.
//
// RFC 9112, section 9.2: "If a client receives data on a connection that doesn't have
// outstanding requests, the client MUST NOT consider that data to be a valid
// response".
// https://www.rfc-editor.org/rfc/rfc9112#section-9.2-3
func TestAnswerBehindABodyIsNeverTaken(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "body"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ways := map[string]func(r io.Reader) (int64, error){
		"read": func(r io.Reader) (int64, error) {
			return io.Copy(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r})
		},
		"copy": func(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) },
		"file": func(r io.Reader) (int64, error) { return io.Copy(file, r) }, // by the system, where it is long
	}
	sizes := []int{-1, -100, -8 << 10, -300 << 10, 0, 1, 8 << 10, 16 << 10, 100 << 10, 300 << 10}
	var full []int
	for size := 7250; size < 7450; size++ { // one of which, with its head, fills a buffer
		full = append(full, size)
	}
	ca := testCA(t)
	c := connector.New(connector.Options{TLS: policy(t, trust.Options{CAs: ca.Pool()})})
	defer c.Close()
	next := map[string]func(url string) *http.Request{
		"get":    func(url string) *http.Request { return request(t, "GET", url, nil) },
		"upload": func(url string) *http.Request { return request(t, "POST", url, unread(strings.NewReader("hi"))) },
	}
	for _, config := range []*tls.Config{nil, {Certificates: []tls.Certificate{issue(t, ca)}}} {
		begun := make(chan bool)
		url := answering(t, config, begun)
		for name, read := range ways {
			for kind, follow := range next {
				sizes := sizes
				if name == "read" && kind == "get" && config == nil {
					sizes = append(full, sizes...)
				}
				for _, size := range sizes {
					resp, err := c.RoundTrip(request(t, "GET", url+strconv.Itoa(size), nil))
					if err != nil {
						t.Fatal(err)
					}
					if size < 0 {
						begun <- true
					}
					n, err := read(resp.Body)
					resp.Body.Close()
					if n != int64(max(size, -size)) || err != nil {
						t.Fatalf("%s of %d octets: got %d, %v", name, size, n, err)
					}
					if a := exchange(c, follow(url+"follow")); a.err != nil || a.body != "follow" {
						t.Fatalf("%.5s: %s of %d octets: the next request, %s, got %q, %v", url, name, size, kind, a.body, a.err)
					}
				}
			}
		}
	}
}

// answering serves, on a socket of the system's, a body of as many octets as the path
// of the request says, and an unasked answer behind it: with the head, or, where the
// number is negative, when it is told that this has come.
func answering(t *testing.T, config *tls.Config, begun <-chan bool) (url string) {
	t.Helper()
	ln := listenTCP(t)
	url = "http://" + ln.Addr().String() + "/"
	if config != nil {
		ln, url = tls.NewListener(ln, config), "https"+url[len("http"):]
	}
	go testnet.Serve(ln, func(conn net.Conn) {
		for r := bufio.NewReader(conn); ; {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			answerTo(conn, req.URL.Path[1:], begun)
		}
	})
	return url
}

func answerTo(conn io.Writer, path string, begun <-chan bool) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: "
	const unasked = head + "8\r\n\r\npoisoned"
	size, err := strconv.Atoi(path)
	start := fmt.Sprintf(head+"%d\r\n\r\n", max(size, -size))
	behind := strings.Repeat("x", max(size, -size)) + unasked
	switch {
	case err != nil:
		io.WriteString(conn, head+"6\r\n\r\nfollow")
	case size >= 0:
		io.WriteString(conn, start+behind)
	default:
		io.WriteString(conn, start)
		<-begun
		io.WriteString(conn, behind)
	}
}
