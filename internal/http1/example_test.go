package http1_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// One exchange on a byte stream: a request is rendered, and the answer read.
func Example() {
	request := http1.AppendRequestLine(nil, "GET", "/")
	request = http1.AppendField(request, "Host", "example.org")
	request = append(request, "\r\n"...)
	fmt.Printf("%q\n", request)

	conn := strings.NewReader("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"6\r\nhello \r\n5\r\nworld\r\n0\r\nServer-Timing: db;dur=53\r\n\r\n")
	limits := &http1.Limits{LineBytes: 8190, HeadBytes: 64 << 10, Fields: 128}
	var rd http1.Reader
	rd.Reset(conn)
	defer rd.Release()

	head := http1.ResponseHead{Method: "GET"}
	if err := rd.ReadResponseHead(&head, limits); err != nil {
		fmt.Println(err)
		return
	}
	kind, length := head.BodyOf("GET")
	var body http1.Body
	body.Reset(&rd, kind, length, limits)
	data, err := io.ReadAll(&body)
	fmt.Println(head.Status, string(head.Reason), string(data), err)
	for name, value := range body.Trailer().All() {
		fmt.Printf("%s is %s\n", name, value)
	}
	// Output:
	// "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
	// 200 OK hello world <nil>
	// Server-Timing is db;dur=53
}
