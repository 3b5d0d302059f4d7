package http1_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// numbers is a text in which no part of some octets is like another.
func numbers(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), i%97))
		b.WriteByte(byte('0' + i%10))
	}
	return b.String()[:n]
}

func TestReaderFillGrowsUpToLimit(t *testing.T) {
	const limit = 5 * http1.BufferSize / 2
	text := numbers(2 * limit)
	var rd http1.Reader
	rd.Reset(strings.NewReader(text))
	defer rd.Release()
	for {
		err := rd.Fill(limit)
		if err == io.ErrShortBuffer {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := string(rd.Buffered()); got != text[:limit] {
		t.Errorf("buffered %d octets, want the first %d", len(got), limit)
	}
	rd.Discard(10)
	if err := rd.Fill(limit); err != nil {
		t.Errorf("after a discard: %v", err)
	}
	if got := string(rd.Buffered()); got != text[10:limit+10] {
		t.Errorf("buffered %d octets after a discard", len(got))
	}
	all, err := io.ReadAll(&rd)
	if err != nil || string(all) != text[10:] {
		t.Errorf("read %d octets, %v", len(all), err)
	}
}

func TestReaderFillMovesWhenHalfIsConsumed(t *testing.T) {
	text := numbers(3 * http1.BufferSize)
	var rd http1.Reader
	rd.Reset(&feed{[]string{text[:http1.BufferSize-1], text[http1.BufferSize-1:]}, io.EOF})
	defer rd.Release()
	if err := rd.Fill(http1.BufferSize); err != nil {
		t.Fatal(err)
	}
	rd.Discard(http1.BufferSize - 10)
	if err := rd.Fill(http1.BufferSize); err != nil {
		t.Fatal(err)
	}
	if got := len(rd.Buffered()); got != http1.BufferSize {
		t.Errorf("a read had room for %d octets only", got-9)
	}
	all, err := io.ReadAll(&rd)
	if err != nil || string(all) != text[http1.BufferSize-10:] {
		t.Errorf("read %d octets, %v", len(all), err)
	}
}

func TestReaderFillOfSilentSource(t *testing.T) {
	var rd http1.Reader
	rd.Reset(silent{})
	defer rd.Release()
	if err := rd.Fill(http1.BufferSize); err != io.ErrNoProgress {
		t.Errorf("got %v", err)
	}
}

// silent gives neither octets nor an error.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestReaderSpaceAndAdvance(t *testing.T) {
	text := numbers(3 * http1.BufferSize)
	var rd http1.Reader
	rd.Reset(strings.NewReader(text[2*http1.BufferSize:]))
	defer rd.Release()
	var put int
	for {
		space := rd.Space()
		if space == nil {
			break
		}
		n := copy(space, text[put:])
		rd.Advance(n)
		put += n
	}
	if put != 2*http1.BufferSize {
		t.Errorf("room for %d octets", put)
	}
	all, err := io.ReadAll(&rd)
	if err != nil || string(all) != text {
		t.Errorf("read %d octets, %v", len(all), err)
	}
	if len(rd.Space()) == 0 {
		t.Error("no room when all was consumed")
	}
}

func TestReaderTake(t *testing.T) {
	src := &feed{[]string{"hello"}, errWaiting}
	var from, own http1.Reader
	from.Reset(src)
	if err := from.Fill(0); err != nil {
		t.Fatal(err)
	}
	from.Discard(1)
	own.Take(&from)
	from.Release()
	var other http1.Reader
	other.Reset(open("other"))
	if err := other.Fill(0); err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if len(from.Buffered()) != 0 {
		t.Errorf("left behind: %q", from.Buffered())
	}
	src.parts = []string{"again"}
	if err := from.Fill(0); err != nil {
		t.Fatal(err)
	}
	from.Release()
	all, err := io.ReadAll(&own)
	if err != nil || string(all) != "ello" {
		t.Errorf("read %q, %v", all, err)
	}
	if err := own.Fill(http1.BufferSize); err != io.EOF {
		t.Errorf("Fill behind what was taken: %v", err)
	}
	own.Release()
}

func TestReaderReleaseAndReset(t *testing.T) {
	var rd http1.Reader
	rd.Release()
	rd.Reset(open("one"))
	if err := rd.Fill(0); err != nil {
		t.Fatal(err)
	}
	rd.Release()
	if len(rd.Buffered()) != 0 {
		t.Errorf("left %q", rd.Buffered())
	}
	if err := rd.Fill(0); err != errWaiting {
		t.Errorf("the source is forgotten: %v", err)
	}
	rd.Reset(open("two"))
	if err := rd.Fill(0); err != nil || string(rd.Buffered()) != "two" {
		t.Errorf("got %q, %v", rd.Buffered(), err)
	}
	rd.Release()
	rd.Release()
}

func TestReaderHoldsNothingWhenReleased(t *testing.T) {
	const wire = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	src := &feed{err: io.EOF, parts: []string{wire}}
	var rd http1.Reader
	rd.Reset(src)
	var h http1.ResponseHead
	if n := testing.AllocsPerRun(100, func() {
		src.parts = append(src.parts[:0], wire)
		if err := rd.ReadResponseHead(&h, generous); err != nil {
			t.Fatal(err)
		}
		rd.Release()
	}); n > 0 && !raceEnabled {
		t.Errorf("%v allocations for a head", n)
	}
}
