package http1_test

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// answers are what TestClientReadsEveryOctetAtEveryPlace changes, an octet at a time.
var answers = []struct{ method, wire string }{
	{"GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: a b\r\n\r\nabcd"},
	{"GET", "HTTP/1.0 200\r\nconnection: Keep-Alive, x\r\nContent-Length:2,2\r\n\r\nab"},
	{"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b\\\"\"\r\nx\r\n0A\r\n0123456789\r\n0\r\nT: v\r\n\r\nHTTP/1.1"},
	{"GET", "HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 N\r\nConnection: close\r\nA:\r\n\tb\r\n\r\nuntil the end"},
	{"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent_Length: 1\r\n\r\nHTTP"},
	{"GET", "HTTP/1.1 304 N\r\nContent-Length: 10\r\ncontent-length: 10\r\n\r\n1\r\n"},
}

// TestClientReadsEveryOctetAtEveryPlace puts each octet in the place of each octet
// of an answer, and before it, and takes each away; what is read must be what the
// oracle reads, and must not depend on what arrives when.
func TestClientReadsEveryOctetAtEveryPlace(t *testing.T) {
	for _, a := range answers {
		t.Run(a.wire[:12]+" "+a.method, func(t *testing.T) {
			t.Parallel()
			compareWithOracle(t, a.method, a.wire)
			for i := range len(a.wire) {
				compareWithOracle(t, a.method, a.wire[:i])
				compareWithOracle(t, a.method, a.wire[:i]+a.wire[i+1:])
				for c := range 256 {
					compareWithOracle(t, a.method, a.wire[:i]+string([]byte{byte(c)})+a.wire[i+1:])
					compareWithOracle(t, a.method, a.wire[:i]+string([]byte{byte(c)})+a.wire[i:])
				}
			}
		})
	}
}

func compareWithOracle(t *testing.T, method, wire string) {
	t.Helper()
	want := ask(method, wire).alike()
	if got := readWhole(whole(wire), method).alike(); got != want {
		t.Errorf("%s %q:\n got %+v\nwant %+v", method, wire, got, want)
	} else if got := readWhole(octets(wire), method).alike(); got != want {
		t.Errorf("%s %q octet by octet:\n got %+v\nwant %+v", method, wire, got, want)
	}
}

var spaces = regexp.MustCompile("[ \t]+")

// alike makes those equal that may differ: how white space was folded, and what is
// left of what was refused.
func (o oracle) alike() oracle {
	if !o.OK {
		return oracle{}
	}
	o.Fields = spaces.ReplaceAllLiteralString(o.Fields, " ")
	o.Trailer = spaces.ReplaceAllLiteralString(o.Trailer, " ")
	return o
}

// readWhole reads an answer as the connector does: see exchange.readHead there.
func readWhole(src io.Reader, method string) (o oracle) {
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	var h http1.ResponseHead
	for first := true; first || h.Status/100 == 1 && h.Status != 101; first = false {
		if rd.ReadResponseHead(&h, generous) != nil {
			return oracle{}
		}
	}
	o = oracle{Status: h.Status, Fields: lines(h.Fields)}
	kind, length := h.BodyOf(method)
	o.Close = h.Close || kind == http1.UntilClose
	var b http1.Body
	b.Reset(&rd, kind, length, generous)
	body, err := io.ReadAll(&b)
	if err != nil || !b.Done() {
		return oracle{}
	}
	rest, _ := io.ReadAll(&rd)
	o.OK, o.Body, o.Trailer, o.Rest = true, string(body), lines(b.Trailer()), string(rest)
	return o
}

func lines(fields http1.Fields) string {
	var text strings.Builder
	for name, value := range fields.All() {
		text.WriteString(strings.Map(lowerASCII, string(name)) + "=" + string(value) + "\n")
	}
	return text.String()
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r | 0x20
	}
	return r
}
