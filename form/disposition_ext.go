package form

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendExtValue appends s encoded in UTF-8.
//
// "ext-value = charset "'" [ language ] "'" value-chars"
// https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1
func appendExtValue(dst []byte, s string) []byte {
	dst = append(dst, "UTF-8''"...)
	for i := range len(s) {
		// "attr-char = ALPHA / DIGIT / "!" / "#" / "$" / "&" / "+" / "-" / "." / "^"
		// / "_" / "`" / "|" / "~" ; token except ( "*" / "'" / "%" )"
		// https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1
		if c := s[i]; isTokenByte(c) && c != '*' && c != '\'' && c != '%' {
			dst = append(dst, c)
		} else {
			dst = appendPercent(dst, c)
		}
	}
	return dst
}

// decodeExtValue decodes an ext-value in UTF-8 or ISO-8859-1. No charset stands
// for UTF-8, as in the browsers of old.
//
// "Producers MUST use the "UTF-8" ... character encoding." RFC 5987, which
// senders of today may still follow, allowed ISO-8859-1 as well.
// https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1
func decodeExtValue(s string) (string, bool) {
	charset, rest, ok1 := strings.Cut(s, "'")
	_, encoded, ok2 := strings.Cut(rest, "'")
	octets, ok3 := unescapePercent(encoded)
	if !ok1 || !ok2 || !ok3 {
		return "", false
	}
	return decodeOctets(charset, octets)
}

func decodeOctets(charset, octets string) (string, bool) {
	switch strings.ToLower(charset) {
	case "utf-8", "":
		return octets, utf8.ValidString(octets)
	case "iso-8859-1":
		var b strings.Builder
		for i := range len(octets) {
			if c := octets[i]; c >= 0x80 && c < 0xa0 {
				return "", false // a control character: surely another charset
			}
			b.WriteRune(rune(octets[i]))
		}
		return b.String(), true
	}
	return "", false
}

// unescapePercent decodes %XX, strictly.
func unescapePercent(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) {
				return "", false
			}
			var ok bool
			if c, ok = unhex(s[i+1], s[i+2]); !ok {
				return "", false
			}
			i += 2
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// join puts the continuations of a parameter together: name*0, name*1 and so on
// up to the first that is missing, each plain or, with a star at its end,
// encoded.
//
// "The asterisk character ("*") followed by a decimal count ... The count starts at 0 and
// increments by 1 for each subsequent section of the parameter value. Decimal
// values are used and neither leading zeroes nor gaps in the sequence are
// allowed."
// https://www.rfc-editor.org/rfc/rfc2231#section-3
func (raw rawParams) join(base string) (string, bool) {
	var octets strings.Builder
	charset := ""
	for n := 0; ; n++ {
		name := base + "*" + strconv.Itoa(n)
		if p, ok := raw[name]; ok {
			octets.WriteString(p.value)
			continue
		}
		p, ok := raw[name+"*"]
		if !ok {
			break
		}
		encoded := p.value
		if n == 0 {
			var rest string
			var ok1, ok2 bool
			charset, rest, ok1 = strings.Cut(encoded, "'")
			_, encoded, ok2 = strings.Cut(rest, "'")
			if !ok1 || !ok2 {
				return "", false
			}
		}
		part, ok := unescapePercent(encoded)
		if !ok {
			return "", false
		}
		octets.WriteString(part)
	}
	return decodeOctets(charset, octets.String())
}
