package http1_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// answer is a whole answer to a GET: its head and its body.
type answer struct {
	Head head
	Body content
}

// read reads an answer to the end of its body.
func read(src io.Reader) answer { return readLimited(src, &defaultLimits) }

// defaultLimits are those of the connector.
var defaultLimits = http1.Limits{LineBytes: 8190, HeadBytes: 256 << 10, Fields: 128}

func readLimited(src io.Reader, lim *http1.Limits) answer {
	var rd http1.Reader
	rd.Reset(src)
	defer rd.Release()
	var h http1.ResponseHead
	if err := rd.ReadResponseHead(&h, lim); err != nil {
		return answer{Head: head{Err: class(err)}}
	}
	kind, length := h.BodyOf("GET")
	got := answer{Head: head{Status: h.Status, Chunked: h.Chunked, ContentLength: h.ContentLength, Close: h.Close}}
	var b http1.Body
	b.Reset(&rd, kind, length, lim)
	data, err := io.ReadAll(&b)
	got.Body = content{Err: class(err), Data: string(data), Trailer: string(b.Trailer()), Done: b.Done()}
	if err == nil {
		rest, _ := io.ReadAll(&rd)
		got.Body.Rest = string(rest)
	}
	return got
}

// refused reports whether the answer, or its body, was found malformed or above
// a limit.
func (a answer) refused() bool {
	for _, err := range []string{a.Head.Err, a.Body.Err} {
		if strings.HasPrefix(err, "malformed: ") || strings.HasPrefix(err, "more than ") {
			return true
		}
	}
	return false
}

// chunked is an answer with the given octets as its chunked body.
func chunked(body string) string { return withFields("Transfer-Encoding: chunked\r\n") + body }

func TestClientImmune(t *testing.T) {
	for _, test := range []struct {
		name  string // the advisory or the fix
		wires []string
	}{
		{"CVE-2019-16276-space-before-colon", []string{
			withFields("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n",
			withFields("Content-Length : 5\r\n") + "hello",
			withFields("X\t: y\r\n"),
		}},
		{"CVE-2022-1705-odd-transfer-encoding", []string{
			withFields("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n",
			withFields("Transfer-Encoding: \x0bchunked\r\n") + "0\r\n\r\n",
			withFields("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n",
			withFields("Transfer-Encoding: \"chunked\"\r\n") + "0\r\n\r\n",
		}},
		{"CVE-2025-22871-lone-lf-in-chunk-size", []string{
			chunked("5\nhello\r\n0\r\n\r\n"), chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), chunked("5\r\nhello\r\n0\n\r\n"),
		}},
		{"fasthttp-3c43293-space-before-chunk-extension", []string{chunked("1 ;x\r\na\r\n0\r\n\r\n")}},
		{"fasthttp-c497746-quoted-line-end-in-chunk-extension", []string{
			chunked("1;ext=\"v\r\nX\r\n0\r\n\r\n"), chunked("1;ext=\"v\r\nX\";a=b\r\nX\r\n0\r\n\r\n"),
		}},
		{"CVE-2023-39326-excess-chunk-overhead", []string{
			chunked(strings.Repeat("1;"+strings.Repeat("a", 1000)+"\r\nx\r\n", 20)),
		}},
		{"chunk-size-overflow-and-hex-forms", []string{
			chunked("FFFFFFFFFFFFFFFFF\r\n"), chunked("0x5\r\nhello\r\n0\r\n\r\n"), chunked("+5\r\nhello\r\n0\r\n\r\n"),
			chunked("5_0\r\nhello\r\n0\r\n\r\n"), chunked("\r\nhello\r\n0\r\n\r\n"),
		}},
		{"fasthttp-c3791f8-content-length-forms", []string{
			withFields("Content-Length: +5\r\n") + "hello", withFields("Content-Length: 5,6\r\n") + "hello",
			withFields("Content-Length: 0x5\r\n") + "hello", withFields("Content-Length: 5 5\r\n") + "hello",
			withFields("Content-Length: 9223372036854775808\r\n") + "hello",
		}},
		{"fasthttp-7bca504-duplicate-transfer-encoding", []string{
			withFields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
		}},
		{"fasthttp-ad93216-different-content-lengths", []string{
			withFields("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello",
		}},
		{"fasthttp-cb5a8fc-transfer-encoding-on-http-1.0", []string{
			"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		}},
		{"fasthttp-6111327-lenient-version", []string{
			"HTTP/1.10 200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/11 200 OK\r\n\r\n", "HTTP/1,1 200 OK\r\n\r\n",
		}},
		{"fasthttp-5213168-trailer-names-and-values", []string{
			chunked("0\r\nA b: c\r\n\r\n"), chunked("0\r\nA: b\rc\r\n\r\n"), chunked("0\r\nA\n: c\r\n\r\n"),
		}},
		{"nul-and-lone-cr", []string{withFields("A: b\x00\r\n"), withFields("A: b\rC: d\r\n"), withFields("A\x00: b\r\n")}},
		{"CVE-2021-31525-eight-megabytes-of-head", []string{withFields("A: " + strings.Repeat("b", 8<<20) + "\r\n")}},
		{"http-2-bomb-hundred-thousand-fields", []string{withFields(strings.Repeat("a:\r\n", 50000))}},

		{"CVE-2023-37276-cr-in-value", []string{withFields("X: \rxTransfer-Encoding: chunked\r\n")}},
		{"CVE-2023-47627-lenient-parser", []string{
			withFields("Content-Length: +1\r\n") + "a", withFields("Content-Length: 1_0\r\n") + "a",
			chunked("0x1\r\na\r\n0\r\n\r\n"), withFields("Name : v\r\n"),
		}},
		{"CVE-2023-47641-length-and-chunked", []string{
			withFields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
			withFields("Transfer-Encoding: chunked123\r\n") + "0\r\n\r\n",
		}},
		{"GHSA-pjjw-qhg8-p2p9-line-ends-of-one-octet", []string{
			"HTTP/1.1 200 OK\rA: b\r\r\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", withFields("A: b\rC: d\r\n"), withFields("A: b\nC: d\r\n"),
		}},
		{"CVE-2024-23829-lenient-separators", []string{
			"HTTP/1.1\v200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n", "HTTP/1.1\f200 OK\r\n\r\n", "HTTP/1.1 200\vOK\r\n\r\n",
		}},
		{"CVE-2024-52304-lf-in-chunk-extension", []string{chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), chunked("2;\nxx\r\n4c\r\n0\r\n\r\n")}},
		{"CVE-2025-69224-digits-that-are-not-ascii", []string{
			"HTTP/1.\uff11 200 OK\r\n\r\n", "HTTP/1.1 20\u0660 OK\r\n\r\n", withFields("Content-Length: \u0665\r\n") + "hello",
			chunked("\uff15\r\nhello\r\n0\r\n\r\n"),
		}},
		{"CVE-2026-22815-fields-without-limit", []string{
			withFields(strings.Repeat("A: b\r\n", 129)), chunked("0\r\n" + strings.Repeat("A: b\r\n", 129) + "\r\n"),
		}},
		{"CVE-2026-34519-cr-in-reason", []string{"HTTP/1.1 200 a\rb\r\n\r\n"}},
		{"CVE-2026-34520-control-in-value", []string{
			withFields("X: a\x00b\r\n"), withFields("X: a\x01b\r\n"), withFields("X: a\x1fb\r\n"), withFields("X: a\x7fb\r\n"),
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, wire := range test.wires {
				for _, src := range []io.Reader{whole(wire), octets(wire)} {
					if got := read(src); !got.refused() {
						t.Errorf("%.200q: got %+v", wire, got)
					}
				}
			}
		})
	}
}

func TestClientImmuneInErrorPaths(t *testing.T) {
	// CVE-2026-69244: nothing is read that is not there, wherever a message that
	// is no good ends.
	for _, wire := range []string{
		"H\x00", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 2\r\n\r\n", "HTTP/1.1 200 OK\r\n:\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n \r", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:,\r\n\r\n",
		chunked(";\r\n"), chunked("\rx"), chunked("1;\"\\\r\n"), chunked("1\r\nxx"), chunked("0\r\n:\r\n\r\n"), chunked("0\r\n\rx"), chunked("0\r\n \r\n\r\n"),
	} {
		for i := range len(wire) + 1 {
			if got := everySplit(t, wire[:i], read); got.Head.Err == "" && got.Body.Err == "" {
				t.Errorf("%q was accepted: %+v", wire[:i], got)
			}
		}
	}
}

func TestClientImmuneToSplitLine(t *testing.T) {
	// CVE-2026-54277: a line above its limit that comes in many parts.
	wire := "HTTP/1.1 200 " + strings.Repeat("x", 9<<10) + "\r\n\r\n"
	for _, src := range []io.Reader{whole(wire), octets(wire)} {
		if got := read(src); got.Head.Err != "more than 8190 octets of a status line" {
			t.Errorf("got %+v", got)
		}
	}
	lim := defaultLimits
	lim.HeadBytes = 8190
	wire = withFields("A: " + strings.Repeat("x", 9<<10) + "\r\n")
	for _, src := range []io.Reader{whole(wire), octets(wire)} {
		if got := readLimited(src, &lim); got.Head.Err != "more than 8190 octets of header fields" {
			t.Errorf("got %+v", got)
		}
	}
}

func TestClientImmuneToTrailerAsNextMessage(t *testing.T) {
	// CVE-2025-53643: what stands in a trailer section is of this message.
	const next = "HTTP/1.1 404 Not Found\r\n\r\n"
	wire := chunked("0\r\nX: HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n") + next
	got := everySplit(t, wire, read)
	if got.Body.Err != "" || got.Body.Rest != next || got.Body.Trailer == "" {
		t.Errorf("got %+v", got)
	}
}

func TestClientImmuneToTinyChunks(t *testing.T) {
	// CVE-2025-69229: chunks of one octet take time in proportion to their number.
	const n = 1 << 20
	src := io.MultiReader(whole(chunked("")), &repeated{unit: "1\r\nx\r\n", n: n}, whole("0\r\n\r\n"))
	if got := read(src); got.Body.Err != "" || len(got.Body.Data) != n {
		t.Errorf("got %d octets and the error %q", len(got.Body.Data), got.Body.Err)
	}
}

// repeated gives a unit n times.
type repeated struct {
	unit string
	n    int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	total := 0
	for r.n > 0 && len(p)-total >= len(r.unit) {
		total += copy(p[total:], r.unit)
		r.n--
	}
	return total, nil
}

func TestClientImmuneToBodiesWhereNoneCanBe(t *testing.T) {
	// fasthttp ac1c005: octets behind an answer without a body are not its body,
	// nor looked at as such.
	const body = "5\r\nhello\r\n0\r\n\r\n"
	for _, start := range []string{"HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.1 199 Odd"} {
		for _, lines := range []string{"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"} {
			got := everySplit(t, start+"\r\n"+lines+"\r\n"+body, read)
			if got.Head.Err != "" || got.Body.Data != "" || got.Body.Rest != body {
				t.Errorf("%q %q: got %+v", start, lines, got)
			}
		}
	}
}

func TestClientImmuneToAmbiguousFraming(t *testing.T) {
	// CVE-2026-111750: every combination of fields that frame has one result: a
	// length, chunked, or an error, and the same however it arrives.
	lengths := []string{"", "Content-Length: 3\r\n", "Content-Length: 3, 3\r\n", "Content-Length: 4\r\n", "Content-Length: x\r\n"}
	codings := []string{"", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: identity\r\n"}
	for _, first := range lengths {
		for _, second := range lengths {
			for _, coding := range codings {
				wire := withFields(first + coding + second)
				swapped := withFields(second + coding + first)
				a, b := everySplit(t, wire, get), get(whole(swapped))
				if (a.Err == "") != (b.Err == "") || a.ContentLength != b.ContentLength || a.Chunked != b.Chunked {
					t.Errorf("%q: the order of the fields matters:\n%s", wire, cmp.Diff(a, b))
				}
				if a.Chunked && a.ContentLength >= 0 {
					t.Errorf("%q: both chunked and of length %d", wire, a.ContentLength)
				}
				if coding != "" && (first != "" || second != "") && a.Err == "" {
					t.Errorf("%q was accepted", wire)
				}
			}
		}
	}
}

func TestClientImmuneToEscapesInErrors(t *testing.T) {
	// CVE-2026-42507: what an attacker wrote is quoted in errors.
	for _, wire := range []string{"\x1b[2J", "HTTP/1.1 \x1b[2J0 OK\r\n\r\n", withFields("\x1b[2J: x\r\n"), withFields("A: \x1b[2J\n\r\n"), withFields("Content-Length: \u202e\r\n")} {
		err := headError(wire, generous)
		if err == nil || strings.ContainsAny(err.Error(), "\x1b\r\n\u202e") {
			t.Errorf("%q: got %q", wire, err)
		}
	}
}
