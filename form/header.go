package form

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
)

// readHeader reads a part's header and the blank line behind it. The error of
// the stream's end is one of truncation.
func readHeader(in *bufio.Reader, limits Limits) (textproto.MIMEHeader, error) {
	h := textproto.MIMEHeader{}
	var field, line []byte
	for fields := 0; ; {
		var err error
		line, err = readLine(in, line[:0], limits.MaxHeaderBytes)
		if err != nil {
			return nil, err
		}
		// "the field-body portion of this conceptual entity can be split into a
		// multiple-line representation; this is called "folding"."
		// https://www.rfc-editor.org/rfc/rfc822#section-3.1.1
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && fields > 0 {
			field = append(append(field, ' '), bytes.Trim(line, " \t")...)
			if len(field) > limits.MaxHeaderBytes {
				return nil, lineError(limits.MaxHeaderBytes)
			}
			continue
		}
		if fields > 0 {
			if err := addField(h, field); err != nil {
				return nil, err
			}
		}
		if len(line) == 0 {
			return h, nil
		}
		if fields++; fields > limits.MaxHeaderFields {
			return nil, &LimitError{"header fields in a part", int64(limits.MaxHeaderFields)}
		}
		field = append(field[:0], line...)
	}
}

// readLine appends a line to dst, without the CRLF that ends it.
func readLine(in *bufio.Reader, dst []byte, most int) ([]byte, error) {
	for {
		piece, err := in.ReadSlice('\n')
		dst = append(dst, piece...)
		if len(dst)-len("\r\n") > most {
			return nil, lineError(most)
		}
		switch err {
		case nil:
			line, ok := bytes.CutSuffix(dst, []byte("\r\n"))
			if !ok {
				return nil, malformed("line of a part's header ends in LF alone")
			}
			return line, nil
		case io.EOF:
			return nil, errTruncated
		case bufio.ErrBufferFull:
		default:
			return nil, err
		}
	}
}

func lineError(most int) error {
	return &LimitError{"bytes in a header field of a part", int64(most)}
}

func addField(h textproto.MIMEHeader, field []byte) error {
	name, value, found := strings.Cut(string(field), ":")
	value = trim(value)
	if !found || !isToken(name) {
		return malformed("no header field of a part: %q", clip(string(field)))
	}
	if !isFieldValue(value) {
		return malformed("header field %s of a part has control characters", name)
	}
	key := textproto.CanonicalMIMEHeaderKey(name)
	switch key {
	case "Content-Disposition", "Content-Type", "Content-Transfer-Encoding":
		// Two readers could act on two different ones.
		if len(h[key]) > 0 {
			return malformed("header field %s of a part is given twice", key)
		}
	}
	h[key] = append(h[key], value)
	return nil
}
