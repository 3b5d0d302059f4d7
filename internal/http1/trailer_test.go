package http1_test

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

func TestClientKeepsTrailerApart(t *testing.T) {
	// "A recipient that retains a received trailer field MUST either
	// store/forward the trailer field separately from the received header fields
	// or merge the received trailer field into the header section."
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-3
	for _, test := range []struct{ name, section, want string }{
		{"none", "", ""},
		{"one", "A: b\r\n", "A: b\r\n"},
		{"two", "A: b\r\nA:c\r\n", "A: b\r\nA:c\r\n"},
		{"folded", "A: b\r\n\tc\r\n", "A: b   c\r\n"},
		{"framing-fields-mean-nothing", "Content-Length: x\r\nTransfer-Encoding: y\r\n", "Content-Length: x\r\nTransfer-Encoding: y\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := decodeChunked(t, "1\r\nx\r\n0\r\n"+test.section+"\r\nHTTP/1.1 200 OK\r\n", generous)
			if got.Err != "" || got.Trailer != test.want || got.Rest != "HTTP/1.1 200 OK\r\n" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestClientRejectsMalformedTrailer(t *testing.T) {
	// "trailer-section = *( field-line CRLF )"
	// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-2
	const name, value = "malformed: field line without a valid name and colon", "malformed: control octet in the value of a field"
	for _, test := range []struct{ section, want string }{
		{"A\r\n", name}, {"A : b\r\n", name}, {": b\r\n", name}, {" A: b\r\n", name}, {"\rA: b\r\n", name}, {"A\x00: b\r\n", name},
		{"HTTP/1.1 200 OK\r\n", name}, {"A: b\x00\r\n", value}, {"A: b\rc\r\n", value}, {"A: b\x7f\r\n", value},
	} {
		got := decodeChunked(t, "1\r\nx\r\n0\r\n"+test.section+"\r\n", generous)
		if got.Err != test.want || got.Data != "x" || got.Trailer != "" {
			t.Errorf("%q: got %+v, want the error %q", test.section, got, test.want)
		}
	}
}

func TestClientLimitsTrailer(t *testing.T) {
	section := "A: b\r\nC: d\r\n"
	lim := &http1.Limits{LineBytes: 10, HeadBytes: len(section), Fields: 2}
	if got := decodeChunked(t, "0\r\n"+section+"\r\n", lim); got.Err != "" || got.Trailer != section {
		t.Errorf("at the limits: got %+v", got)
	}
	lim.Fields = 1
	if got := decodeChunked(t, "0\r\n"+section+"\r\n", lim); got.Err != "more than 1 field lines" {
		t.Errorf("above the count: got %+v", got)
	}
	lim.HeadBytes--
	if got := decodeChunked(t, "0\r\n"+section+"\r\n", lim); got.Err != "more than 11 octets of trailer fields" {
		t.Errorf("above the size: got %+v", got)
	}
	if got := readContent(open("0\r\nA: "+strings.Repeat("b", 20)), http1.Chunked, 0, lim, 1); got.Err != "more than 11 octets of trailer fields" {
		t.Errorf("without an end: got %+v", got)
	}
}

func TestClientTrailerOutlivesReader(t *testing.T) {
	var rd http1.Reader
	rd.Reset(whole("0\r\nA: b\r\n\r\n"))
	var b http1.Body
	b.Reset(&rd, http1.Chunked, 0, generous)
	if _, err := b.Read(make([]byte, 1)); !b.Done() {
		t.Fatal(err)
	}
	clear(rd.Buffered()[:0:cap(rd.Buffered())])
	rd.Reset(whole(strings.Repeat("x", http1.BufferSize)))
	if err := rd.Fill(0); err != nil {
		t.Fatal(err)
	}
	rd.Release()
	if got := string(b.Trailer()); got != "A: b\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestForbiddenTrailer(t *testing.T) {
	// "Many fields cannot be processed outside the header section because their
	// evaluation is necessary prior to receiving the content, such as those that
	// describe message framing, routing, authentication, request modifiers,
	// response controls, or content format."
	// https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1-2
	for name, want := range map[string]bool{
		"content-length": true, "transfer-encoding": true, "trailer": true, "te": true, "connection": true, // framing
		"host": true, "max-forwards": true, // routing
		"authorization": true, "www-authenticate": true, "cookie": true, "set-cookie": true, // authentication
		"if-match": true, "if-modified-since": true, "range": true, "expect": true, "cache-control": true, // request modifiers
		"age": true, "date": true, "location": true, "vary": true, "retry-after": true, // response controls
		"content-type": true, "content-encoding": true, "content-range": true, // content format
		"": false, "etag": false, "server-timing": false, "content-digest": false, "grpc-status": false, "x-if-a": false,
	} {
		if got := http1.ForbiddenTrailer(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}
