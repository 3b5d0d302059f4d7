//go:build !race

package aiohttp_test

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

// given makes a response of a body, whose length is told or not.
func given(t *testing.T, body io.Reader, length int64) *aiohttp.Response {
	t.Helper()
	resp, err := aiohttp.FromHTTP(&aiohttp.Request{URL: "http://a.test/"},
		&http.Response{StatusCode: 200, ContentLength: length, Body: io.NopCloser(body)})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// allocated gives how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A body is read into little more memory than it takes, and twice that where its
// length is not known beforehand.
func TestResponseBytesTakesLittleMemory(t *testing.T) {
	const kibi, mebi = 1 << 10, 1 << 20
	for _, test := range []struct {
		name         string
		size, length int64
		most         uint64
	}{
		{"known", 32 * mebi, 32 * mebi, 3 * 32 * mebi / 2},
		{"known-small", 100 * kibi, 100 * kibi, 130 * kibi},
		{"unknown", 32 * mebi, -1, 2*32*mebi + 2*mebi},
		{"unknown-small", 100 * kibi, -1, 300 * kibi},
		{"cut-short", 100 * kibi, 32 * mebi, mebi + 100*kibi},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := bytes.Repeat([]byte("0123456789abcdef"), int(test.size/16))
			resp := given(t, readerOnly{bytes.NewReader(body)}, test.length)
			var content []byte
			var err error
			used := allocated(func() { content, err = resp.Bytes() })
			if cut := test.length > test.size; cut != (err != nil) || !cut && !bytes.Equal(content, body) {
				t.Fatalf("%d of %d bytes, %v", len(content), len(body), err)
			}
			if used > test.most {
				t.Errorf("%d bytes allocated, want %d at most", used, test.most)
			}
		})
	}
}

// readerOnly can do nothing but read.
type readerOnly struct{ io.Reader }

// Nothing but the lines themselves is allocated.
func TestResponseLinesAllocatesALineEach(t *testing.T) {
	const lines = 10_000
	for _, test := range []struct {
		name, line string
		most       float64 // allocations a line
	}{{"empty", "\r\n", 0}, {"short", "abc\r\n", 1}, {"long", strings.Repeat("x", 40<<10) + "\n", 1}} {
		t.Run(test.name, func(t *testing.T) {
			n := min(lines, 32<<20/len(test.line))
			body := strings.Repeat(test.line, n)
			all := testing.AllocsPerRun(1, func() {
				got := 0
				for line, err := range given(t, readerOnly{strings.NewReader(body)}, -1).Lines() {
					if err != nil || line != strings.TrimRight(test.line, "\r\n") {
						t.Fatal(line, err)
					}
					got++
				}
				if got != n {
					t.Fatalf("%d of %d lines", got, n)
				}
			})
			if each := all / float64(n); each > test.most+0.1 {
				t.Errorf("%v allocations a line, want %v", each, test.most)
			}
		})
	}
}
