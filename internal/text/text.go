// Package text decodes bodies that are text, whatever charset they are in.
//
// Limitations: what a body says of its charset is looked for in HTML and XML
// only, and no charset is guessed but UTF-8 and Windows-1252.
package text

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// ByteOrderMark is how a text in UTF-8 may begin.
const ByteOrderMark = "\ufeff"

// Decode gives a body as UTF-8. Its charset is taken from a byte order mark, else
// from the Content-Type, else from what the text says of itself (a meta element
// of HTML, the declaration of XML). JSON is UTF-8. Without any of these it is UTF-8
// if it can be, else Windows-1252, as in browsers. Octets that are invalid in it
// become U+FFFD; the byte order mark is dropped.
func Decode(content []byte, contentType string) (string, error) {
	enc, name := charsetOf(content, contentType)
	if enc == nil || name == "utf-8" {
		return toValid(content), nil
	}
	text, err := enc.NewDecoder().Bytes(content)
	if err != nil {
		return "", fmt.Errorf("decoding the body as %s: %w", name, err)
	}
	return strings.TrimPrefix(string(text), ByteOrderMark), nil
}

// toValid gives UTF-8 without a byte order mark.
func toValid(content []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimPrefix(content, []byte(ByteOrderMark))), "\ufffd")
}

// charsetOf tells the encoding of a text. Nil is UTF-8.
//
// The Encoding standard: "For compatibility with deployed content, the byte
// order mark is more authoritative than anything else."
// https://encoding.spec.whatwg.org/#decode
func charsetOf(content []byte, contentType string) (encoding.Encoding, string) {
	for _, mark := range [...]struct{ octets, name string }{
		{ByteOrderMark, "utf-8"}, {"\xfe\xff", "utf-16be"}, {"\xff\xfe", "utf-16le"},
	} {
		if bytes.HasPrefix(content, []byte(mark.octets)) {
			return charset.Lookup(mark.name)
		}
	}
	if enc, name := Declared(contentType); enc != nil {
		return enc, name
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		// RFC 8259, section 8.1: "JSON text exchanged between systems that are
		// not part of a closed ecosystem MUST be encoded using UTF-8".
		// https://www.rfc-editor.org/rfc/rfc8259#section-8.1
		return nil, ""
	case media == "text/xml" || media == "application/xml" || strings.HasSuffix(media, "+xml"):
		if enc, name := declaredByXML(content); enc != nil {
			return enc, name
		}
	case media == "" || media == "text/html":
		if enc, name, _ := charset.DetermineEncoding(content, "text/html"); name != "windows-1252" {
			return enc, name
		}
	}
	if utf8.Valid(content) {
		return nil, ""
	}
	return charset.Lookup("windows-1252")
}

// Declared gives the encoding that a Content-Type names, and its name by the
// Encoding standard, or nil.
func Declared(contentType string) (encoding.Encoding, string) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["charset"] == "" {
		return nil, ""
	}
	return charset.Lookup(params["charset"])
}

// declaredByXML gives the encoding that an XML declaration names, or nil. One in
// UTF-16 would have had a byte order mark.
//
// XML 1.0, production 23: "<?xml" VersionInfo EncodingDecl? SDDecl? S? "?>".
// https://www.w3.org/TR/xml/#NT-XMLDecl
func declaredByXML(content []byte) (encoding.Encoding, string) {
	declaration, found := bytes.CutPrefix(content[:min(len(content), 1<<10)], []byte("<?xml"))
	if !found {
		return nil, ""
	}
	declaration, _, found = bytes.Cut(declaration, []byte("?>"))
	if !found {
		return nil, ""
	}
	_, value, found := bytes.Cut(declaration, []byte("encoding"))
	value = bytes.TrimLeft(value, " \t\r\n=")
	if !found || len(value) == 0 || value[0] != '"' && value[0] != '\'' {
		return nil, ""
	}
	name, _, closed := bytes.Cut(value[1:], value[:1])
	if !closed {
		return nil, ""
	}
	enc, label := charset.Lookup(string(name))
	if strings.HasPrefix(label, "utf-16") {
		return nil, "" // the declaration was read octet by octet: it is not
	}
	return enc, label
}
