package http1_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestAppendRequest(t *testing.T) {
	dst := http1.AppendRequestLine([]byte("x"), "POST", "/a?b")
	dst = http1.AppendField(dst, "Host", "example.org")
	dst = http1.AppendField(dst, "Empty", "")
	dst = http1.AppendContentLength(dst, 9223372036854775807)
	const want = "xPOST /a?b HTTP/1.1\r\nHost: example.org\r\nEmpty: \r\nContent-Length: 9223372036854775807\r\n"
	if string(dst) != want {
		t.Errorf("got %q, want %q", dst, want)
	}
}
