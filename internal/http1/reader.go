package http1

import (
	"io"
	"sync"
)

// bufferSize is that of the pooled read buffers: a small response, head and
// body, fits in one, so that it takes one read.
const bufferSize = 8 << 10

type buffer struct{ b [bufferSize]byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// Reader reads messages from a byte stream. Between messages it holds no
// memory but its own few words: the buffer is taken from a pool with the first
// read and given back by Release. A Reader is not safe for concurrent use.
type Reader struct {
	src    io.Reader
	pooled *buffer // nil while nothing is buffered, or when buf outgrew it
	buf    []byte
	r, w   int // buf[r:w] is read from src and not yet consumed
}

// Reset makes the reader read from src, with nothing buffered.
func (rd *Reader) Reset(src io.Reader) {
	rd.Release()
	rd.src = src
}

// Buffered gives the octets that were read and not yet consumed. The slice is
// good until the next call on the reader.
func (rd *Reader) Buffered() []byte { return rd.buf[rd.r:rd.w] }

// Discard consumes n of the buffered octets.
func (rd *Reader) Discard(n int) { rd.r += n }

// Release gives the buffer back; what was buffered is lost.
func (rd *Reader) Release() {
	if rd.pooled != nil {
		buffers.Put(rd.pooled)
		rd.pooled = nil
	}
	rd.buf, rd.r, rd.w = nil, 0, 0
}

// Take moves what from has buffered, and its buffer, to rd, which must hold
// none, and which ends there. It is how a response that lies whole in the
// buffer outlives its connection's next request.
func (rd *Reader) Take(from *Reader) {
	*rd = Reader{src: ended{}, pooled: from.pooled, buf: from.buf, r: from.r, w: from.w}
	from.pooled, from.buf, from.r, from.w = nil, nil, 0, 0
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
		n, err := rd.src.Read(rd.buf[rd.w:])
		rd.w += n
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
	return rd.buf[rd.w:]
}

// Advance counts n octets in that were read into Space.
func (rd *Reader) Advance(n int) { rd.w += n }

// room makes place for at least one octet behind buf[w]. Octets are moved to
// the front when at least half of the buffer was consumed, so that a read never
// gets a small rest of it, nor a move carries much.
func (rd *Reader) room(limit int) error {
	switch {
	case rd.buf == nil:
		rd.pooled = buffers.Get().(*buffer)
		rd.buf, rd.r, rd.w = rd.pooled.b[:], 0, 0
		return nil
	case rd.r == rd.w:
		rd.r, rd.w = 0, 0
		return nil
	case rd.r >= len(rd.buf)/2 || rd.w == len(rd.buf) && rd.r > 0:
		rd.w = copy(rd.buf, rd.buf[rd.r:rd.w])
		rd.r = 0
		return nil
	case rd.w < len(rd.buf):
		return nil
	case len(rd.buf) >= limit:
		return io.ErrShortBuffer
	}
	grown := make([]byte, min(2*len(rd.buf), limit))
	rd.w = copy(grown, rd.buf[:rd.w])
	if rd.pooled != nil {
		buffers.Put(rd.pooled)
		rd.pooled = nil
	}
	rd.buf = grown
	return nil
}

// Read gives buffered octets first, then reads from the source straight into p.
func (rd *Reader) Read(p []byte) (int, error) {
	if rd.r < rd.w {
		n := copy(p, rd.buf[rd.r:rd.w])
		rd.r += n
		return n, nil
	}
	return rd.src.Read(p)
}
