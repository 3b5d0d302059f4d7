package http1

import "bytes"

// ResponseHead is the head of a response, validated, and what it says about
// the connection and the body. Its slices point into the reader's buffer and
// are good until the reader is used again.
type ResponseHead struct {
	// Method is that of the request which is answered. The caller sets it
	// before the head is read. Only HEAD and CONNECT make a difference: the
	// fields of their answers may say nothing about a body, so that faults in
	// what they say are passed over. Empty is any other method.
	Method string

	says
	Reason []byte // may be empty
	Fields Fields
	kept   []byte // the whole head, once it lies where it will not change
}

// says is what a head says, apart from its octets.
type says struct {
	Status int // 100 to 999
	Minor  int // of the version: 0, or 1 for that and all above
	Size   int // octets of the whole head, blank line included
	Start  int // of them, those of the status line

	ContentLength int64 // -1 when no valid Content-Length stands alone
	Chunked       bool  // the body is in the chunked transfer coding
	Close         bool  // the connection cannot be used for another request
	SetsCookie    bool  // a Set-Cookie field stands in the head
	Coded         bool  // a Content-Encoding field does
}

// Release lets go of the octets, and of what they say: h is then ready for another
// head.
func (h *ResponseHead) Release() {
	h.Method, h.Status, h.Reason, h.Fields, h.kept = "", 0, nil, nil, nil
}

// ReadResponseHead reads the next response head and consumes it. io.EOF means
// that the peer closed before a single octet arrived; a head cut short gives
// io.ErrUnexpectedEOF. After an error neither h nor the reader is of use.
func (rd *Reader) ReadResponseHead(h *ResponseHead, lim *Limits) error {
	if len(rd.Buffered()) == 0 {
		if err := rd.Fill(bufferSize); err != nil {
			return err
		}
	}
	if got := rd.Buffered(); rd.buf.last.match(h, got, lim) || h.parseBuffered(got, lim, &rd.buf.known) {
		rd.Discard(h.Size)
		return nil
	}
	start, err := rd.readStart(lim)
	if err != nil {
		return err
	}
	block, err := rd.readBlock(start, lim, "octets of header fields")
	if err != nil {
		return err
	}
	if err := h.parse(block, start, lim, &rd.buf.known); err != nil {
		return err
	}
	rd.Discard(len(block))
	return nil
}

// readStart reads the status line and gives its length. It refuses at once what
// cannot become one, so that a peer which speaks another protocol, or floods us
// with empty lines, is found out without waiting for a blank line.
func (rd *Reader) readStart(lim *Limits) (int, error) {
	const start = "HTTP/1."
	for {
		got := rd.Buffered()
		n := min(len(got), len(start))
		if string(got[:n]) != start[:n] {
			return 0, malformed("not an HTTP/1 status line", firstLine(got))
		}
		end := bytes.IndexByte(got, '\n') + 1
		if end > lim.LineBytes || end == 0 && len(got) >= lim.LineBytes {
			return 0, &LimitError{What: "octets of a status line", Max: lim.LineBytes}
		}
		if end > 0 && got[end-2] != '\r' {
			return 0, loneLF(got[:end])
		}
		if end > 0 {
			return end, nil
		}
		if err := rd.Fill(plus(lim.LineBytes, bufferSize)); err != nil {
			if len(got) > 0 {
				err = noEOF(err)
			}
			return 0, err
		}
	}
}

// parseBuffered is the short way for a head that lies in the buffer whole, as
// most do: one pass over its octets. It gives false where there is anything to
// be read, or to be found fault with, first.
func (h *ResponseHead) parseBuffered(got []byte, lim *Limits, known *lines) bool {
	start := bytes.IndexByte(got[:min(len(got), lim.LineBytes)], '\n') + 1
	if start < len("\r\n") || got[start-2] != '\r' {
		return false
	}
	return h.parse(got, start, lim, known) == nil && len(h.Fields) <= lim.HeadBytes
}

// parse reads the head that b begins with, of which the first start octets are
// the status line.
func (h *ResponseHead) parse(b []byte, start int, lim *Limits, known *lines) error {
	h.says = says{Start: start, ContentLength: -1}
	h.Reason, h.Fields, h.kept = nil, nil, nil
	if line := b[:start-len("\r\n")]; !h.parseStatusLine(line) {
		return malformed("invalid status line", line)
	}
	framing := framing{length: -1}
	fields, err := scanFields(b[start:], lim, &framing, known)
	h.SetsCookie, h.Coded = framing.setsCookie, framing.coded
	if err != nil {
		return err
	}
	h.Fields = fields
	h.Size = start + len(fields) + len("\r\n")
	return framing.settle(h)
}

// parseStatusLine reads a status line, without its CRLF.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// https://www.rfc-editor.org/rfc/rfc9112#section-4-2
//
// The space behind the code may be missing: servers that have no reason to give
// leave it out, and nothing hangs on it.
func (h *ResponseHead) parseStatusLine(line []byte) bool {
	const shortest = "HTTP/1.1 200"
	if len(line) < len(shortest) || string(line[:7]) != shortest[:7] || line[8] != ' ' {
		return false
	}
	minor := line[7] - '0'
	a, b, c := line[9]-'0', line[10]-'0', line[11]-'0'
	if minor > 9 || a < 1 || a > 9 || b > 9 || c > 9 {
		return false
	}
	if rest := line[len(shortest):]; len(rest) > 0 {
		if rest[0] != ' ' {
			return false
		}
		h.Reason = rest[1:]
	}
	// RFC 9110, section 6.2: "A recipient that receives a message with a major
	// version number that it implements and a minor version number higher than
	// what it implements SHOULD process the message as if it were in the highest
	// minor version within that major version to which the recipient is
	// conformant."
	// https://www.rfc-editor.org/rfc/rfc9110#section-6.2-8
	h.Minor = min(int(minor), 1)
	h.Status = int(a)*100 + int(b)*10 + int(c)
	return ValidValue(h.Reason)
}
