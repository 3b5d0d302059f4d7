package http1

import (
	"errors"
	"strconv"
	"strings"
)

// AppendRequestLine appends "METHOD target HTTP/1.1" and its CRLF. The caller
// has validated both by ValidToken and ValidTarget.
func AppendRequestLine(dst []byte, method, target string) []byte {
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = append(dst, target...)
	return append(dst, " HTTP/1.1\r\n"...)
}

// AppendField appends one field line. The caller has validated name and value.
func AppendField(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...)
}

// AppendContentLength appends a Content-Length field.
func AppendContentLength(dst []byte, n int64) []byte {
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, "\r\n"...)
}

// CheckTE says what is wrong with the values of a TE field, and reports whether
// they have to be named in Connection, whose values are given, by a field more.
//
// RFC 9110, section 10.1.4: "A sender of TE MUST also send a "TE" connection option
// within the Connection header field (Section 7.6.1) to inform intermediaries not to
// forward this field."
// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4
//
// RFC 9112, section 7.4: "A client MUST NOT send the chunked transfer coding name in
// TE; chunked is always acceptable for HTTP/1.1 recipients."
// https://www.rfc-editor.org/rfc/rfc9112#section-7.4-2
func CheckTE(te, connection []string) (unnamed bool, err error) {
	for _, value := range te {
		if HasOption(value, "chunked") {
			return false, errTEChunked
		}
	}
	return len(te) > 0 && !HasOption(strings.Join(connection, ","), "te"), nil
}

var errTEChunked = errors.New("TE must not name chunked, which is always acceptable")

// ForbiddenTrailer reports whether a field of that name, in lower case, must
// not stand in a trailer section.
//
// RFC 9110, section 6.5.1: "Many fields cannot be processed outside the header
// section because their evaluation is necessary prior to receiving the content,
// such as those that describe message framing, routing, authentication, request
// modifiers, response controls, or content format."
// https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1-2
func ForbiddenTrailer(lower string) bool {
	switch lower {
	case "transfer-encoding", "content-length", "trailer", "host",
		"connection", "keep-alive", "proxy-connection", "te", "upgrade",
		"content-encoding", "content-type", "content-range",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate",
		"set-cookie", "cookie", "cache-control", "expires", "max-forwards",
		"expect", "range", "location", "retry-after", "vary", "age", "date", "pragma":
		return true
	}
	return strings.HasPrefix(lower, "if-") // conditions
}
