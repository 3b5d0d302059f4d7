package http1

import "math"

// framing gathers what the fields of a head say about the length of its body
// and about the connection, and settles it when the head is complete.
type framing struct {
	fault     error // the first that was found
	length    int64 // by Content-Length; -1 when there is none
	torn      bool  // there are two that differ
	codings   int   // elements of Transfer-Encoding
	chunked   bool  // the last of them is chunked
	close     bool  // connection options
	keepAlive bool

	setsCookie, coded bool // fields that few responses have, for a quick look
}

// visit takes one field, and reports whether it matters.
func (fr *framing) visit(name, value []byte) bool {
	switch len(name) {
	case len("connection"):
		if EqualFold(name, "connection") {
			fr.close = fr.close || HasOption(value, "close")
			fr.keepAlive = fr.keepAlive || HasOption(value, "keep-alive")
			return true
		}
		if EqualFold(name, "set-cookie") {
			fr.setsCookie = true
			return true
		}
	case len("content-encoding"):
		if EqualFold(name, "content-encoding") {
			fr.coded = true
			return true
		}
	case len("content-length"):
		if EqualFold(name, "content-length") {
			fr.contentLength(value)
			return true
		}
	case len("transfer-encoding"):
		if EqualFold(name, "transfer-encoding") {
			fr.transferEncoding(value)
			return true
		}
	}
	return false
}

// fail notes a fault of the framing, unless there is one already.
func (fr *framing) fail(problem string, value []byte) {
	if fr.fault == nil {
		fr.fault = malformed(problem, value)
	}
}

// contentLength takes one Content-Length field.
//
// RFC 9112, section 6.3: "If a message is received without Transfer-Encoding
// and with an invalid Content-Length header field, then the message framing is
// invalid and the recipient MUST treat it as an unrecoverable error, unless the
// field value can be successfully parsed as a comma-separated list
// (Section 5.6.1 of [HTTP]), all values in the list are valid, and all values
// in the list are the same (in which case, the message is processed with that
// single value used as the Content-Length field value)." An empty list element
// is not a valid value here. Several fields count as one list.
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.5
func (fr *framing) contentLength(value []byte) {
	for rest, more := value, true; more; {
		var element []byte
		element, rest, more = cutElement(rest)
		n, ok := parseDecimal(element)
		if !ok {
			fr.fail("invalid Content-Length", value)
			continue
		}
		if fr.length >= 0 && n != fr.length {
			fr.torn = true
			fr.fail("two Content-Lengths that differ", value)
			return
		}
		fr.length = n
	}
}

// parseDecimal reads 1*DIGIT, refusing signs, other digits and overflow.
//
// RFC 9110, section 8.6: "a recipient MUST anticipate potentially large decimal
// numerals and prevent parsing errors due to integer conversion overflows or
// precision loss due to integer conversion".
// https://www.rfc-editor.org/rfc/rfc9110#section-8.6-10
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
// RFC 9112, section 7.1: "The chunked coding does not define any parameters.
// Their presence SHOULD be treated as an error."
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1-6
//
// Not as RFC 9110, section 5.6.1.2, by which a recipient ignores empty list
// elements: in this field they are a mistake of nobody but of those who probe
// for parsers that disagree.
func (fr *framing) transferEncoding(value []byte) {
	for rest, more := value, true; more; {
		var coding []byte
		coding, rest, more = cutElement(rest)
		if !ValidToken(coding) {
			fr.fail("invalid Transfer-Encoding", value)
		}
		fr.codings++
		fr.chunked = EqualFold(coding, "chunked")
	}
}

// check finds what is wrong with the framing as a whole.
func (fr *framing) check(minor int) {
	if fr.codings == 0 {
		return
	}
	// RFC 9112, section 6.1: "A server or client that receives an HTTP/1.0
	// message containing a Transfer-Encoding header field MUST treat the
	// message as if the framing is faulty, even if a Content-Length is present,
	// and close the connection after processing the message."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-16
	if minor == 0 {
		fr.fail("Transfer-Encoding in an HTTP/1.0 message", nil)
	}
	// RFC 9112, section 6.3: "If a message is received with both a
	// Transfer-Encoding and a Content-Length header field, the
	// Transfer-Encoding overrides the Content-Length. Such a message might
	// indicate an attempt to perform request smuggling (Section 11.2) or
	// response splitting (Section 11.1) and ought to be handled as an error."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.3
	if fr.length >= 0 {
		fr.fail("both Transfer-Encoding and Content-Length", nil)
	}
	// RFC 9112, section 6.1: "A sender MUST NOT apply the chunked transfer
	// coding more than once to a message body". Other codings, which we never
	// ask for, could not be undone.
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.1-4
	if fr.codings != 1 || !fr.chunked {
		fr.fail("a Transfer-Encoding other than chunked", nil)
	}
}

// settle tells the head what the fields say. A fault is an error where they
// matter; where they do not, it costs the connection.
func (fr *framing) settle(h *ResponseHead) error {
	// RFC 9112, section 9.3: "If the "close" connection option is present
	// (Section 9.6), the connection will not persist after the current
	// response; else, If the received protocol is HTTP/1.1 (or later), the
	// connection will persist after the current response; else, If the received
	// protocol is HTTP/1.0, the "keep-alive" connection option is present,
	// [...] the connection will persist after the current response; otherwise,
	// The connection will close after the current response."
	// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-3.1
	h.Close = fr.close || h.Minor == 0 && !fr.keepAlive
	fr.check(h.Minor)
	if fr.fault == nil {
		h.ContentLength, h.Chunked = fr.length, fr.codings > 0
		return nil
	}
	// RFC 9110, section 8.6: "a server MUST NOT send Content-Length in such a
	// response [304] unless its field value equals the decimal number of octets that
	// would have been sent in the content of a 200 (OK) response to the same
	// request." No number equals two.
	// https://www.rfc-editor.org/rfc/rfc9110#section-8.6-7
	if !h.bodiless(h.Method) || h.Status == 304 && fr.torn {
		return fr.fault
	}
	h.Close = true
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
// RFC 9112, section 6.3: "The length of a message body is determined by one of
// the following (in order of precedence)".
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-1
func (h *ResponseHead) BodyOf(method string) (BodyKind, int64) {
	switch {
	case h.bodiless(method), h.ContentLength == 0:
		return NoBody, 0
	case h.Chunked:
		return Chunked, -1
	case h.ContentLength > 0:
		return Length, h.ContentLength
	}
	return UntilClose, -1
}

// bodiless reports whether the response ends with its head, whatever its
// fields say.
func (h *ResponseHead) bodiless(method string) bool {
	// "Any response to a HEAD request and any response with a 1xx
	// (Informational), 204 (No Content), or 304 (Not Modified) status code is
	// always terminated by the first empty line after the header fields,
	// regardless of the header fields present in the message, and thus cannot
	// contain a message body or trailer section."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1
	if method == "HEAD" || h.Status < 200 || h.Status == 204 || h.Status == 304 {
		return true
	}
	// "Any 2xx (Successful) response to a CONNECT request implies that the
	// connection will become a tunnel immediately after the empty line that
	// concludes the header fields. A client MUST ignore any Content-Length or
	// Transfer-Encoding header fields received in such a message."
	// https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.2
	return method == "CONNECT" && h.Status < 300
}
