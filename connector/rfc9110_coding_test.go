package connector_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"testing"

	"github.com/aiohttp-go/aiohttp/connector"
)

func TestClientRFC9110Section8_4UndoesGzipWhereItIsAll(t *testing.T) {
	// "If one or more encodings have been applied to a representation, the sender
	// that applied the encodings MUST generate a Content-Encoding header field that
	// lists the content codings in the order in which they were applied."
	// https://www.rfc-editor.org/rfc/rfc9110#section-8.4-6
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte("hello"))
	z.Close()
	for _, tt := range []struct {
		fields string
		undone bool
	}{
		{"Content-Encoding: GZIP\r\n", true},
		{"Content-Encoding: x-gzip\r\n", true},
		{"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", false},
		{"Content-Encoding: gzip, br\r\n", false},
		{"Content-Encoding: br\r\nContent-Encoding: gzip\r\n", false},
		{"Content-Encoding: \r\nContent-Encoding: gzip\r\n", false},
	} {
		inBubble(t, connector.Options{}, func(e *env) {
			out := e.get()
			s := e.accept()
			s.WantHead()
			s.Write(fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", tt.fields, b.Len(), b.String()))
			a, body := <-out, b.String()
			if tt.undone {
				body = "hello"
			}
			want(t, a, 200, body)
			if a.resp.Uncompressed != tt.undone || (a.resp.Header["Content-Encoding"] == nil) != tt.undone {
				t.Errorf("%q: uncompressed %v, %q", tt.fields, a.resp.Uncompressed, a.resp.Header)
			}
		})
	}
}
