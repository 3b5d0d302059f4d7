package form

import (
	"bufio"
	"bytes"
	"io"
)

const (
	// maxPadding bounds the white space behind a boundary, of which the standard
	// allows any amount and senders send none. A line with more is content.
	maxPadding = 64

	// bufferBytes is what is read at once. It is most of what reading a small
	// form allocates, and with it large files pass at gigabytes a second (see
	// BenchmarkFormReadLarge). It must have room for a whole delimiter, at most
	// 4 + 70 + 2 + 64 + 2 bytes.
	bufferBytes = 8 << 10
)

// scanner splits a stream at its delimiters, without ever holding more of it
// than its buffer, and in linear time: octets known to be content are not looked
// at again.
//
// "delimiter := CRLF dash-boundary
// close-delimiter := delimiter "--"
// encapsulation := delimiter transport-padding CRLF body-part"
// https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
//
// A line that only begins as a delimiter is content. Not as RFC 2046, by which
// it would be a delimiter: inner boundaries of real senders do begin with the
// outer one.
type scanner struct {
	in    *bufio.Reader
	delim []byte // CRLF "--" boundary

	// fresh says that the delimiter may come without its CRLF: it has been read
	// before, as the end of a header, or is the beginning of the stream.
	fresh bool

	safe  int  // buffered octets that are content
	line  int  // octets of the delimiter at the beginning of the buffer
	final bool // it is the close delimiter
}

func newScanner(in io.Reader, boundary string) *scanner {
	return &scanner{
		in:    bufio.NewReaderSize(in, bufferBytes),
		delim: []byte("\r\n--" + boundary),
		fresh: true,
	}
}

// content gives the octets that are next, in the buffer, at least one. It gives
// io.EOF at a delimiter, and every time again until [scanner.pass].
func (s *scanner) content() ([]byte, error) {
	for s.safe == 0 && s.line == 0 {
		buf, _ := s.in.Peek(s.in.Buffered()) // cannot fail
		if s.scan(buf, false) {
			break
		}
		if _, err := s.in.Peek(len(buf) + 1); err == io.EOF {
			buf, _ = s.in.Peek(len(buf)) // it may have moved
			if s.scan(buf, true) {
				break
			}
			return nil, errTruncated
		} else if err != nil {
			return nil, err
		}
	}
	if s.safe == 0 {
		return nil, io.EOF
	}
	return s.in.Peek(s.safe)
}

// discard takes n octets of content out of the buffer.
func (s *scanner) discard(n int) {
	s.in.Discard(n)
	s.safe -= n
}

// skip discards all content up to the next delimiter.
func (s *scanner) skip() error {
	for {
		buf, err := s.content()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		s.discard(len(buf))
	}
}

// pass goes behind the delimiter that content stopped at, and tells whether it
// is the last one.
func (s *scanner) pass() (final bool) {
	s.in.Discard(s.line)
	s.line = 0
	return s.final
}

// scan sets safe or line from what is buffered. It gives false when neither can
// be told without more; eof says that there is no more.
func (s *scanner) scan(buf []byte, eof bool) bool {
	if s.fresh {
		dash := s.delim[2:]
		if len(buf) < len(dash) && bytes.HasPrefix(dash, buf) {
			return false
		}
		if bytes.HasPrefix(buf, dash) {
			return s.decide(buf, len(dash), eof)
		}
	}
	switch i := bytes.Index(buf, s.delim); {
	case i == 0:
		return s.decide(buf, len(s.delim), eof)
	case i > 0:
		s.safe = i
	default:
		// A delimiter may have begun; there is no CR in it but its first octet.
		s.safe = len(buf)
		from := max(len(buf)-len(s.delim)+1, 0)
		if cr := bytes.LastIndexByte(buf[from:], '\r'); cr >= 0 && bytes.HasPrefix(s.delim, buf[from+cr:]) {
			s.safe = from + cr
		}
	}
	s.fresh = s.fresh && s.safe == 0
	return s.safe > 0
}

// decide tells a delimiter from a line that begins with the boundary, of n
// octets, by chance.
func (s *scanner) decide(buf []byte, n int, eof bool) bool {
	length, final, verdict := endOfDelimiter(buf[n:], eof)
	switch verdict {
	case undecided:
		return false
	case isDelimiter:
		s.line, s.final, s.fresh = n+length, final, false
	default:
		s.safe, s.fresh = n, false
	}
	return true
}

// verdict is whether octets are a delimiter.
type verdict int

const (
	undecided verdict = iota
	isDelimiter
	isContent
)

// endOfDelimiter looks at what follows "--boundary" and gives the length of what
// belongs to the delimiter.
func endOfDelimiter(rest []byte, eof bool) (length int, final bool, v verdict) {
	i := 0
	if len(rest) > 0 && rest[0] == '-' {
		if len(rest) == 1 {
			return 0, false, undecided
		}
		if rest[1] != '-' {
			return 0, false, isContent
		}
		i, final = 2, true
	}
	for ; i < len(rest) && (rest[i] == ' ' || rest[i] == '\t'); i++ {
		if i > maxPadding {
			return 0, false, isContent
		}
	}
	switch {
	case i == len(rest) && eof && final:
		return i, true, isDelimiter // the last line needs no end
	case i == len(rest), len(rest) == i+1 && rest[i] == '\r':
		return 0, false, undecided
	case rest[i] == '\r' && rest[i+1] == '\n':
		return i + 2, final, isDelimiter
	}
	return 0, false, isContent
}
