package form_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// crlf makes wire format of text that is easy to read.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// encode gives a form as it is sent, and checks its length.
func encode(tb testing.TB, f *form.Form) (contentType, content string) {
	tb.Helper()
	body, err := f.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		tb.Fatal(err)
	}
	if body.Length >= 0 && body.Length != int64(len(data)) {
		tb.Errorf("%d bytes with a Length of %d", len(data), body.Length)
	}
	return body.ContentType, string(data)
}

// writeFile makes a file in a folder of the test and gives its path.
func writeFile(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// sized is a reader of which nothing is known but Read.
type sized struct{ io.Reader }

func plain(s string) io.Reader { return sized{strings.NewReader(s)} }

// zeros is endless content.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// repeat is text over and over.
type repeat struct {
	text string
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], r.text[r.at:])
		r.at = (r.at + m) % len(r.text)
		n += m
	}
	return n, nil
}

// chunks is a reader that gives n bytes at once.
type chunks struct {
	r io.Reader
	n int
}

func (c chunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.n)]) }

// splitAt is a reader that gives s in two reads.
func splitAt(s string, at int) io.Reader {
	return io.MultiReader(bytes.NewReader([]byte(s[:at])), strings.NewReader(s[at:]))
}
