package coding

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

const (
	// sourceBufferBytes is how far a decoder may read ahead of what it has given. It
	// blurs the ratio by as much, and so is small.
	sourceBufferBytes = 4 << 10

	// stepBytes is how much is decoded between two looks at the limits.
	stepBytes = 64 << 10
)

// decoder undoes one coding. Between release and reset it refers to no source.
type decoder interface {
	// reset makes it decode src from now on. It reads nothing.
	reset(src *bufio.Reader, limits Limits)
	io.Reader
	release()
}

// pools holds idle layers with their decoders, which are large: their tables,
// and the window that they look back at.
var pools = map[string]*sync.Pool{
	"gzip":    {New: func() any { return &layer{coding: "gzip", dec: new(gzipDecoder)} }},
	"deflate": {New: func() any { return &layer{coding: "deflate", dec: new(deflateDecoder)} }},
	"br":      {New: func() any { return &layer{coding: "br", dec: new(brotliDecoder)} }},
	"zstd":    {New: func() any { return &layer{coding: "zstd", dec: new(zstdDecoder)} }},
}

// layer is one coding of a body: a decoder with its source, and the account of what
// went through it.
type layer struct {
	coding string
	dec    decoder
	limits Limits
	wire   *layer // the outermost layer, whose source is the wire
	src    source
	buf    *bufio.Reader // of src

	started bool
	decoded int64
	windows int // of all layers, in bytes of memory; counted by the outermost
}

// source counts what is read, and remembers why that ended.
type source struct {
	io.Reader
	n   int64
	err error // other than io.EOF
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.n += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// newLayer takes a layer from the pool, the outermost until its wire is set.
func newLayer(name string, src io.Reader, limits Limits) *layer {
	l := pools[name].Get().(*layer)
	l.limits = limits
	l.wire = l
	l.src = source{Reader: src}
	if l.buf == nil {
		l.buf = bufio.NewReaderSize(&l.src, sourceBufferBytes)
	} else {
		l.buf.Reset(&l.src)
	}
	l.started = false
	l.decoded = 0
	l.windows = 0
	return l
}

// release gives the layer back. It must not be used after that.
func (l *layer) release() {
	l.dec.release()
	l.src = source{}
	l.buf.Reset(nil)
	l.wire = nil
	pools[l.coding].Put(l)
}

// Read gives decoded bytes, at least one or an error.
func (l *layer) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !l.started {
		if err := l.start(); err != nil {
			return 0, err
		}
	}
	for {
		n, err := l.dec.Read(p[:min(len(p), stepBytes)])
		l.decoded += int64(n)
		if bomb := l.check(); bomb != nil {
			if bomb.Limit == LimitBytes {
				n -= int(l.decoded - l.limits.MaxBytes)
			}
			return n, bomb
		}
		if err != nil {
			return n, l.explain(err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

// start begins to decode when there is something, and memory for it.
func (l *layer) start() error {
	head, err := l.buf.Peek(1)
	if err != nil {
		return err
	}
	if l.wire.windows += windowMemory(l.coding, head[0]); l.wire.windows > maxWindowMemory {
		return l.bomb(LimitWindow, maxWindowMemory)
	}
	l.dec.reset(l.buf, l.limits)
	l.started = true
	return nil
}

// encoded is how many bytes of the wire have been used.
func (l *layer) encoded() int64 { return l.wire.src.n - int64(l.wire.buf.Buffered()) }

// check gives the limit that has been crossed, or nil.
func (l *layer) check() *BombError {
	if l.limits.MaxBytes > 0 && l.decoded > l.limits.MaxBytes {
		return l.bomb(LimitBytes, float64(l.limits.MaxBytes))
	}
	if l.limits.MaxRatio > 0 && l.decoded > ratioGraceBytes && float64(l.decoded) > l.limits.MaxRatio*float64(l.encoded()) {
		return l.bomb(LimitRatio, l.limits.MaxRatio)
	}
	return nil
}

func (l *layer) bomb(limit Limit, maximum float64) *BombError {
	return &BombError{Coding: l.coding, Limit: limit, Max: maximum, Decoded: l.decoded, Encoded: l.encoded()}
}

// explain gives the error that a user sees for one of the decoder's.
func (l *layer) explain(err error) error {
	var tooMuch limitError
	switch {
	case l.src.err != nil:
		// What failed is the source. Decoders disguise that, or take it for the end.
		return l.src.err
	case err == io.EOF:
		return io.EOF
	case errors.As(err, &tooMuch):
		return l.bomb(tooMuch.limit, tooMuch.max)
	}
	return &Error{Coding: l.coding, Err: err}
}

// limitError is how a decoder says that a limit was crossed that only it can see.
type limitError struct {
	limit Limit
	max   float64
}

func (limitError) Error() string { return "limit crossed" }
