package form

import "strings"

// isToken reports whether s is a token.
//
// "token = 1*tchar"
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return isAlphaNumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isAlphaNumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isFieldValue reports whether s can be the value of a header field.
//
// "Field values containing CR, LF, or NUL characters are invalid and dangerous
// ... Field values containing other CTL characters are also invalid"
// https://www.rfc-editor.org/rfc/rfc9110#section-5.5-5
func isFieldValue[S string | []byte](s S) bool {
	for i := range len(s) {
		if isControl(s[i]) && s[i] != '\t' {
			return false
		}
	}
	return true
}

func isControl(c byte) bool { return c < ' ' || c == 0x7f }

// isBoundary reports whether s can be a boundary.
//
// "boundary := 0*69<bchars> bcharsnospace"
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
func isBoundary(s string) bool {
	if s == "" || len(s) > maxBoundaryBytes || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		if !isAlphaNumeric(s[i]) && strings.IndexByte("'()+_,-./:=? ", s[i]) < 0 {
			return false
		}
	}
	return true
}

// maxBoundaryBytes: "consists of 1 to 70 characters from a set of characters
// known to be very robust through mail gateways"
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
const maxBoundaryBytes = 70

const hexDigits = "0123456789ABCDEF"

func appendPercent(dst []byte, c byte) []byte {
	return append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
}

// unhex gives the octet of two hexadecimal digits.
func unhex(high, low byte) (byte, bool) {
	h, ok1 := hexValue(high)
	l, ok2 := hexValue(low)
	return h<<4 | l, ok1 && ok2
}

func hexValue(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
