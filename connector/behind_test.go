package connector_test

import (
	"bufio"
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
	const unasked = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"
	const head = "HTTP/1.1 200 OK\r\nContent-Length: "
	begun := make(chan bool)
	url := answering(t, begun, func(path string) (first, second string) {
		size, err := strconv.Atoi(path)
		if err != nil {
			return head + "6\r\n\r\nfollow", ""
		}
		first, second = fmt.Sprintf(head+"%d\r\n\r\n", abs(size)), strings.Repeat("x", abs(size))+unasked
		if size < 0 {
			return first, second
		}
		return first + second, ""
	})
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
	for size := 7250; size < 7450; size++ { // one of which, with its head, fills a buffer
		sizes = append(sizes, size)
	}
	c := connector.New()
	defer c.Close()
	for name, read := range ways {
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
			if n != int64(abs(size)) || err != nil {
				t.Fatalf("%s of %d octets: got %d, %v", name, size, n, err)
			}
			if a := exchange(c, request(t, "GET", url+"follow", nil)); a.err != nil || a.body != "follow" {
				t.Fatalf("%s of %d octets: the next request got %q, %v", name, size, a.body, a.err)
			}
		}
	}
}

func abs(n int) int { return max(n, -n) }

// answering serves, on a socket of the system's, what answer gives for the path of
// each request: the first part at once, the second when it is told.
func answering(t *testing.T, begun <-chan bool, answer func(path string) (first, second string)) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for r := bufio.NewReader(conn); ; {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					first, second := answer(req.URL.Path[1:])
					io.WriteString(conn, first)
					if second != "" {
						<-begun
						io.WriteString(conn, second)
					}
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String() + "/"
}
