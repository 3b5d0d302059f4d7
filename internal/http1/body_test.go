package http1_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestBodyZeroValue(t *testing.T) {
	var b http1.Body
	if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("got %d, %v", n, err)
	}
	if !b.Done() || b.Kind() != http1.NoBody || b.Left() != 0 || b.Buffered() != nil || len(b.Trailer()) != 0 {
		t.Errorf("got %+v", b)
	}
}

func TestBodyOfNoOctets(t *testing.T) {
	for _, kind := range []http1.BodyKind{http1.NoBody, http1.Length} {
		got := readContent(open("HTTP/1.1"), kind, 0, generous, 10)
		if got.Err != "" || got.Data != "" || !got.Done || got.Rest != "HTTP/1.1" {
			t.Errorf("kind %d: got %+v", kind, got)
		}
	}
}

func TestBodyOfLength(t *testing.T) {
	for _, piece := range []int{1, 3, 4, 5, 6, 100} {
		got := everySplit(t, "hello, next", func(src io.Reader) content {
			return readContent(src, http1.Length, 5, generous, piece)
		})
		if got.Err != "" || got.Data != "hello" || !got.Done || got.Rest != ", next" {
			t.Errorf("pieces of %d: got %+v", piece, got)
		}
	}
}

func TestBodyOfLengthCutShort(t *testing.T) {
	// "If the sender closes the connection or the recipient times out before the
	// indicated number of octets are received, the recipient MUST consider the
	// message to be incomplete and close the connection."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.6
	const data = "hello"
	for i := range len(data) {
		got := everySplit(t, data[:i], func(src io.Reader) content {
			return readContent(src, http1.Length, int64(len(data)), generous, 100)
		})
		if got.Err != io.ErrUnexpectedEOF.Error() || got.Data != data[:i] || got.Done {
			t.Errorf("cut at %d: got %+v", i, got)
		}
	}
}

func TestBodyUntilClose(t *testing.T) {
	// "A response that has neither chunked transfer coding nor Content-Length is
	// terminated by closure of the connection and, if the header section was
	// received intact, is considered complete unless an error was indicated by the
	// underlying connection"
	// https://www.rfc-editor.org/rfc/rfc9112#section-8-4
	got := everySplit(t, "hello", func(src io.Reader) content {
		return readContent(src, http1.UntilClose, -1, generous, 3)
	})
	if got.Err != "" || got.Data != "hello" || !got.Done {
		t.Errorf("got %+v", got)
	}
	reset := errors.New("connection reset")
	got = readContent(&feed{[]string{"hello"}, reset}, http1.UntilClose, -1, generous, 3)
	if got.Err != reset.Error() || got.Data != "hello" || got.Done {
		t.Errorf("after an error: got %+v", got)
	}
}

func TestBodyDataTogetherWithEnd(t *testing.T) {
	const chunked = "5\r\nhello\r\n0\r\n\r\n"
	for _, test := range []struct {
		wire   string
		kind   http1.BodyKind
		length int64
	}{
		{"hello", http1.Length, 5},
		{"hello", http1.UntilClose, -1},
		{chunked, http1.Chunked, 0},
	} {
		got := readContent(iotest.DataErrReader(strings.NewReader(test.wire)), test.kind, test.length, generous, 100)
		if got.Err != "" || got.Data != "hello" || !got.Done {
			t.Errorf("kind %d: got %+v", test.kind, got)
		}
	}
}

func TestBodyReadOfNoRoom(t *testing.T) {
	for _, kind := range []http1.BodyKind{http1.Length, http1.Chunked, http1.UntilClose} {
		var rd http1.Reader
		rd.Reset(open(""))
		var b http1.Body
		b.Reset(&rd, kind, 5, generous)
		if n, err := b.Read(nil); n != 0 || err != nil || b.Done() {
			t.Errorf("kind %d: got %d, %v", kind, n, err)
		}
	}
}

func TestBodyReadsOnAfterTimeout(t *testing.T) {
	timeout := errors.New("timeout")
	for _, test := range []struct {
		parts []string
		kind  http1.BodyKind
	}{
		{[]string{"he", "llo"}, http1.Length},
		{[]string{"he", "llo"}, http1.UntilClose},
		{[]string{"5\r\nhe", "llo\r\n0\r\n\r\n"}, http1.Chunked},
		{[]string{"5", "\r\nhello\r\n0\r\n\r\n"}, http1.Chunked},
		{[]string{"5\r\nhello\r\n0\r\nA: b\r", "\n\r\n"}, http1.Chunked},
	} {
		src := &feed{test.parts[:1], timeout}
		var rd http1.Reader
		rd.Reset(src)
		var b http1.Body
		b.Reset(&rd, test.kind, 5, generous)
		first, err := io.ReadAll(&b)
		if err != timeout {
			t.Errorf("%q: got %v", test.parts, err)
		}
		src.parts, src.err = test.parts[1:], io.EOF
		second, err := io.ReadAll(&b)
		if got := string(first) + string(second); got != "hello" || err != nil {
			t.Errorf("%q: got %q, %v", test.parts, got, err)
		}
		rd.Release()
	}
}

func TestBodyBufferedAndSkip(t *testing.T) {
	src := &feed{[]string{"hello"}, errWaiting}
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	var b http1.Body
	b.Reset(&rd, http1.Length, 8, generous)
	if got := b.Buffered(); len(got) != 0 {
		t.Errorf("before a read: %q", got)
	}
	if err := rd.Fill(0); err != nil {
		t.Fatal(err)
	}
	if got := string(b.Buffered()); got != "hello" {
		t.Errorf("buffered %q", got)
	}
	b.Skip(4, true)
	if got := string(b.Buffered()); got != "o" || b.Left() != 4 || b.Done() {
		t.Errorf("buffered %q, %d left", got, b.Left())
	}
	b.Skip(1, true)
	b.Skip(3, false)
	if !b.Done() || b.Left() != 0 || b.Buffered() != nil {
		t.Errorf("%d left", b.Left())
	}
	if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestBodyBufferedEndsWithBody(t *testing.T) {
	var rd http1.Reader
	rd.Reset(whole("hello, next"))
	defer rd.Release()
	if err := rd.Fill(0); err != nil {
		t.Fatal(err)
	}
	var b http1.Body
	b.Reset(&rd, http1.Length, 5, generous)
	if got := string(b.Buffered()); got != "hello" {
		t.Errorf("buffered %q", got)
	}
}
