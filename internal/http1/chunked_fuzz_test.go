package http1_test

import (
	"io"
	"net/http/httputil"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// FuzzChunked checks that a chunked body reads the same however it arrives and
// is read, and that net/http accepts what we accept and reads the same data.
func FuzzChunked(f *testing.F) {
	for _, wire := range []string{
		"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\nrest", "5;a=b;c=\"d\\\"\"\r\nhello\r\n0\r\nA: b\r\n\r\n", "0005 \r\nhello\r\n0\r\n\r\n",
		"5\nhello\n0\n\n", "ffffffffffffffff\r\nx", "7fffffffffffffff\r\nx", "1\r\nxy\r\n0\r\n\r\n", "1\r\nx\r\n0\r\n A: b\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
	} {
		f.Add([]byte(wire))
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		want := readContent(whole(string(wire)), http1.Chunked, 0, tight, 4096)
		for _, piece := range []int{1, 7, 4096} {
			decode := func(src io.Reader) content {
				return refusal(readContent(src, http1.Chunked, 0, tight, piece))
			}
			if len(wire) < 100 {
				everySplit(t, string(wire), decode)
			}
			if diff := cmp.Diff(refusal(want), decode(octets(string(wire)))); diff != "" {
				t.Errorf("%q read in pieces of %d differs:\n%s", wire, piece, diff)
			}
		}
		std, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(string(wire))))
		switch {
		case want.Err == "" && err != nil && !longSize.Match(wire):
			t.Errorf("%q: net/http says %v", wire, err)
		case want.Err == "" && err == nil && want.Data != string(std):
			t.Errorf("%q: got %q, net/http reads %q", wire, want.Data, std)
		case !strings.HasPrefix(string(std), want.Data) && !strings.HasPrefix(want.Data, string(std)):
			t.Errorf("%q: got %q before an error, net/http reads %q", wire, want.Data, std)
		}
	})
}

// refusal makes all refusals alike, as settled does.
func refusal(c content) content {
	c.Err = settled(head{Err: c.Err}).Err
	return c
}

// longSize finds a size of more than sixteen digits, which net/http refuses. By
// the grammar any number of zeros may lead it.
var longSize = regexp.MustCompile(`0[0-9a-fA-F]{16}`)
