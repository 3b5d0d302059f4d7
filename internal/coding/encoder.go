package coding

import (
	"bytes"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// brotliLevel is what servers use for what is compressed as it is sent: about the
// size of gzip's best, at gzip's speed.
const brotliLevel = 5

// zstdWindowBytes is far below the 8 MB that RFC 9659 allows, since a peer has to
// set it aside.
const zstdWindowBytes = 1 << 20

// Encodes reports whether NewEncoder knows a coding.
func Encodes(name string) bool {
	switch name {
	case "gzip", "deflate", "br", "zstd":
		return true
	}
	return false
}

// newWriter gives what applies a coding.
func newWriter(w io.Writer, name string) (io.WriteCloser, error) {
	switch name {
	case "gzip":
		return gzip.NewWriter(w), nil
	case "deflate":
		// "The "deflate" coding is a "zlib" data format [RFC1950] containing a
		// "deflate" compressed data stream"
		// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2-1
		return zlib.NewWriter(w), nil
	case "br":
		return brotli.NewWriterLevel(w, brotliLevel), nil
	case "zstd":
		// With a concurrency of one there is no goroutine.
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindowBytes), zstd.WithZeroFrames(true))
	}
	return nil, fmt.Errorf("%w %q", ErrUnknown, name)
}

// Encode applies a coding to data.
func Encode(data []byte, name string) ([]byte, error) {
	var b bytes.Buffer
	w, err := newWriter(&b, name)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// Encoder is a body under a coding: as it is read it reads and compresses its
// source. What the source gives may be held back until there is enough to
// compress. It is not safe for concurrent use, but for Close.
type Encoder struct {
	src  io.Reader
	w    io.WriteCloser
	out  bytes.Buffer
	in   []byte
	done error // why nothing more is to come
}

// NewEncoder applies a coding to a source.
func NewEncoder(src io.Reader, name string) (*Encoder, error) {
	e := &Encoder{src: src}
	w, err := newWriter(&e.out, name)
	if err != nil {
		return nil, err
	}
	e.w = w
	return e, nil
}

// Read gives the next of the compressed body, and an error of the source as it is.
func (e *Encoder) Read(p []byte) (int, error) {
	for e.out.Len() == 0 {
		if e.done != nil {
			return 0, e.done
		}
		if e.in == nil {
			e.in = make([]byte, 32<<10)
		}
		n, err := e.src.Read(e.in)
		if n > 0 {
			if _, err := e.w.Write(e.in[:n]); err != nil {
				e.done = err
				continue
			}
		}
		switch err {
		case nil:
		case io.EOF:
			if e.done = e.w.Close(); e.done == nil {
				e.done = io.EOF
			}
		default:
			e.done = err
		}
	}
	return e.out.Read(p)
}

// Close closes the source, where it can be closed.
func (e *Encoder) Close() error {
	if c, ok := e.src.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
