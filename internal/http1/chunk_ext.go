package http1

// validChunkExt checks what follows the chunk-size on its line. What it says is
// ignored, but it must be well-formed: a quoted string that seems to go on in
// the next line ends in this one for us, and not for others.
//
//	chunk-ext     = *( BWS ";" BWS chunk-ext-name
//	                   [ BWS "=" BWS chunk-ext-val ] )
//	chunk-ext-val = token / quoted-string
//
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1-2
//
// RFC 9112, section 7.1.1: "A recipient MUST ignore unrecognized chunk
// extensions."
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1-4
//
// Not as RFC 9110, section 5.6.3, by which a recipient removes "bad" white
// space: before the first semicolon there must be none, since parsers disagree
// about a size that ends in white space.
func validChunkExt(ext []byte) bool {
	for len(ext) > 0 {
		if ext[0] != ';' {
			return false
		}
		ext = skipOWS(ext[1:])
		n := tokenLen(ext)
		if n == 0 {
			return false
		}
		ext = ext[n:]
		if after := skipOWS(ext); len(after) > 0 && after[0] == '=' {
			after = skipOWS(after[1:])
			if n = max(tokenLen(after), quotedLen(after)); n == 0 {
				return false
			}
			ext = after[n:]
		}
		if after := skipOWS(ext); len(after) > 0 {
			ext = after // what does not begin with a semicolon fails above
		}
	}
	return true
}

func skipOWS(b []byte) []byte {
	for len(b) > 0 && isOWS(b[0]) {
		b = b[1:]
	}
	return b
}

// tokenLen gives how many octets at the beginning of b are of a token.
func tokenLen(b []byte) int {
	n := 0
	for n < len(b) && classes[b[n]]&isToken != 0 {
		n++
	}
	return n
}

// quotedLen gives the length of the quoted-string that b begins with, or 0.
//
//	quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//	quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4
func quotedLen(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b) && classes[b[i]]&isValue != 0; i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			if i++; i == len(b) || classes[b[i]]&isValue == 0 {
				return 0
			}
		}
	}
	return 0
}
