package vector

import "strings"

// Octets turns text in which a code point up to U+00FF stands for the octet of
// the same number into those octets. Other code points become their UTF-8.
func Octets(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r > 0xff {
			b.WriteRune(r)
			continue
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

// Latin1 is the way back: every octet becomes the code point of its number.
func Latin1(octets []byte) string {
	runes := make([]rune, len(octets))
	for i, c := range octets {
		runes[i] = rune(c)
	}
	return string(runes)
}
