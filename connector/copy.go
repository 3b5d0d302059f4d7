package connector

import (
	"errors"
	"io"
	"os"
	"sync"
)

func isDeadline(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// copyBuffer is what bulk bodies are copied through: the size at which a read
// loop on a socket is fastest (see bench/RESULTS.md: 128 KiB are slower again).
type copyBuffer struct{ b [64 << 10]byte }

var copyBuffers = sync.Pool{New: func() any { return new(copyBuffer) }}

// WriteTo writes the body to w: to a file straight from the socket where the
// system can do that, else through a large buffer. It is what io.Copy uses.
func (r *Reply) WriteTo(w io.Writer) (int64, error) {
	if !r.enter() {
		return 0, errBodyClosed
	}
	defer r.leave()
	if r.err != nil {
		return 0, noEOF(r.err)
	}
	total, err := r.writeBuffered(w)
	if err != nil || r.err != nil {
		return total, orEOF(err, r.err)
	}
	n, ok, err := r.splice(w)
	if !ok {
		n, err = r.copy(w)
	}
	return total + n, err
}

// noEOF gives nil for the end of a body: for a copy that is success.
func noEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func orEOF(err, end error) error {
	if err != nil {
		return err
	}
	return noEOF(end)
}

// writeBuffered writes what lies in the buffer already, without copying it.
func (r *Reply) writeBuffered(w io.Writer) (int64, error) {
	part := r.body.Buffered()
	if len(part) == 0 {
		return 0, nil
	}
	n, err := writeAll(w, part)
	r.body.Skip(int64(n), true)
	if r.body.Done() {
		r.end(io.EOF)
	}
	return int64(n), err
}

// writeAll writes p, and holds the writer to the contract of io.Writer.
func writeAll(w io.Writer, p []byte) (int, error) {
	n, err := w.Write(p)
	if n < 0 || n > len(p) {
		return 0, errInvalidWrite
	}
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

var errInvalidWrite = errors.New("writer gave an impossible count")

func (r *Reply) copy(w io.Writer) (int64, error) {
	if r.body.Done() {
		r.end(io.EOF)
		return 0, nil
	}
	buf := copyBuffers.Get().(*copyBuffer)
	defer copyBuffers.Put(buf)
	var total int64
	for {
		n, err := r.read(buf.b[:])
		if n > 0 {
			m, writeErr := writeAll(w, buf.b[:n])
			total += int64(m)
			if writeErr != nil {
				if _, file := plainFile(w); file {
					r.lose(writeErr)
				}
				return total, writeErr
			}
		}
		if err != nil {
			return total, noEOF(err)
		}
	}
}

// lose ends a body of which a part was lost on its way into a file: what is read
// behind it would look whole.
func (r *Reply) lose(err error) {
	r.err = err
	r.drop()
}
