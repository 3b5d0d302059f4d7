package http1

import "math"

// framing gathers what a head says about the length of its body, and settles
// it when the head is complete.
type framing struct {
	hasLength   bool
	length      int64
	codings     int // Transfer-Encoding elements seen
	chunked     int // how many of them are chunked
	chunkedLast bool
}

// contentLength takes one Content-Length field.
//
// RFC 9110, section 8.6: a recipient of "a field value consisting of the same
// decimal value repeated as a comma-separated list" or of several such lines
// "MAY ... replace the invalid field with a single valid Content-Length". Values
// that differ are an error.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.6-13
func (fr *framing) contentLength(value []byte) error {
	for rest := value; ; {
		end := 0
		for end < len(rest) && rest[end] != ',' {
			end++
		}
		n, ok := parseDecimal(TrimOWS(rest[:end]))
		if !ok {
			return malformed("Content-Length", value)
		}
		if fr.hasLength && n != fr.length {
			return malformed("Content-Length given twice, with different values", value)
		}
		fr.hasLength, fr.length = true, n
		if end == len(rest) {
			return nil
		}
		rest = rest[end+1:]
	}
}

// parseDecimal reads 1*DIGIT, refusing signs, other digits and overflow.
func parseDecimal(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		d := int64(c) - '0'
		if d < 0 || d > 9 || n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// transferEncoding takes one Transfer-Encoding field.
//
// RFC 9112, section 7: "A recipient MUST ignore (or treat as an error) any
// empty list elements"; here they are an error, as is any coding but chunked
// before the last, since we could not undo it.
func (fr *framing) transferEncoding(value []byte) error {
	for rest := value; ; {
		end := 0
		for end < len(rest) && rest[end] != ',' {
			end++
		}
		coding := TrimOWS(rest[:end])
		if !ValidToken(coding) {
			return malformed("Transfer-Encoding", value)
		}
		fr.codings++
		fr.chunkedLast = EqualFold(coding, "chunked")
		if fr.chunkedLast {
			fr.chunked++
		}
		if end == len(rest) {
			return nil
		}
		rest = rest[end+1:]
	}
}

// settle decides the body's framing by RFC 9112, section 6.3, as far as the
// head alone decides it.
func (fr *framing) settle(h *ResponseHead) error {
	if fr.codings == 0 {
		if fr.hasLength {
			h.ContentLength = fr.length
		}
		return nil
	}
	// "A Transfer-Encoding header field in a response to an HTTP/1.0 request":
	// section 6.1: "A client MUST NOT process a response message that contains
	// Transfer-Encoding unless it is part of HTTP/1.1": a 1.0 peer that sends
	// it has faulty framing, section 6.1-16.
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-16
	if h.Minor == 0 {
		return malformed("Transfer-Encoding in an HTTP/1.0 message", nil)
	}
	// "If a message is received with both a Transfer-Encoding and a
	// Content-Length header field, ... Such a message might indicate an attempt
	// to perform request smuggling or response splitting and ought to be
	// handled as an error."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.3
	if fr.hasLength {
		return malformed("both Transfer-Encoding and Content-Length", nil)
	}
	// "A sender MUST NOT apply the chunked transfer coding more than once".
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-5
	if fr.chunked != 1 || fr.codings != 1 || !fr.chunkedLast {
		return malformed("a Transfer-Encoding other than chunked", nil)
	}
	h.Chunked = true
	return nil
}

// BodyKind is the way in which the end of a body is found.
type BodyKind uint8

// The ways of RFC 9112, section 6.3.
const (
	NoBody     BodyKind = iota // there is none
	Length                     // Content-Length octets
	Chunked                    // chunked transfer coding
	UntilClose                 // up to the end of the connection
)

// BodyOf decides how the body of a response to a request of the given method
// is framed, and how long it is: -1 when not known beforehand.
//
// RFC 9112, section 6.3: "1. Any response to a HEAD request and any response
// with a 1xx (Informational), 204 (No Content), or 304 (Not Modified) status
// code is always terminated by the first empty line after the header fields".
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1
func (h *ResponseHead) BodyOf(method string) (BodyKind, int64) {
	switch {
	case method == "HEAD", h.Status < 200, h.Status == 204, h.Status == 304:
		return NoBody, 0
	case method == "CONNECT" && h.Status < 300:
		return NoBody, 0
	case h.Chunked:
		return Chunked, -1
	case h.ContentLength == 0:
		return NoBody, 0
	case h.ContentLength > 0:
		return Length, h.ContentLength
	}
	return UntilClose, -1
}
