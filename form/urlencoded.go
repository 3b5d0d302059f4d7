package form

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"strings"
)

const urlEncodedType = "application/x-www-form-urlencoded"

// urlEncoded serializes the parts, all of which are plain values.
//
// "The application/x-www-form-urlencoded percent-encode set contains all code
// points, except the ASCII alphanumeric, U+002A (*), U+002D (-), U+002E (.), and
// U+005F (_)."
// https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
func (f *Form) urlEncoded() ([]byte, error) {
	var dst []byte
	for i := range f.parts {
		p := &f.parts[i]
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("part %q: %w", p.Name, err)
		}
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(appendURLEncoded(dst, p.Name), '=')
		dst = appendURLEncoded(dst, p.Value)
		dst = appendURLEncoded(dst, p.Bytes)
	}
	return dst, nil
}

func appendURLEncoded[S string | []byte](dst []byte, s S) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case isAlphaNumeric(c) || c == '*' || c == '-' || c == '.' || c == '_':
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '+')
		default:
			dst = appendPercent(dst, c)
		}
	}
	return dst
}

// ParseURLEncoded reads an URL-encoded form to its end. As in browsers nothing
// is malformed: a percent sign without two digits stands for itself, and octets
// that are not UTF-8 become U+FFFD. At most MaxBytes of input, MaxParts fields,
// and MaxMemoryBytes of names and values are read.
//
// https://url.spec.whatwg.org/#concept-urlencoded-parser
func ParseURLEncoded(r io.Reader, limits Limits) (url.Values, error) {
	limits = limits.resolve()
	values := url.Values{}
	room := budget{left: limits.MaxMemoryBytes, most: limits.MaxMemoryBytes}
	err := eachField(&capped{r: r, left: limits.MaxBytes, most: limits.MaxBytes}, limits, func(name, value string) error {
		if err := room.take(len(name) + len(value) + entryBytes); err != nil {
			return err
		}
		values[name] = append(values[name], value)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading form: %w", err)
	}
	return values, nil
}

// eachField calls take for each field, as it comes.
func eachField(r io.Reader, limits Limits, take func(name, value string) error) error {
	in := bufio.NewReader(r)
	var field []byte
	for fields := 0; ; {
		piece, err := in.ReadSlice('&')
		if int64(len(field)+len(piece))/int64(len("%XX")) > limits.MaxMemoryBytes {
			return memoryError(limits.MaxMemoryBytes)
		}
		field = append(field, piece...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && err != io.EOF {
			return err
		}
		if text := strings.TrimSuffix(string(field), "&"); text != "" {
			if fields++; fields > limits.MaxParts {
				return &LimitError{"fields", int64(limits.MaxParts)}
			}
			name, value, _ := strings.Cut(text, "=")
			name, value = unescapeURL(name), unescapeURL(value)
			if len(name) > limits.MaxNameBytes {
				return &LimitError{"bytes in the name of a field", int64(limits.MaxNameBytes)}
			}
			if err := take(name, value); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		field = field[:0]
	}
}

// unescapeURL decodes what [appendURLEncoded] made.
func unescapeURL(s string) string {
	if strings.ContainsAny(s, "%+") {
		dst := make([]byte, 0, len(s))
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c == '+' {
				c = ' '
			} else if c == '%' && i+2 < len(s) {
				if octet, ok := unhex(s[i+1], s[i+2]); ok {
					c = octet
					i += 2
				}
			}
			dst = append(dst, c)
		}
		s = string(dst)
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
