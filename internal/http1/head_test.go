package http1_test

import (
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// withFields is a response with the given field lines, CRLFs included.
func withFields(lines string) string { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n" }

func TestClientParsesFieldLines(t *testing.T) {
	// "Each field line consists of a case-insensitive field name followed by a
	// colon (":"), optional leading whitespace, the field line value, and
	// optional trailing whitespace."
	// https://www.rfc-editor.org/rfc/rfc9112#section-5-1
	for _, test := range []struct {
		name, lines string
		want        [][2]string
	}{
		{"none", "", nil},
		{"usual", "A: b\r\n", [][2]string{{"A", "b"}}},
		{"no-space", "A:b\r\n", [][2]string{{"A", "b"}}},
		{"much-space", "A: \t b c \t\r\n", [][2]string{{"A", "b c"}}},
		{"empty-value", "A:\r\n", [][2]string{{"A", ""}}},
		{"blank-value", "A:   \r\n", [][2]string{{"A", ""}}},
		{"colon-in-value", "A: b:c\r\n", [][2]string{{"A", "b:c"}}},
		{"order-and-case-kept", "b: 1\r\nA: 2\r\nB: 3\r\n", [][2]string{{"b", "1"}, {"A", "2"}, {"B", "3"}}},
		{"every-tchar", "!#$%&'*+-.^_`|~09azAZ: x\r\n", [][2]string{{"!#$%&'*+-.^_`|~09azAZ", "x"}}},
		{"obs-text", "A: \x80\xff and more of it\r\n", [][2]string{{"A", "\x80\xff and more of it"}}},
		{"tab-inside", "A: 1234567\t89\r\n", [][2]string{{"A", "1234567\t89"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := everySplit(t, withFields(test.lines), get)
			if got.Err != "" {
				t.Fatal(got.Err)
			}
			if diff := cmp.Diff(test.want, got.Fields); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestClientRejectsSpaceBeforeColon(t *testing.T) {
	// "No whitespace is allowed between the field name and colon."
	// https://www.rfc-editor.org/rfc/rfc9112#section-5.1-2
	for _, lines := range []string{"A : b\r\n", "A\t: b\r\n", "A b: c\r\n", "Content-Length : 3\r\n"} {
		got := everySplit(t, withFields(lines), get)
		if got.Err != "malformed: field line without a valid name and colon" {
			t.Errorf("%q: got %+v", lines, got)
		}
	}
}

func TestClientRejectsSpaceBeforeFirstField(t *testing.T) {
	// "A recipient that receives whitespace between the start-line and the first
	// header field MUST either reject the message as invalid or consume each
	// whitespace-preceded line without further processing of it"
	// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-8
	for _, lines := range []string{" A: b\r\n", "\tA: b\r\n", " \r\nA: b\r\n"} {
		got := everySplit(t, withFields(lines), get)
		if got.Err != "malformed: field line without a valid name and colon" {
			t.Errorf("%q: got %+v", lines, got)
		}
	}
}

func TestClientRejectsMalformedFieldName(t *testing.T) {
	// "field-line = field-name ":" OWS field-value OWS"
	// https://www.rfc-editor.org/rfc/rfc9112#section-5-2
	for _, lines := range []string{
		": b\r\n", ":\r\n", "A\r\n", "A b\r\n", "A;b: c\r\n", "A\x00: b\r\n", "A\x7f: b\r\n",
		"\xe9: b\r\n", "\u212a: b\r\n", "A\r: b\r\n", "\"A\": b\r\n", "(A): b\r\n", "A: b\r\nC\r\n",
	} {
		got := everySplit(t, withFields(lines), get)
		if got.Err != "malformed: field line without a valid name and colon" {
			t.Errorf("%q: got %+v", lines, got)
		}
	}
}

func TestClientRejectsControlInFieldValue(t *testing.T) {
	// "Field values containing CR, LF, or NUL characters are invalid and
	// dangerous, due to the varying ways that implementations might parse and
	// interpret those characters; a recipient of CR, LF, or NUL within a field
	// value MUST either reject the message or replace each of those characters
	// with SP"
	// https://www.rfc-editor.org/rfc/rfc9110#section-5.5-5
	for c := range 256 {
		control := c < ' ' && c != '\t' || c == 0x7f
		octet := string([]byte{byte(c)})
		for _, value := range []string{octet, "a" + octet + "b", "12345678" + octet + "9", "1234" + octet + "with eight more behind"} {
			if c == '\n' {
				continue // TestClientRejectsLoneLF
			}
			got := get(whole(withFields("X: " + value + "\r\nY: z\r\n")))
			if refused := got.Err == "malformed: control octet in the value of a field"; refused != control {
				t.Errorf("%q: got %+v", value, got)
			}
		}
	}
}

func TestClientReplacesObsFold(t *testing.T) {
	// "A user agent that receives an obs-fold in a response message that is not
	// within a "message/http" container MUST replace each received obs-fold with
	// one or more SP octets prior to interpreting the field value."
	// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-6
	for _, test := range []struct {
		name, lines string
		want        [][2]string
	}{
		{"space", "A: b\r\n c\r\nD: e\r\n", [][2]string{{"A", "b   c"}, {"D", "e"}}},
		{"tabs-on-both-sides", "A: b\t\r\n\tc\r\n", [][2]string{{"A", "b    c"}}},
		{"tab-elsewhere-kept", "A: x\ty\r\n z\r\n", [][2]string{{"A", "x\ty   z"}}},
		{"thrice", "A: b\r\n c\r\n\td\r\n  e\r\n", [][2]string{{"A", "b   c   d    e"}}},
		{"at-the-beginning", "A:\r\n b\r\n", [][2]string{{"A", "b"}}},
		{"blank-line-of-spaces", "A: b\r\n  \r\nC: d\r\n", [][2]string{{"A", "b"}, {"C", "d"}}},
		{"last-field", "A: b\r\n c\r\n", [][2]string{{"A", "b   c"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := everySplit(t, withFields(test.lines)+"rest", get)
			if got.Err != "" || got.Rest != "rest" {
				t.Fatalf("got %+v", got)
			}
			if diff := cmp.Diff(test.want, got.Fields); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestClientInterpretsFramingAfterObsFold(t *testing.T) {
	// "... prior to interpreting the field value."
	// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-6
	got := everySplit(t, withFields("Transfer-Encoding:\r\n chunked\r\nConnection: a,\r\n\tclose\r\n"), get)
	if got.Err != "" || !got.Chunked || !got.Close {
		t.Errorf("got %+v", got)
	}
	got = everySplit(t, withFields("Content-Length: 1\r\n 2\r\n"), get)
	if got.Err != "malformed: invalid Content-Length" {
		t.Errorf("got %+v", got)
	}
}

func TestClientLimitsStatusLine(t *testing.T) {
	line := "HTTP/1.1 200 OK\r\n"
	lim := &http1.Limits{LineBytes: len(line), HeadBytes: 100, Fields: 1}
	read := func(src io.Reader) head { return readHead(src, "GET", lim) }
	if got := everySplit(t, line+"\r\n", read); got.Err != "" {
		t.Errorf("at the limit: %s", got.Err)
	}
	if got := everySplit(t, "HTTP/1.1 200 OKs\r\n\r\n", read); got.Err != "more than 17 octets of a status line" {
		t.Errorf("above the limit: got %+v", got)
	}
	if got := read(open("HTTP/1.1 200 " + strings.Repeat("x", 10))); got.Err != "more than 17 octets of a status line" {
		t.Errorf("without an end: got %+v", got)
	}
}

func TestClientLimitsHead(t *testing.T) {
	lines := "A: b\r\nC: " + strings.Repeat("d", 20) + "\r\n"
	for _, line := range []string{"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 Okay and very well indeed\r\n"} {
		lim := &http1.Limits{LineBytes: len(line), HeadBytes: len(lines), Fields: 2}
		read := func(src io.Reader) head { return readHead(src, "GET", lim) }
		if got := everySplit(t, line+lines+"\r\n", read); got.Err != "" {
			t.Errorf("at the limit: %s", got.Err)
		}
		lim.HeadBytes--
		if got := everySplit(t, line+lines+"\r\n", read); got.Err != "more than 30 octets of header fields" {
			t.Errorf("above the limit: got %+v", got)
		}
		if got := read(open(line + "A: " + strings.Repeat("b", 40))); got.Err != "more than 30 octets of header fields" {
			t.Errorf("without an end: got %+v", got)
		}
	}
}

func TestClientLimitsFieldCount(t *testing.T) {
	lim := &http1.Limits{LineBytes: 100, HeadBytes: 1000, Fields: 3}
	read := func(src io.Reader) head { return readHead(src, "GET", lim) }
	if got := everySplit(t, withFields(strings.Repeat("A: b\r\n", 3)), read); got.Err != "" {
		t.Errorf("at the limit: %s", got.Err)
	}
	if got := everySplit(t, withFields(strings.Repeat("A: b\r\n", 4)), read); got.Err != "more than 3 field lines" {
		t.Errorf("above the limit: got %+v", got)
	}
}

func TestClientHeadWithoutLimits(t *testing.T) {
	long := strings.Repeat("x", 3*http1.BufferSize)
	got := readHead(octets("HTTP/1.1 200 "+long+"\r\nA: "+long+"\r\n\r\n"), "GET", noLimits)
	if got.Err != "" || got.Reason != long || len(got.Fields) != 1 || got.Fields[0][1] != long {
		t.Errorf("got %.100q", got.Err)
	}
}

func TestClientManyFoldsTakeLinearTime(t *testing.T) {
	// CVE-2026-56860: a field of many lines takes work that grows with their square.
	lim := &http1.Limits{LineBytes: 100, HeadBytes: math.MaxInt, Fields: 1}
	got := readHead(whole(withFields("A: b\r\n"+strings.Repeat(" \r\n", 1<<20)+" c\r\n")), "GET", lim)
	if got.Err != "" || len(got.Fields) != 1 || !strings.HasSuffix(got.Fields[0][1], " c") {
		t.Errorf("got the error %q", got.Err)
	}
}
