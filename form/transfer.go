package form

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"
)

// decoder gives a reader that undoes a Content-Transfer-Encoding; encoded is
// false where there is nothing to undo.
//
// "Previously, it was recommended that senders use a Content-Transfer-Encoding
// encoding ... This use is deprecated for use in contexts that support binary data such as
// HTTP. ... Currently, no deployed implementations that send such bodies have been
// discovered." But readers meet them.
// https://www.rfc-editor.org/rfc/rfc7578#section-4.7
func decoder(r io.Reader, encoding string) (_ io.Reader, encoded bool, err error) {
	switch strings.ToLower(trim(encoding)) {
	case "", "binary", "8bit", "7bit":
		return r, false, nil
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &padded{src: r}), true, nil
	case "quoted-printable":
		return quotedprintable.NewReader(r), true, nil
	}
	return nil, false, malformed("unknown Content-Transfer-Encoding %q", clip(encoding))
}

// padded refuses what follows the padding of base64. The decoder of the standard
// library takes it for more content, or does not, by how the input comes in
// pieces.
//
// RFC 2045, section 6.8, lets the "=" stand for the end: what comes behind it
// would be read by one reader and not by another.
// https://www.rfc-editor.org/rfc/rfc2045#section-6.8
type padded struct {
	src   io.Reader
	ended bool // padding has been seen
	err   error
}

func (p *padded) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.src.Read(b)
	for i, c := range b[:n] {
		switch {
		case c == '=':
			p.ended = true
		case p.ended && c != '\r' && c != '\n':
			p.err = base64.CorruptInputError(i)
			return i, p.err
		}
	}
	return n, err
}

// decodeText gives text in one of the charsets that need no tables.
func decodeText(charset string, content []byte) (string, error) {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return strings.ToValidUTF8(string(content), "\ufffd"), nil
	case "iso-8859-1", "latin1":
		text := make([]byte, 0, len(content))
		for _, c := range content {
			text = utf8.AppendRune(text, rune(c))
		}
		return string(text), nil
	}
	return "", fmt.Errorf("unknown charset %q", clip(charset))
}
