package http1_test

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestClientDecodesChunked(t *testing.T) {
	// "A recipient MUST be able to parse and decode the chunked transfer coding."
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-4
	for _, test := range []struct{ name, wire, want string }{
		{"empty", "0\r\n\r\n", ""},
		{"one", "5\r\nhello\r\n0\r\n\r\n", "hello"},
		{"three", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "abcdef"},
		{"hex-lower", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		{"hex-upper", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		{"leading-zeros", "0005\r\nhello\r\n0\r\n\r\n", "hello"},
		{"leading-zeros-beyond-sixteen-digits", "0000000000000000000000005\r\nhello\r\n0\r\n\r\n", "hello"},
		{"last-chunk-of-many-zeros", "5\r\nhello\r\n00000\r\n\r\n", "hello"},
		{"line-ends-in-the-data", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"},
		{"looks-like-the-end", "7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := decodeChunked(t, test.wire+"rest", generous)
			if got.Err != "" || got.Data != test.want || !got.Done || got.Rest != "rest" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestClientRejectsMalformedChunkSize(t *testing.T) {
	// "recipients MUST anticipate potentially large hexadecimal numerals and
	// prevent parsing errors due to integer conversion overflows or precision
	// loss due to integer representation."
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-5
	const invalid, large = "malformed: invalid chunk-size line", "malformed: chunk size too large"
	for _, test := range []struct{ size, want string }{
		{"", invalid}, {" ", invalid}, {" 5", invalid}, {"5 ", invalid}, {"5\t", invalid}, {"\t5", invalid},
		{"0x5", invalid}, {"0X5", invalid}, {"+5", invalid}, {"-5", invalid}, {"-0", invalid}, {"5_0", invalid},
		{"5.0", invalid}, {"g", invalid}, {"5h", invalid}, {"5,5", invalid}, {"5\x00", invalid}, {"\x005", invalid},
		{"5\r", invalid}, {"\r5", invalid}, {"\uff15", invalid}, {"\u0665", invalid}, {"\"5\"", invalid}, {"5 5", invalid},
		{"8000000000000000", large}, {"FFFFFFFFFFFFFFFF", large}, {"10000000000000000", large},
		{"FFFFFFFFFFFFFFFFF", large}, {"00010000000000000005", large}, {strings.Repeat("f", 100), large},
	} {
		got := decodeChunked(t, test.size+"\r\nhello\r\n0\r\n\r\n", generous)
		if got.Err != test.want || got.Data != "" {
			t.Errorf("%q: got %+v, want the error %q", test.size, got, test.want)
		}
	}
}

func TestClientReadsLargestChunk(t *testing.T) {
	got := readContent(whole("7fffffffffffffff\r\nhello"), http1.Chunked, 0, generous, 100)
	if got.Err != io.ErrUnexpectedEOF.Error() || got.Data != "hello" {
		t.Errorf("got %+v", got)
	}
}

func TestClientIgnoresChunkExtensions(t *testing.T) {
	// "A recipient MUST ignore unrecognized chunk extensions."
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1-4
	for _, ext := range []string{
		";a", ";a=b", ";a=b;c;d=e", `;a="b"`, `;a=""`, `;a="b;c=d"`, `;a="b\"c"`, `;a="\\"`, `;a="tab` + "\t" + `"`,
		`;a="` + "\xe9" + `"`, "; a", ";\ta\t=\tb", ";a ;b", `;a = "b" ; c`, ";chunk-signature=" + strings.Repeat("0", 64),
	} {
		got := decodeChunked(t, "5"+ext+"\r\nhello\r\n0"+ext+"\r\n\r\n", generous)
		if got.Err != "" || got.Data != "hello" {
			t.Errorf("%q: got %+v", ext, got)
		}
	}
}

func TestClientRejectsMalformedChunkExtension(t *testing.T) {
	// "chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )"
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1-2
	for _, ext := range []string{
		" ;a", "\t;a", " a", "a=b;", ";", ";;a", ";a;", ";=b", ";a=", ";a=;b", ";a b", ";a=b c", ";a=b=c", ";a ", ";a\r",
		";a\x00", ";a=\x7f", `;a="`, `;a="b`, `;a="b\"`, `;a="b\`, `;a="b"c`, `;a="` + "\r" + `"`, `;a="\` + "\x01" + `"`, ";\xe9", ";a=[b]",
	} {
		got := decodeChunked(t, "5"+ext+"\r\nhello\r\n0\r\n\r\n", generous)
		if got.Err != "malformed: invalid chunk-size line" || got.Data != "" {
			t.Errorf("%q: got %+v", ext, got)
		}
	}
}

func TestClientRejectsLoneLFInChunked(t *testing.T) {
	// "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-2
	const lone, data = "malformed: line ended by a lone LF", "malformed: chunk data not followed by CRLF"
	for _, test := range []struct{ wire, want string }{
		{"\n", lone},
		{"5\n", lone},
		{"5\nhello\r\n0\r\n\r\n", lone},
		{"5;a\n", lone},
		{"5;a\nb\r\nhello\r\n0\r\n\r\n", lone},
		{"5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n", lone},
		{"5\r\nhello\n", data},
		{"5\r\nhello\n0\r\n\r\n", data},
		{"5\r\nhello\r\n0\n", lone},
		{"5\r\nhello\r\n0\r\n\n", lone},
		{"5\r\nhello\r\n0\r\nA: b\n", lone},
		{"5\r\nhello\r\n0\r\nA: b\r\n\n", lone},
	} {
		if got := decodeChunked(t, test.wire, generous); got.Err != test.want {
			t.Errorf("%q: got %+v, want the error %q", test.wire, got, test.want)
		}
		if got := readContent(open(test.wire), http1.Chunked, 0, generous, 10); got.Err != test.want {
			t.Errorf("%q: got %+v, want the error %q at once", test.wire, got, test.want)
		}
	}
}

func TestClientRejectsDataBeyondChunk(t *testing.T) {
	// "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-2
	for _, wire := range []string{
		"5\r\nhello!\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\rX0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n", "5\r\nhello \r\n0\r\n\r\n",
	} {
		got := decodeChunked(t, wire, generous)
		if got.Err != "malformed: chunk data not followed by CRLF" || got.Data != "hello" {
			t.Errorf("%q: got %+v", wire, got)
		}
	}
}

func TestClientChunkedCutShort(t *testing.T) {
	// "A message body that uses the chunked transfer coding is incomplete if the
	// zero-sized chunk that terminates the encoding has not been received."
	// https://www.rfc-editor.org/rfc/rfc9112#section-8-4
	const wire, data = "5;a=\"b\"\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\nC: d\r\n\r\n", "hello world"
	if got := decodeChunked(t, wire, generous); got.Err != "" || got.Data != data {
		t.Fatalf("whole: got %+v", got)
	}
	for i := range len(wire) {
		got := decodeChunked(t, wire[:i], generous)
		if got.Err != io.ErrUnexpectedEOF.Error() || !strings.HasPrefix(data, got.Data) || got.Done {
			t.Errorf("cut at %d: got %+v", i, got)
		}
	}
}

func TestClientLimitsChunkSizeLine(t *testing.T) {
	lim := &http1.Limits{LineBytes: 10, HeadBytes: 100, Fields: 1}
	const want = "more than 10 octets of a chunk-size line"
	if got := decodeChunked(t, "1;a=3456\r\nx\r\n0\r\n\r\n", lim); got.Err != "" || got.Data != "x" {
		t.Errorf("at the limit: got %+v", got)
	}
	if got := decodeChunked(t, "1;a=34567\r\nx\r\n0\r\n\r\n", lim); got.Err != want {
		t.Errorf("above the limit: got %+v", got)
	}
	if got := decodeChunked(t, "00000000001\r\nx\r\n0\r\n\r\n", lim); got.Err != want {
		t.Errorf("zeros above the limit: got %+v", got)
	}
	if got := readContent(open(strings.Repeat("0", 11)), http1.Chunked, 0, lim, 1); got.Err != want {
		t.Errorf("without an end: got %+v", got)
	}
}

func TestClientLimitsChunkOverhead(t *testing.T) {
	// "Recipients ought to carefully limit the extent to which they process other
	// protocol elements, including (but not limited to) request methods, response
	// status phrases, field names, numeric values, and chunk lengths."
	// https://www.rfc-editor.org/rfc/rfc9110#section-17.5-4
	const want = "more than 16384 octets of chunk extensions that bring no data"
	// Of its octets, 16 of the coding and twice its data are every chunk's due.
	const excess = 64
	ext := strings.Repeat("a", excess+16+2-len("1;\r\n\r\n"))
	chunk := "1;" + ext + "\r\nx\r\n"
	got := readContent(whole(strings.Repeat(chunk, 1000)), http1.Chunked, 0, generous, 1<<10)
	if got.Err != want || len(got.Data) != http1.ChunkExcess/excess {
		t.Errorf("gave up after %d chunks: %+v", len(got.Data), got)
	}
	wire := strings.Repeat(chunk, http1.ChunkExcess/excess) + "7fffffffffffffff;" + ext + "\r\nhello"
	if got := readContent(whole(wire), http1.Chunked, 0, generous, 100); !strings.HasSuffix(got.Data, "hello") {
		t.Errorf("the largest chunk explains nothing: %q", got.Err)
	}
}

func TestClientAcceptsTinyChunks(t *testing.T) {
	const n = 20000
	got := readContent(whole(strings.Repeat("1\r\nx\r\n", n)+"0\r\n\r\n"), http1.Chunked, 0, generous, 512)
	if got.Err != "" || got.Data != strings.Repeat("x", n) {
		t.Errorf("got %d octets and the error %q", len(got.Data), got.Err)
	}
}

func TestClientAcceptsExtensionsThatDataExplains(t *testing.T) {
	data := strings.Repeat("x", 1<<10)
	chunk := "400;" + strings.Repeat("a", 2<<10) + "\r\n" + data + "\r\n"
	got := readContent(whole(strings.Repeat(chunk, 100)+"0\r\n\r\n"), http1.Chunked, 0, generous, 512)
	if got.Err != "" || got.Data != strings.Repeat(data, 100) {
		t.Errorf("got %d octets and the error %q", len(got.Data), got.Err)
	}
}

func TestClientErrorOfChunkedStays(t *testing.T) {
	for _, wire := range []string{
		"5\r\nhello!!5\r\nhello\r\n0\r\n\r\n",
		"x\r\nhello\r\n0\r\n\r\n",
		strings.Repeat("1;"+strings.Repeat("a", 8<<10-100)+"\r\nx\r\n", 3) + "1000\r\n" + strings.Repeat("y", 1<<12) + "\r\n0\r\n\r\n",
		"0\r\nA\r\n\r\n0\r\n\r\n",
	} {
		var rd http1.Reader
		rd.Reset(whole(wire))
		var b http1.Body
		b.Reset(&rd, http1.Chunked, 0, generous)
		if _, err := io.ReadAll(&b); err == nil {
			t.Fatalf("%.20q: no error", wire)
		}
		for range 3 {
			if n, err := b.Read(make([]byte, 100)); n != 0 || err == nil || err == io.EOF {
				t.Errorf("%.20q: read on after an error: %d, %v", wire, n, err)
			}
		}
		rd.Release()
	}
}

func TestClientGivesChunkBeforeNextArrives(t *testing.T) {
	for _, wire := range []string{"5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n", "5\r\nhello\r\n6", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\nA: b\r\n"} {
		var rd http1.Reader
		rd.Reset(open(wire))
		var b http1.Body
		b.Reset(&rd, http1.Chunked, 0, generous)
		p := make([]byte, 100)
		if n, err := b.Read(p); string(p[:n]) != "hello" || err != nil {
			t.Errorf("%q: got %q, %v", wire, p[:n], err)
		}
		rd.Release()
	}
}

func TestClientGivesWhatIsBufferedInOneRead(t *testing.T) {
	var rd http1.Reader
	rd.Reset(open("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"))
	defer rd.Release()
	var b http1.Body
	b.Reset(&rd, http1.Chunked, 0, generous)
	p := make([]byte, 100)
	if n, err := b.Read(p); string(p[:n]) != "hello world" || err != io.EOF || !b.Done() {
		t.Errorf("got %q, %v", p[:n], err)
	}
}

func TestClientLeftOfChunk(t *testing.T) {
	var rd http1.Reader
	rd.Reset(open("5\r\nhello\r\n"))
	defer rd.Release()
	var b http1.Body
	b.Reset(&rd, http1.Chunked, 99, generous)
	if b.Left() != 0 {
		t.Errorf("before the first size: %d left", b.Left())
	}
	if _, err := b.Read(make([]byte, 2)); err != nil || b.Left() != 3 {
		t.Errorf("%d left, %v", b.Left(), err)
	}
	if b.Buffered() != nil {
		t.Error("Buffered gave octets of a chunked body")
	}
}

func TestAppendChunkHeader(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 255, 1 << 20} {
		want := strconv.FormatInt(int64(n), 16) + "\r\n"
		if got := string(http1.AppendChunkHeader([]byte("x"), n)); got != "x"+want {
			t.Errorf("%d: got %q", n, got)
		}
	}
}
