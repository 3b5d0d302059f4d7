package http1

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// Limits bound what is read around a body. Each must be positive;
// [math.MaxInt] is no limit.
type Limits struct {
	LineBytes int // the start line, and each chunk-size line, with their CRLF
	HeadBytes int // all field lines of a head, or of a trailer section, together
	Fields    int // number of field lines of a head, or of a trailer section
}

// plus adds two sizes, of which one may stand for no limit.
func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

// readBlock reads the field section that begins behind the first start octets,
// which are buffered, and gives all octets from the reader's position to the
// section's blank line, inclusive. They stay buffered; what names the section in
// errors.
func (rd *Reader) readBlock(start int, lim *Limits, what string) ([]byte, error) {
	most := plus(plus(start, lim.HeadBytes), len("\r\n"))
	line := start    // where the line begins that is looked at
	searched := line // no line end before this offset was passed over
	for {
		block := rd.Buffered()
		for {
			i := bytes.IndexByte(block[searched:], '\n')
			if i < 0 {
				break
			}
			end := searched + i + 1
			if end-line < 2 || block[end-2] != '\r' {
				return nil, loneLF(block[line:end])
			}
			if end > most {
				return nil, &LimitError{What: what, Max: lim.HeadBytes}
			}
			if end-line == len("\r\n") {
				return block[:end], nil
			}
			line, searched = end, end
		}
		searched = len(block)
		if len(block) >= most {
			return nil, &LimitError{What: what, Max: lim.HeadBytes}
		}
		if err := rd.Fill(plus(most, bufferSize)); err != nil {
			return nil, noEOF(err)
		}
	}
}

// loneLF is the error of a line that ends without CR. It is found as soon as it
// has arrived, so that a peer which ends its lines so does not keep us waiting
// for a CRLF that never comes.
//
// RFC 9112, section 2.2: "Although the line terminator for the start-line and
// fields is the sequence CRLF, a recipient MAY recognize a single LF as a line
// terminator and ignore any preceding CR." We do not: two readers that disagree
// about where a line ends disagree about where a message ends.
// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-3
func loneLF(line []byte) error { return malformed("line ended by a lone LF", line) }

// errPartial says that a field section does not end where the buffer does.
var errPartial = errors.New("field section is not complete")

// scanFields validates the field lines of the section that b begins with, up to
// its blank line, mends folded ones in place, and shows to fr, which may be nil,
// those that matter to it. Where b ends before the section does, the error is
// errPartial; what was mended then does no harm, since it reads the same when more
// has come. known, which may be nil, are lines that were valid before.
func scanFields(b []byte, lim *Limits, fr *framing, known *lines) (Fields, error) {
	count := 0
	for rest := b; ; count++ {
		if len(rest) >= 2 && rest[0] == '\r' && rest[1] == '\n' {
			return b[:len(b)-len(rest)], nil
		}
		if count >= lim.Fields {
			return nil, &LimitError{What: "field lines", Max: lim.Fields}
		}
		if n := known.match(count, rest); n > 0 {
			rest = rest[n:]
			continue
		}
		name, value, after, err := cutField(rest)
		if err != nil {
			return nil, err
		}
		if fr == nil || !fr.visit(name, value) {
			known.learn(count, rest[:len(rest)-len(after)])
		}
		rest = after
	}
}

// cutField takes the first field line, with its CRLF, off block. The name is a
// token and the value free of control octets and of white space around it. A
// line is complete when the octet behind it has come, since that may fold it.
//
// RFC 9112, section 5.1: "No whitespace is allowed between the field name and
// colon." That refuses a line which begins with white space as well, where it
// does not continue another: section 2.2, "A recipient that receives whitespace
// between the start-line and the first header field MUST either reject the
// message as invalid or consume each whitespace-preceded line without further
// processing of it".
// https://www.rfc-editor.org/rfc/rfc9112#section-5.1-2
// https://www.rfc-editor.org/rfc/rfc9112#section-2.2-8
func cutField(block []byte) (name, value, rest []byte, err error) {
	colon := 0
	for colon < len(block) && classes[block[colon]]&isToken != 0 {
		colon++
	}
	if colon == len(block) {
		return nil, nil, nil, errPartial
	}
	if colon == 0 || block[colon] != ':' {
		return nil, nil, nil, malformed("field line without a valid name and colon", firstLine(block))
	}
	for from := colon + 1; ; {
		end := skipValue(block, from)
		// RFC 9110, section 5.5: "Field values containing CR, LF, or NUL
		// characters are invalid and dangerous, due to the varying ways that
		// implementations might parse and interpret those characters". The
		// other controls go with them.
		// https://www.rfc-editor.org/rfc/rfc9110#section-5.5-5
		const crlf = "\r\n"
		switch rest := block[end:]; {
		case len(rest) <= len(crlf) && string(rest) == crlf[:len(rest)]:
			return nil, nil, nil, errPartial
		case len(rest) < len(crlf) || rest[0] != '\r' || rest[1] != '\n':
			return nil, nil, nil, malformed("control octet in the value of a field", firstLine(block))
		case !isOWS(rest[2]):
			return block[:colon], TrimOWS(block[colon+1 : end]), rest[2:], nil
		}
		unfold(block, from, end)
		from = end + len(crlf)
	}
}

// skipValue gives the offset of the first octet at or behind i that cannot
// stand in a field value, or the length of b. It looks at eight octets at once.
func skipValue(b []byte, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		del := w ^ 0x7f*ones
		// The first term has the high bit set of an octet below a space, the
		// second that of a DEL: exactly up to the first such octet, since what is
		// borrowed goes upwards.
		found := ((w-' '*ones)&^w | (del-ones)&^del) & highs
		if found == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(found) / 8
		if b[i] != '\t' {
			return i
		}
		i++
	}
	for i < len(b) && classes[b[i]]&isValue != 0 {
		i++
	}
	return i
}

// unfold overwrites with spaces the line folding whose CRLF is at the offset
// crlf, and the white space around it; from is where the folded line begins.
//
// RFC 9112, section 5.2: "A user agent that receives an obs-fold in a response
// message that is not within a "message/http" container MUST replace each
// received obs-fold with one or more SP octets prior to interpreting the field
// value."
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2-6
func unfold(block []byte, from, crlf int) {
	block[crlf], block[crlf+1] = ' ', ' '
	for i := crlf - 1; i >= from && isOWS(block[i]); i-- {
		block[i] = ' '
	}
	for i := crlf + 2; i < len(block) && isOWS(block[i]); i++ {
		block[i] = ' '
	}
}

// firstLine gives the line that b begins with, without its end, for an error.
func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSuffix(b, []byte("\r"))
}
