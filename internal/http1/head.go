package http1

import (
	"bytes"
	"iter"
)

// Limits bound what is read around a body. Each must be positive.
type Limits struct {
	LineBytes int // the start line, and each chunk-size line
	HeadBytes int // all field lines of a head, or of a trailer section, together
	Fields    int // number of field lines of a head, or of a trailer section
}

// Fields is a validated block of field lines, each ended by CRLF: the part of a
// head behind the start line. It is read where it stands, without being copied
// into a map.
type Fields []byte

// next splits the first line off.
func (f Fields) next() (name, value []byte, rest Fields) {
	end := bytes.IndexByte(f, '\n')
	line := f[:end-1]
	colon := bytes.IndexByte(line, ':')
	return line[:colon], TrimOWS([]byte(line[colon+1:])), f[end+1:]
}

// All yields each field's name, as it was sent, and value, without white space
// around it, in the order of the wire.
func (f Fields) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := f; len(rest) > 0; {
			var name, value []byte
			name, value, rest = rest.next()
			if !yield(name, value) {
				return
			}
		}
	}
}

// Get gives the value of the first field of that name, which must be in lower
// case, and whether there is one.
func (f Fields) Get(lower string) (value []byte, ok bool) {
	for rest := f; len(rest) > 0; {
		var name []byte
		name, value, rest = rest.next()
		if EqualFold(name, lower) {
			return value, true
		}
	}
	return nil, false
}

// Count gives the number of field lines.
func (f Fields) Count() int { return bytes.Count(f, []byte{'\n'}) }

var blankLine = []byte("\r\n\r\n")

// readBlock reads until a blank line ends the head or trailer section that
// starts at the reader's position, and gives its octets with the blank line.
// They stay buffered.
//
// RFC 9112, section 2.2: "Although the line terminator for the start-line and
// fields is the sequence CRLF, a recipient MAY recognize a single LF as a line
// terminator". We do not: two readers that disagree about where a line ends
// disagree about where a message ends.
// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-3
func (rd *Reader) readBlock(limit int) ([]byte, error) {
	searched := 0 // no blank line ends before this offset
	for {
		block := rd.buf[rd.r:rd.w]
		if i := bytes.Index(block[searched:], blankLine); i >= 0 {
			return block[:searched+i+len(blankLine)], nil
		}
		if err := checkLineEnds(block[searched:]); err != nil {
			return nil, err
		}
		searched = max(0, len(block)-len(blankLine)+1)
		if len(block) >= limit {
			return nil, &LimitError{What: "head", Max: limit}
		}
		if err := rd.Fill(limit + bufferSize); err != nil {
			return nil, err
		}
	}
}

// checkLineEnds refuses a lone LF as soon as it arrives, so that a peer which
// ends its lines so does not keep us waiting for a CRLF that never comes.
func checkLineEnds(part []byte) error {
	for from := 1; from < len(part); {
		i := bytes.IndexByte(part[from:], '\n')
		if i < 0 {
			return nil
		}
		if part[from+i-1] != '\r' {
			return malformed("line ended by a lone LF", part[:from+i+1])
		}
		from += i + 1
	}
	return nil
}

// field is what the scan of a block says of one line.
type field struct {
	name, value []byte
}

// scanFields walks over the field lines of block (which ends with the blank
// line), validates each, mends folded ones in place, and shows them to visit.
func scanFields(block []byte, lim *Limits, visit func(field) error) (Fields, error) {
	block = block[:len(block)-2] // the blank line
	if len(block) > lim.HeadBytes {
		return nil, &LimitError{What: "head", Max: lim.HeadBytes}
	}
	count := 0
	for p := 0; p < len(block); {
		end := lineEnd(block, p)
		if end < 0 {
			return nil, malformed("line ended by a lone LF", block[p:])
		}
		if count++; count > lim.Fields {
			return nil, &LimitError{What: "field count", Max: lim.Fields}
		}
		f, err := parseField(block[p:end])
		if err != nil {
			return nil, err
		}
		if err := visit(f); err != nil {
			return nil, err
		}
		p = end + 2
	}
	return Fields(block), nil
}

// lineEnd gives the offset of the CRLF that ends the field line at p, or -1. A
// line that goes on with white space on the next one is folded: the CRLF in
// between is overwritten with spaces.
//
// RFC 9112, section 5.2: "A user agent that receives an obs-fold in a response
// message that is not within a message/http container MUST replace each
// received obs-fold with one or more SP octets prior to interpreting the field
// value."
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-5
func lineEnd(block []byte, p int) int {
	from := p
	for {
		i := bytes.IndexByte(block[from:], '\n')
		if i < 1 || block[from+i-1] != '\r' {
			return -1
		}
		next := from + i + 1
		if next < len(block) && (block[next] == ' ' || block[next] == '\t') {
			block[next-2], block[next-1] = ' ', ' '
			from = next
			continue
		}
		return next - 2
	}
}

// parseField splits and validates one line, without its CRLF.
//
// RFC 9112, section 5.1: "No whitespace is allowed between the field name and
// colon."
// https://www.rfc-editor.org/rfc/rfc9112#section-5.1-2
func parseField(line []byte) (field, error) {
	colon := 0
	for colon < len(line) && classes[line[colon]]&isToken != 0 {
		colon++
	}
	if colon == 0 || colon == len(line) || line[colon] != ':' {
		return field{}, malformed("field line without a valid name and colon", line)
	}
	value := TrimOWS(line[colon+1:])
	// RFC 9110, section 5.5: "Field values containing CR, LF, or NUL
	// characters are invalid and dangerous". The other controls go with them.
	// https://www.rfc-editor.org/rfc/rfc9110#section-5.5-5
	if !ValidValue(value) {
		return field{}, malformed("control octet in the value of a field", line)
	}
	return field{line[:colon], value}, nil
}
