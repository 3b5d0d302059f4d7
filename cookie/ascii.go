package cookie

import "strings"

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lower maps A-Z only. Unicode's folding would let "\u017fecure" be "Secure".
func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFold compares s with a lower-case ASCII string.
func equalFold(s, lowered string) bool {
	if len(s) != len(lowered) {
		return false
	}
	for i := range len(s) {
		if lower(s[i]) != lowered[i] {
			return false
		}
	}
	return true
}

// hasPrefixFold tells whether s begins with a lower-case ASCII string in any case.
func hasPrefixFold(s, lowered string) bool {
	return len(s) >= len(lowered) && equalFold(s[:len(lowered)], lowered)
}

// hasControl finds a "%x00-08 / %x0A-1F / %x7F character (CTL characters excluding
// HTAB)". https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
func hasControl(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// trimSpace removes WSP, which is less than what strings.TrimSpace removes.
func trimSpace(s string) string { return strings.Trim(s, " \t") }
