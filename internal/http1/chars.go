package http1

import "strings"

// Classes of octets by RFC 9110, section 5.6.2 (token) and section 5.5
// (field-value).
const (
	isToken  = 1 << iota // tchar
	isValue              // allowed in a field value: VCHAR, obs-text, SP, HTAB
	isTarget             // allowed in a request-target: VCHAR (and obs-text, which servers see raw)
	isHost               // allowed in a name of a Host field: unreserved, sub-delims, pct-encoded
)

var classes = func() (t [256]uint8) {
	for c := 0; c < 256; c++ {
		if c >= 0x21 && c != 0x7f {
			t[c] |= isValue | isTarget
		}
	}
	t[' '] |= isValue
	t['\t'] |= isValue
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] |= isToken
	}
	for _, c := range []byte("-._~!$&'()*+,;=%0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] |= isHost
	}
	return t
}()

func all[S ~string | ~[]byte](s S, class uint8) bool {
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

// ValidToken reports whether s is a token: a method or a field name.
func ValidToken[S ~string | ~[]byte](s S) bool { return len(s) > 0 && all(s, isToken) }

// ValidValue reports whether s can stand in a field value: no control octet but
// the tab.
func ValidValue[S ~string | ~[]byte](s S) bool { return all(s, isValue) }

// ValidTarget reports whether s can stand as a request-target: not empty, no
// space and no control octet.
func ValidTarget[S ~string | ~[]byte](s S) bool { return len(s) > 0 && all(s, isTarget) }

// isOWS reports whether c is optional white space: SP or HTAB.
func isOWS(c byte) bool { return c == ' ' || c == '\t' }

// TrimOWS cuts optional white space (SP and HTAB) off both ends.
func TrimOWS[S ~string | ~[]byte](s S) S {
	for len(s) > 0 && isOWS(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isOWS(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// EqualFold reports whether s equals lower, which must be in lower case, under
// ASCII case folding: unlike strings.EqualFold it never takes a Kelvin sign for
// a k.
func EqualFold[S ~string | ~[]byte](s S, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// HasOption reports whether the comma-separated list bears the given element,
// which must be in lower case (a connection option, a transfer coding).
func HasOption[S ~string | ~[]byte](list S, lower string) bool {
	for {
		element, rest, more := cutElement(list)
		if EqualFold(element, lower) {
			return true
		}
		if !more {
			return false
		}
		list = rest
	}
}

// WithoutOption gives the elements of the comma-separated list that are not the
// given one, which must be in lower case.
func WithoutOption(list, lower string) string {
	var kept []string
	for more := true; more; {
		var element string
		if element, list, more = cutElement(list); element != "" && !EqualFold(element, lower) {
			kept = append(kept, element)
		}
	}
	return strings.Join(kept, ", ")
}

// cutElement splits the first element, without white space around it, off a
// comma-separated list; more says whether a comma stood behind it.
func cutElement[S ~string | ~[]byte](list S) (element, rest S, more bool) {
	for i := 0; i < len(list); i++ {
		if list[i] == ',' {
			return TrimOWS(list[:i]), list[i+1:], true
		}
	}
	return TrimOWS(list), list[len(list):], false
}
