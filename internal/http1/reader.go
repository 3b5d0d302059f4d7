package http1

import (
	"io"
	"sync"
)

// bufferSize is that of the pooled read buffers: a small response, head and
// body, fits in one, so that it takes one read. With the words in front of it, it
// fills 8 KiB.
const bufferSize = 8<<10 - 136 - linesKept*(lineKept+1)

// buffer holds what was read and not yet consumed: b[r:w].
type buffer struct {
	b     []byte // own, or a larger one
	r, w  int
	last  lastHead
	known lines
	own   [bufferSize]byte
}

var buffers = sync.Pool{New: newBuffer}

func newBuffer() any {
	b := new(buffer)
	b.b = b.own[:]
	return b
}

// put gives a buffer back, at its own size.
func (b *buffer) put() {
	b.b, b.r, b.w = b.own[:], 0, 0
	buffers.Put(b)
}

// Reader reads messages from a byte stream. Between messages it holds no
// memory but its own few words: the buffer is taken from a pool with the first
// read and given back by Release. A Reader is not safe for concurrent use.
type Reader struct {
	src io.Reader
	buf *buffer // nil while nothing is buffered
}

// Reset makes the reader read from src, with nothing buffered.
func (rd *Reader) Reset(src io.Reader) {
	rd.Release()
	rd.src = src
}

// Buffered gives the octets that were read and not yet consumed. The slice is
// good until the next call on the reader.
func (rd *Reader) Buffered() []byte {
	if rd.buf == nil {
		return nil
	}
	return rd.buf.b[rd.buf.r:rd.buf.w]
}

// Discard consumes n of the buffered octets.
func (rd *Reader) Discard(n int) {
	if n > 0 {
		rd.buf.r += n
	}
}

// Release gives the buffer back; what was buffered is lost.
func (rd *Reader) Release() {
	if rd.buf != nil {
		rd.buf.put()
		rd.buf = nil
	}
}

// Take moves what from has buffered, and its buffer, to rd, which must hold
// none, and which ends there. It is how a response that lies whole in the
// buffer outlives its connection's next request.
func (rd *Reader) Take(from *Reader) {
	rd.src, rd.buf = ended{}, from.buf
	from.buf = nil
}

// ended is a source of nothing.
type ended struct{}

func (ended) Read([]byte) (int, error) { return 0, io.EOF }

// Fill reads once from the source, behind what is buffered. It never returns
// nil without at least one octet more. When the buffer is full it grows, up to
// limit octets, and beyond that Fill fails with io.ErrShortBuffer.
func (rd *Reader) Fill(limit int) error {
	if err := rd.room(limit); err != nil {
		return err
	}
	const attempts = 100 // as many as bufio allows a source that gives nothing
	for range attempts {
		n, err := rd.src.Read(rd.buf.b[rd.buf.w:])
		rd.buf.w += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// Space gives the place behind what is buffered, of at least one octet, for the
// caller to read into; Advance then says how many octets came. It is nil when
// two buffers' worth are waiting to be consumed.
func (rd *Reader) Space() []byte {
	if rd.room(2*bufferSize) != nil {
		return nil
	}
	return rd.buf.b[rd.buf.w:]
}

// Advance counts n octets in that were read into Space.
func (rd *Reader) Advance(n int) {
	if n > 0 {
		rd.buf.w += n
	}
}

// room makes place for at least one octet behind buf[w]. Octets are moved to
// the front when at least half of the buffer was consumed, so that a read never
// gets a small rest of it, nor a move carries much.
func (rd *Reader) room(limit int) error {
	b := rd.buf
	switch {
	case b == nil:
		rd.buf = buffers.Get().(*buffer)
		return nil
	case b.r == b.w:
		b.r, b.w = 0, 0
		return nil
	case b.r >= len(b.b)/2 || b.w == len(b.b) && b.r > 0:
		b.w = copy(b.b, b.b[b.r:b.w])
		b.r = 0
		return nil
	case b.w < len(b.b):
		return nil
	case len(b.b) >= limit:
		return io.ErrShortBuffer
	}
	grown := make([]byte, min(2*len(b.b), limit))
	b.w = copy(grown, b.b[:b.w])
	b.b = grown
	return nil
}

// Read gives buffered octets first, then reads from the source straight into p.
func (rd *Reader) Read(p []byte) (int, error) {
	if b := rd.buf; b != nil && b.r < b.w {
		n := copy(p, b.b[b.r:b.w])
		b.r += n
		return n, nil
	}
	return rd.src.Read(p)
}
