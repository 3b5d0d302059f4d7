package http1

import (
	"bytes"
	"io"
)

// ResponseHead is the head of a response, validated, and what it says about
// the connection and the body. Its slices point into the reader's buffer and
// are good until the reader is used again.
type ResponseHead struct {
	Status int    // 100 to 999
	Minor  int    // of the version: 0 or 1
	Reason []byte // may be empty
	Fields Fields
	Size   int // octets of the whole head, blank line included

	ContentLength int64 // -1 when no valid Content-Length stands alone
	Chunked       bool  // the body is in the chunked transfer coding
	Close         bool  // the connection cannot be used for another request
	KeepAlive     bool  // "Connection: keep-alive" was said
	Upgrade       bool  // an Upgrade field stands in the head
}

// ReadResponseHead reads the next response head and consumes it. io.EOF means
// that the peer closed before a single octet arrived; a head cut short gives
// io.ErrUnexpectedEOF.
func (rd *Reader) ReadResponseHead(h *ResponseHead, lim *Limits) error {
	if err := rd.checkStart(lim); err != nil {
		return err
	}
	block, err := rd.readBlock(lim.LineBytes + lim.HeadBytes)
	if err != nil {
		if err == io.EOF && rd.r < rd.w {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	if err := h.parse(block, lim); err != nil {
		return err
	}
	rd.Discard(len(block))
	return nil
}

// checkStart reads the first octets and refuses at once what cannot become a
// status line, so that a peer which speaks another protocol, or floods us with
// empty lines, is found out without waiting for a blank line.
func (rd *Reader) checkStart(lim *Limits) error {
	const start = "HTTP/1."
	for {
		got := rd.buf[rd.r:rd.w]
		n := min(len(got), len(start))
		if string(got[:n]) != start[:n] {
			return malformed("not an HTTP/1 status line", firstLine(got))
		}
		line := bytes.IndexByte(got, '\n')
		if line > lim.LineBytes || line < 0 && len(got) > lim.LineBytes {
			return &LimitError{What: "status line", Max: lim.LineBytes}
		}
		if n == len(start) && line >= 0 {
			return nil
		}
		if err := rd.Fill(lim.LineBytes + bufferSize); err != nil {
			if err == io.EOF && len(got) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return b
}

// parse reads a whole head.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]
//
// https://www.rfc-editor.org/rfc/rfc9112#section-4-4
func (h *ResponseHead) parse(block []byte, lim *Limits) error {
	*h = ResponseHead{ContentLength: -1, Size: len(block)}
	end := bytes.IndexByte(block, '\n')
	if end < 1 || block[end-1] != '\r' {
		return malformed("line ended by a lone LF", block[:end+1])
	}
	line := block[:end-1]
	if !h.parseStatusLine(line) {
		return malformed("status line", line)
	}
	h.Close = h.Minor == 0
	var framing framing
	fields, err := scanFields(block[end+1:], lim, func(f field) error { return h.visit(f, &framing) })
	if err != nil {
		return err
	}
	h.Fields = fields
	return framing.settle(h)
}

func (h *ResponseHead) parseStatusLine(line []byte) bool {
	// "HTTP/1.1 200" is the shortest: the space behind the code is left out by
	// servers that have no reason to give, and nothing hangs on it.
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[8] != ' ' {
		return false
	}
	minor := line[7] - '0'
	a, b, c := line[9]-'0', line[10]-'0', line[11]-'0'
	if minor > 1 || a < 1 || a > 9 || b > 9 || c > 9 {
		return false
	}
	if len(line) > 12 && line[12] != ' ' {
		return false
	}
	h.Minor = int(minor)
	h.Status = int(a)*100 + int(b)*10 + int(c)
	if len(line) > 13 {
		h.Reason = line[13:]
	}
	return ValidValue(h.Reason)
}

// visit notes the fields that concern framing and the connection.
func (h *ResponseHead) visit(f field, fr *framing) error {
	switch len(f.name) {
	case len("upgrade"):
		if EqualFold(f.name, "upgrade") {
			h.Upgrade = true
		}
	case len("connection"):
		if EqualFold(f.name, "connection") {
			h.visitConnection(f.value)
		}
	case len("content-length"):
		if EqualFold(f.name, "content-length") {
			return fr.contentLength(f.value)
		}
	case len("transfer-encoding"):
		if EqualFold(f.name, "transfer-encoding") {
			return fr.transferEncoding(f.value)
		}
	}
	return nil
}

// visitConnection applies RFC 9112, section 9.3: "If the close connection
// option is present, the connection will not persist after the current
// response; else, ... if the received protocol is HTTP/1.0, the keep-alive
// connection option is present, ... the connection will persist".
// https://www.rfc-editor.org/rfc/rfc9112#section-9.3-4
func (h *ResponseHead) visitConnection(value []byte) {
	if HasOption(value, "close") {
		h.Close = true
		h.KeepAlive = false
		return
	}
	if HasOption(value, "keep-alive") && (!h.Close || h.Minor == 0) {
		h.KeepAlive = true
		h.Close = false
	}
}
