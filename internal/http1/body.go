package http1

import "io"

// Body reads one message body from a Reader by its framing. The zero value is
// a body of no octets. It is not safe for concurrent use.
type Body struct {
	rd      *Reader
	lim     *Limits
	kind    BodyKind
	state   chunkState
	open    bool    // its end was not reached yet
	excess  int32   // octets of chunk overhead beyond what data of that size explains
	left    int64   // of the body (Length) or of the current chunk (Chunked)
	trailer *Fields // nil when there is none
}

// Reset starts a body of the given kind, which begins at rd's position. length
// is that of a body of kind Length.
func (b *Body) Reset(rd *Reader, kind BodyKind, length int64, lim *Limits) {
	b.rd, b.lim, b.trailer = rd, lim, nil
	b.kind, b.state, b.open = kind, 0, kind != NoBody
	b.excess, b.left = 0, 0
	if kind == Length {
		b.left, b.open = length, length > 0
	}
}

// Done reports whether the body was read to its end: the next message starts
// at the reader's position, unless the body was of kind UntilClose.
func (b *Body) Done() bool { return !b.open }

// Kind gives how the body is framed.
func (b *Body) Kind() BodyKind { return b.kind }

// Left gives how many octets are known to be still to come: exact for a body of
// kind Length, at least that many for a chunked one.
func (b *Body) Left() int64 { return b.left }

// Waits reports whether the next Read may read from the source before it gives data:
// what is buffered may end within the framing of a chunk.
func (b *Body) Waits() bool {
	return len(b.rd.Buffered()) == 0 || b.kind == Chunked && b.state != chunkData
}

// Trailer gives the trailer section of a chunked body that was read to its end.
func (b *Body) Trailer() Fields {
	if b.trailer == nil {
		return nil
	}
	return *b.trailer
}

// Buffered gives octets of the body that lie in the reader's buffer, for a body
// of kind Length; Skip consumes them.
func (b *Body) Buffered() []byte {
	if b.kind != Length || !b.open {
		return nil
	}
	return b.rd.Buffered()[:min(int64(len(b.rd.Buffered())), b.left)]
}

// Skip consumes n octets of a body of kind Length that were taken by another
// way than Read: from Buffered (buffered true) or from the source itself.
func (b *Body) Skip(n int64, buffered bool) {
	if buffered {
		b.rd.Discard(int(n))
	}
	b.left -= n
	b.open = b.left > 0
}

// Read reads the body's data. It gives io.EOF, possibly together with the last
// octets, at the body's end, and io.ErrUnexpectedEOF when the connection ended
// before that.
//
// RFC 9112, section 8: "A message body that uses the chunked transfer coding is
// incomplete if the zero-sized chunk that terminates the encoding has not been
// received. A message that uses a valid Content-Length is incomplete if the
// size of the message body received (in octets) is less than the value given by
// Content-Length. A response that has neither chunked transfer coding nor
// Content-Length is terminated by closure of the connection and, if the header
// section was received intact, is considered complete unless an error was
// indicated by the underlying connection".
// https://www.rfc-editor.org/rfc/rfc9112#section-8-4
func (b *Body) Read(p []byte) (int, error) {
	if !b.open {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	switch b.kind {
	case Chunked:
		return b.readChunked(p)
	case Length:
		return b.readLength(p)
	}
	n, err := b.rd.Read(p)
	b.open = err != io.EOF
	return n, err
}

func (b *Body) readLength(p []byte) (int, error) {
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.rd.Read(p)
	b.left -= int64(n)
	if b.left == 0 {
		b.open = false
		return n, io.EOF
	}
	return n, noEOF(err)
}

// noEOF turns the end of the stream into an error, where more had to come.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
