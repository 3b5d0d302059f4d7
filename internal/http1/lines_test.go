package http1_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// What was read before makes no difference to what a head says.
func TestHeadIsReadAnew(t *testing.T) {
	const status = "HTTP/1.1 200 OK\r\n"
	long := "X: " + strings.Repeat("y", 200) + "\r\n"
	for _, test := range []struct{ name, before, head string }{
		{"same", "A: b\r\nContent-Length: 5\r\n", "A: b\r\nContent-Length: 5\r\n"},
		{"other-length", "A: b\r\nContent-Length: 5\r\n", "A: b\r\nContent-Length: 6\r\n"},
		{"chunked-again", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n"},
		{"close-again", "Connection: close\r\n", "Connection: close\r\n"},
		{"cookie-again", "Set-Cookie: a=b\r\n", "Set-Cookie: a=b\r\n"},
		{"coded-again", "Content-Encoding: gzip\r\n", "Content-Encoding: gzip\r\n"},
		{"matters-now", "A: b\r\n", "Content-Length: 5\r\n"},
		{"folded-now", "A: b\r\nC: d\r\n", "A: b\r\n c\r\nC: d\r\n"},
		{"folded-before", "A: b\r\n c\r\n", "A: b\r\n"},
		{"unended-now", "A: b\r\n", "A: b\n"},
		{"longer", "A: b\r\n", "A: bb\r\n"},
		{"shorter", "A: bb\r\n", "A: b\r\n"},
		{"long", long, long},
		{"many", strings.Repeat("A: b\r\n", 40), strings.Repeat("A: b\r\n", 40)},
		{"control-before", "A: b\x01\r\n", "A: b\x01\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			head := status + test.head + "\r\n"
			want, whole := http1.ParseHead([]byte(head), generous)
			got, ok := http1.ParseHead([]byte(head), generous, []byte(status+test.before+"\r\n"))
			if whole && !reflect.DeepEqual(got, want) || ok != whole {
				t.Errorf("got %+v, %v, want %+v, %v", got, ok, want, whole)
			}
		})
	}
}

func FuzzHeadIsReadAnew(f *testing.F) {
	f.Add([]byte(usual), []byte(usual), []byte("HTTP/1.1 204 No Content\r\nA: b\r\n c\r\n\r\n"))
	f.Fuzz(func(t *testing.T, first, second, head []byte) {
		want, whole := http1.ParseHead(bytes.Clone(head), generous)
		got, ok := http1.ParseHead(bytes.Clone(head), generous, bytes.Clone(first), bytes.Clone(second), bytes.Clone(first))
		if whole && !reflect.DeepEqual(got, want) || ok != whole {
			t.Errorf("got %+v, %v, want %+v, %v", got, ok, want, whole)
		}
	})
}
