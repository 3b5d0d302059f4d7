package form

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Disposition is the value of a Content-Disposition field.
type Disposition struct {
	// Type is "form-data", "attachment", "inline" or another token, in lower
	// case.
	Type string

	// Params has the parameters by name, in lower case. Values are decoded and
	// in UTF-8, if the sender kept to that; there is one "filename", the best of
	// those given. They may hold anything: paths, quotes, control characters.
	Params map[string]string
}

// Name gives the name of the field that a part of a form is for.
func (d Disposition) Name() string { return d.Params["name"] }

// FileName gives the last element of the name that is suggested for a file,
// without control characters, or "" if there is none.
func (d Disposition) FileName() string { return baseName(d.Params["filename"]) }

// String gives the field value. With Type "form-data" it is what browsers send;
// else it is as RFC 6266 has it, with an encoded parameter besides for what is
// not ASCII. Control characters are escaped, or replaced, in either. "name" and
// "filename" come first; parameters whose name is no token are left out, and a
// Type that is none counts as "attachment", as unknown types do.
func (d Disposition) String() string {
	kind := d.Type
	if !isToken(kind) {
		kind = "attachment"
	}
	names := slices.SortedFunc(maps.Keys(d.Params), func(a, b string) int {
		return strings.Compare(rank(a), rank(b))
	})
	dst := []byte(kind)
	for _, name := range names {
		if !isToken(name) || strings.Contains(name, "*") {
			continue
		}
		dst = append(dst, "; "+name...)
		if strings.EqualFold(kind, "form-data") {
			dst = appendFormQuoted(append(dst, '='), d.Params[name])
		} else {
			dst = appendParam(dst, name, d.Params[name])
		}
	}
	return string(dst)
}

// rank sorts "name" and "filename" before all other names.
func rank(param string) string {
	switch param {
	case "name":
		return "\x00"
	case "filename":
		return "\x01"
	}
	return param
}

// appendFormQuoted appends a name or file name as browsers do.
//
// "For field names and filenames for file fields, the result of the encoding in
// the previous bullet point must be escaped by replacing any 0x0A (LF) bytes with
// the byte sequence `%0A`, 0x0D (CR) with `%0D` and 0x22 (") with `%22`. The user
// agent must not perform any other escapes."
// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
//
// Not as the standard: a backslash is doubled, as nearly all servers take it for
// an escape, and a name that ended in one would swallow what follows. Other
// control characters are escaped like CR and LF, since a header field must not
// hold them.
func appendFormQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\\':
			dst = append(dst, '\\', '\\')
		case c == '"' || isControl(c):
			dst = appendPercent(dst, c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendParam appends the value of a parameter, and, if need be, the parameter
// once more, encoded.
//
// "parameters "filename" and "filename*" differ only in that "filename*" uses
// the encoding defined in [RFC5987], allowing the use of characters not present
// in the ISO-8859-1 character set"
// https://www.rfc-editor.org/rfc/rfc6266#section-4.3
func appendParam(dst []byte, name, value string) []byte {
	dst = append(dst, '=', '"')
	plain := true
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r >= 0x7f:
			plain = false
			dst = append(dst, '_')
		default:
			dst = append(dst, byte(r))
		}
	}
	dst = append(dst, '"')
	if plain || !utf8.ValidString(value) {
		return dst
	}
	return appendExtValue(append(dst, "; "+name+"*="...), value)
}

// unescapeForm undoes the escapes of [appendFormQuoted] that browsers make.
var unescapeForm = strings.NewReplacer("%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r", "%22", `"`)
