package http1_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// frame reads a head and gives its framing in words, or the error.
func frame(method string) func(io.Reader) string {
	return func(src io.Reader) string {
		var rd http1.Reader
		rd.Reset(src)
		defer rd.Release()
		h := http1.ResponseHead{Method: method}
		if err := rd.ReadResponseHead(&h, generous); err != nil {
			return class(err)
		}
		kind, n := h.BodyOf(method)
		persist := "keep"
		if h.Close {
			persist = "close"
		}
		return fmt.Sprintf("%s %d %s", []string{"none", "length", "chunked", "until-close"}[kind], n, persist)
	}
}

// framingTest says how the body of an answer to method is framed.
type framingTest struct{ name, method, start, lines, want string }

func runFraming(t *testing.T, tests []framingTest) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.method == "" {
				test.method = "GET"
			}
			if test.start == "" {
				test.start = "HTTP/1.1 200 OK"
			}
			wire := test.start + "\r\n" + strings.ReplaceAll(test.lines, "|", "\r\n") + "\r\n\r\n"
			if got := everySplit(t, wire, frame(test.method)); got != test.want {
				t.Errorf("%q: got %q, want %q", wire, got, test.want)
			}
		})
	}
}

func TestClientFramesBodilessResponses(t *testing.T) {
	// "Any response to a HEAD request and any response with a 1xx
	// (Informational), 204 (No Content), or 304 (Not Modified) status code is
	// always terminated by the first empty line after the header fields,
	// regardless of the header fields present in the message, and thus cannot
	// contain a message body or trailer section."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1
	const none, last = "none 0 keep", "none 0 close"
	runFraming(t, []framingTest{
		{"head", "HEAD", "", "Content-Length: 5", none},
		{"head-chunked", "HEAD", "", "Transfer-Encoding: chunked", none},
		{"head-neither", "HEAD", "", "A: b", none},
		{"100", "", "HTTP/1.1 100 Continue", "Content-Length: 5", none},
		{"101", "", "HTTP/1.1 101 Switching Protocols", "Transfer-Encoding: chunked", none},
		{"199", "", "HTTP/1.1 199 Odd", "Content-Length: 5", none},
		{"204", "", "HTTP/1.1 204 No Content", "Content-Length: 5", none},
		{"204-chunked", "", "HTTP/1.1 204 No Content", "Transfer-Encoding: chunked", none},
		{"304", "", "HTTP/1.1 304 Not Modified", "Content-Length: 5", none},
		{"304-chunked", "", "HTTP/1.1 304 Not Modified", "Transfer-Encoding: chunked", none},
		// Faults of what does not count are passed over, but not trusted.
		{"head-coding-that-we-cannot-undo", "HEAD", "", "Transfer-Encoding: gzip, chunked", last},
		{"head-both", "HEAD", "", "Transfer-Encoding: chunked|Content-Length: 5", last},
		{"204-both", "", "HTTP/1.1 204 No Content", "Transfer-Encoding: chunked|Content-Length: 5", last},
		{"304-invalid-length", "", "HTTP/1.1 304 Not Modified", "Content-Length: x", last},
		{"304-http-1.0-chunked", "", "HTTP/1.0 304 Not Modified", "Transfer-Encoding: chunked|Connection: keep-alive", last},
		{"304-two-lengths", "", "HTTP/1.1 304 Not Modified", "Content-Length: 5|Content-Length: 5", none},
		{"304-lengths-that-differ", "", "HTTP/1.1 304 Not Modified", "Content-Length: 5|Content-Length: 6", "malformed: two Content-Lengths that differ"},
		{"205-has-a-body", "", "HTTP/1.1 205 Reset Content", "Content-Length: 5", "length 5 keep"},
		{"lower-case-head-is-no-head", "head", "", "Content-Length: 5", "length 5 keep"},
	})
}

func TestClientIgnoresFramingOfConnect(t *testing.T) {
	// "Any 2xx (Successful) response to a CONNECT request implies that the
	// connection will become a tunnel immediately after the empty line that
	// concludes the header fields. A client MUST ignore any Content-Length or
	// Transfer-Encoding header fields received in such a message."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.2
	const proxy, refused = "HTTP/1.1 200 Connection established", "HTTP/1.1 407 Proxy Authentication Required"
	runFraming(t, []framingTest{
		{"length", "CONNECT", proxy, "Content-Length: 5", "none 0 keep"},
		{"chunked", "CONNECT", proxy, "Transfer-Encoding: chunked", "none 0 keep"},
		{"both", "CONNECT", proxy, "Transfer-Encoding: chunked|Content-Length: 5", "none 0 close"},
		{"invalid-length", "CONNECT", proxy, "Content-Length: -5", "none 0 close"},
		{"refused", "CONNECT", refused, "Content-Length: 5", "length 5 keep"},
		{"refused-invalid", "CONNECT", refused, "Content-Length: -5", "malformed: invalid Content-Length"},
	})
}

func TestClientRejectsBothLengthAndChunked(t *testing.T) {
	// "If a message is received with both a Transfer-Encoding and a
	// Content-Length header field, the Transfer-Encoding overrides the
	// Content-Length. Such a message [...] ought to be handled as an error."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.3
	const want = "malformed: both Transfer-Encoding and Content-Length"
	runFraming(t, []framingTest{
		{"length-first", "", "", "Content-Length: 5|Transfer-Encoding: chunked", want},
		{"coding-first", "", "", "Transfer-Encoding: chunked|Content-Length: 5", want},
		{"length-of-zero", "", "", "Transfer-Encoding: chunked|Content-Length: 0", want},
	})
}

func TestClientFramesChunked(t *testing.T) {
	// "If a Transfer-Encoding header field is present and the chunked transfer
	// coding (Section 7.1) is the final encoding, the message body length is
	// determined by reading and decoding the chunked data until the transfer
	// coding indicates the data is complete."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.4
	const chunked = "chunked -1 keep"
	runFraming(t, []framingTest{
		{"usual", "", "", "Transfer-Encoding: chunked", chunked},
		{"any-case", "", "", "tRANSFER-eNCODING: CHUNKED", chunked},
		{"white-space", "", "", "Transfer-Encoding: \t chunked \t", chunked},
		{"close", "", "", "Transfer-Encoding: chunked|Connection: close", "chunked -1 close"},
	})
}

func TestClientRejectsTransferEncoding(t *testing.T) {
	// aio-libs/aiohttp#12137: chunked twice, and whatever else is no framing.
	//
	// "A sender MUST NOT apply the chunked transfer coding more than once to a
	// message body"
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-4
	const other, invalid = "malformed: a Transfer-Encoding other than chunked", "malformed: invalid Transfer-Encoding"
	runFraming(t, []framingTest{
		{"twice-in-a-list", "", "", "Transfer-Encoding: chunked, chunked", other},
		{"twice-in-fields", "", "", "Transfer-Encoding: chunked|Transfer-Encoding: chunked", other},
		{"gzip-and-chunked", "", "", "Transfer-Encoding: gzip, chunked", other},
		{"gzip-and-chunked-in-fields", "", "", "Transfer-Encoding: gzip|Transfer-Encoding: chunked", other},
		{"chunked-not-last", "", "", "Transfer-Encoding: chunked, gzip", other},
		{"gzip", "", "", "Transfer-Encoding: gzip", other},
		{"identity", "", "", "Transfer-Encoding: identity", other},
		{"xchunked", "", "", "Transfer-Encoding: xchunked", other},
		{"chunked123", "", "", "Transfer-Encoding: chunked123", other},
		{"kelvin-sign", "", "", "Transfer-Encoding: chun\u212aed", invalid},
		{"empty", "", "", "Transfer-Encoding:", invalid},
		{"empty-element-last", "", "", "Transfer-Encoding: chunked,", invalid},
		{"empty-element-first", "", "", "Transfer-Encoding: , chunked", invalid},
		{"quoted", "", "", `Transfer-Encoding: "chunked"`, invalid},
		{"two-words", "", "", "Transfer-Encoding: chunked chunked", invalid},
		// "The chunked coding does not define any parameters. Their presence
		// SHOULD be treated as an error."
		// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-6
		{"parameter", "", "", "Transfer-Encoding: chunked;q=1", invalid},
	})
}

func TestClientRejectsTransferEncodingOfHTTP10(t *testing.T) {
	// "A server or client that receives an HTTP/1.0 message containing a
	// Transfer-Encoding header field MUST treat the message as if the framing is
	// faulty, even if a Content-Length is present"
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-16
	const old, want = "HTTP/1.0 200 OK", "malformed: Transfer-Encoding in an HTTP/1.0 message"
	runFraming(t, []framingTest{
		{"chunked", "", old, "Transfer-Encoding: chunked", want},
		{"keep-alive", "", old, "Connection: keep-alive|Transfer-Encoding: chunked", want},
		{"both", "", old, "Transfer-Encoding: chunked|Content-Length: 5", want},
	})
}

func TestClientFramesByContentLength(t *testing.T) {
	// "If a valid Content-Length header field is present without
	// Transfer-Encoding, its decimal value defines the expected message body
	// length in octets."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.6
	runFraming(t, []framingTest{
		{"usual", "", "", "Content-Length: 5", "length 5 keep"},
		{"zero", "", "", "Content-Length: 0", "none 0 keep"},
		{"leading-zeros", "", "", "Content-Length: 000000000000000000000000000005", "length 5 keep"},
		{"largest", "", "", "Content-Length: 9223372036854775807", "length 9223372036854775807 keep"},
		{"any-case", "", "", "CONTENT-length: 5", "length 5 keep"},
		{"http-1.0", "", "HTTP/1.0 200 OK", "Content-Length: 5", "length 5 close"},
	})
}

func TestClientContentLengthAsList(t *testing.T) {
	// "... unless the field value can be successfully parsed as a comma-separated
	// list (Section 5.6.1 of [HTTP]), all values in the list are valid, and all
	// values in the list are the same (in which case, the message is processed
	// with that single value used as the Content-Length field value)."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.5
	const differ, invalid = "malformed: two Content-Lengths that differ", "malformed: invalid Content-Length"
	runFraming(t, []framingTest{
		{"equal-in-a-list", "", "", "Content-Length: 5, 5", "length 5 keep"},
		{"equal-without-space", "", "", "Content-Length: 5,5,5", "length 5 keep"},
		{"equal-in-fields", "", "", "Content-Length: 5|Content-Length: 5", "length 5 keep"},
		{"equal-but-for-zeros", "", "", "Content-Length: 5|Content-Length: 05", "length 5 keep"},
		{"different-in-a-list", "", "", "Content-Length: 5, 6", differ},
		{"different-in-fields", "", "", "Content-Length: 5|Content-Length: 6", differ},
		{"zero-and-more", "", "", "Content-Length: 0|Content-Length: 6", differ},
		{"second-invalid", "", "", "Content-Length: 5, x", invalid},
		{"second-field-invalid", "", "", "Content-Length: 5|Content-Length: x", invalid},
		{"second-field-empty", "", "", "Content-Length: 5|Content-Length:", invalid},
		{"empty-element-last", "", "", "Content-Length: 5,", invalid},
		{"empty-element-first", "", "", "Content-Length: ,5", invalid},
	})
}

func TestClientRejectsInvalidContentLength(t *testing.T) {
	// "If a message is received without Transfer-Encoding and with an invalid
	// Content-Length header field, then the message framing is invalid and the
	// recipient MUST treat it as an unrecoverable error"
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.5
	for _, value := range []string{
		"", "+5", "-5", "-0", "5x", "x5", "0x5", "0b1", "0o5", "5 5", "5\t5", "5.0", "5e1", "1_000",
		"\"5\"", "5;", "\u0665", "\uff15", "\u00b2",
		"9223372036854775808", "18446744073709551617", "99999999999999999999999999",
	} {
		wire := withFields("Content-Length: " + value + "\r\n")
		if got := everySplit(t, wire, frame("GET")); got != "malformed: invalid Content-Length" {
			t.Errorf("%q: got %q", value, got)
		}
	}
}

func TestClientReadsUntilCloseOtherwise(t *testing.T) {
	// "Otherwise, this is a response message without a declared message body
	// length, so the message body length is determined by the number of octets
	// received prior to the server closing the connection."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.8
	runFraming(t, []framingTest{
		{"http-1.1", "", "", "A: b", "until-close -1 keep"},
		{"http-1.0", "", "HTTP/1.0 200 OK", "A: b", "until-close -1 close"},
		{"length-in-another-name", "", "", "XContent-Lengt: 5", "until-close -1 keep"},
	})
}

func TestClientPersistence(t *testing.T) {
	// "If the "close" connection option is present (Section 9.6), the connection
	// will not persist after the current response; else, If the received protocol
	// is HTTP/1.1 (or later), the connection will persist [...] else, If the
	// received protocol is HTTP/1.0, the "keep-alive" connection option is present
	// [...] otherwise, The connection will close after the current response."
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-3.1
	const old = "HTTP/1.0 200 OK"
	const keep, last = "none 0 keep", "none 0 close"
	runFraming(t, []framingTest{
		{"http-1.1", "", "", "Content-Length: 0", keep},
		{"http-1.1-close", "", "", "Content-Length: 0|Connection: close", last},
		{"http-1.1-close-in-a-list", "", "", "Content-Length: 0|Connection: a,\tCLOSE ,b", last},
		{"http-1.1-keep-alive", "", "", "Content-Length: 0|Connection: keep-alive", keep},
		{"http-1.1-part-of-a-word", "", "", "Content-Length: 0|Connection: closed, not-close", keep},
		{"http-1.9", "", "HTTP/1.9 200 OK", "Content-Length: 0", keep},
		{"http-1.0", "", old, "Content-Length: 0", last},
		{"http-1.0-keep-alive", "", old, "Content-Length: 0|Connection: Keep-Alive", keep},
		{"http-1.0-close", "", old, "Content-Length: 0|Connection: close", last},
		{"http-1.0-close-first", "", old, "Content-Length: 0|Connection: close|Connection: keep-alive", last},
		{"http-1.0-close-last", "", old, "Content-Length: 0|Connection: keep-alive|Connection: close", last},
		{"http-1.1-both-in-a-list", "", "", "Content-Length: 0|Connection: close, keep-alive", last},
	})
}
