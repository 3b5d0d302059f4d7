package form

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// Body is a form on its way to a server. It implements [io.WriterTo], by which
// content in memory is not copied and files can go from disk to socket.
//
// One goroutine may read it; Close may be called by another at the same time.
type Body struct {
	// ContentType is the value of the Content-Type field.
	ContentType string

	// Length is the number of bytes of the whole body, -1 when it is not known.
	Length int64

	segments []segment // shared with bodies opened again; never changed

	// Of the goroutine that reads:
	next int           // segment after the one that is read
	rest []byte        // of a segment in memory
	from io.ReadCloser // of a segment that is a source
	src  *source
	left int64 // of a source of known size
	err  error

	mu     sync.Mutex
	opened io.Closer // is from
	closed bool
}

// segment is a piece of a body, either in memory or a source.
type segment struct {
	data []byte
	src  *source
}

func newBody(contentType string, segments []segment, length int64) *Body {
	return &Body{ContentType: contentType, Length: length, segments: segments}
}

// Replayable reports whether the body can be sent any number of times: whether
// there is no part in it that can be read only once.
func (b *Body) Replayable() bool {
	for _, s := range b.segments {
		if s.src != nil && s.src.once {
			return false
		}
	}
	return true
}

// Reopen gives the same body from its start, with the same boundary, whether or
// not this one was read or closed. It is [ErrSpent] when a part was read that
// can be read only once. A reader shared by both bodies goes over to the new one
// when that comes to it. Reopen may be called while this body is being read.
func (b *Body) Reopen() (*Body, error) {
	for _, s := range b.segments {
		if s.src != nil && s.src.spent != nil && s.src.spent() {
			return nil, fmt.Errorf("sending form again: part %q: %w", s.src.name, ErrSpent)
		}
	}
	return newBody(b.ContentType, b.segments, b.Length), nil
}

// Bytes gives the whole body when all of it lies in one piece of memory, as that
// of a form with nothing but small values does. It must not be changed.
func (b *Body) Bytes() (content []byte, ok bool) {
	if len(b.segments) != 1 || b.segments[0].src != nil {
		return nil, false
	}
	return b.segments[0].data, true
}

// Close closes what is open. It is idempotent, and reading fails afterwards.
func (b *Body) Close() error {
	b.mu.Lock()
	opened := b.opened
	b.opened, b.closed = nil, true
	b.mu.Unlock()
	if opened != nil {
		return opened.Close()
	}
	return nil
}

// Read reads the body. A part that has not the size it was said to have is an
// error.
func (b *Body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for b.advance() {
		if b.from == nil {
			n := copy(p, b.rest)
			b.rest = b.rest[n:]
			return n, nil
		}
		if n := b.readSource(p); n > 0 || b.from != nil {
			return n, nil
		}
	}
	return 0, b.err
}

// readSource reads of a source. When nothing comes of it, either b.err says why
// or the source is at its end.
func (b *Body) readSource(p []byte) int {
	if b.src.size >= 0 && b.left == 0 {
		b.end(b.checkEnd())
		return 0
	}
	if b.src.size >= 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	switch {
	case err == io.EOF && b.src.size >= 0 && b.left > 0:
		b.end(b.shorter())
	case err == io.EOF:
		b.end(nil)
	case err != nil:
		b.end(err)
	}
	return n
}

func (b *Body) shorter() error {
	return fmt.Errorf("content ended %d bytes before its size of %d: %w", b.left, b.src.size, io.ErrUnexpectedEOF)
}

// checkEnd reports content that goes on behind its size.
func (b *Body) checkEnd() error {
	if b.src.cut {
		return nil
	}
	var one [1]byte
	n, err := b.from.Read(one[:])
	if n > 0 {
		return fmt.Errorf("content is longer than its size of %d bytes", b.src.size)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// advance goes to the next segment when there is nothing left of the present
// one. It gives false, and sets b.err, when there is nothing to read any more.
func (b *Body) advance() bool {
	for b.err == nil && b.from == nil && len(b.rest) == 0 {
		if b.next == len(b.segments) {
			b.err = io.EOF
			break
		}
		s := b.segments[b.next]
		b.next++
		if s.src == nil {
			b.rest = s.data
		} else if err := b.open(s.src); err != nil {
			b.fail(s.src, err)
		}
	}
	if b.err == nil {
		b.mu.Lock()
		if b.closed {
			b.err = errClosed
		}
		b.mu.Unlock()
	}
	return b.err == nil
}

func (b *Body) open(src *source) error {
	from, err := src.open()
	if err != nil {
		return err
	}
	if from == nil {
		return errors.New("Open gave nil")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		from.Close()
		return errClosed
	}
	b.from, b.src, b.left, b.opened = from, src, src.size, from
	return nil
}

// end closes the source that is read; err is why it ended early.
func (b *Body) end(err error) {
	b.mu.Lock()
	opened := b.opened
	b.opened = nil
	b.mu.Unlock()
	if opened != nil {
		opened.Close() // it was only read: its error would say nothing of the content
	}
	if err != nil {
		b.fail(b.src, err)
	}
	b.from = nil
}

func (b *Body) fail(src *source, err error) {
	b.err = fmt.Errorf("sending form part %q: %w", src.name, err)
}

// WriteTo writes what is left of the body to w.
func (b *Body) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for b.advance() {
		if b.from == nil {
			n, err := w.Write(b.rest)
			written += int64(n)
			b.rest = b.rest[n:]
			if err != nil {
				return written, err
			}
			continue
		}
		written += b.writeSource(w)
	}
	if b.err == io.EOF {
		return written, nil
	}
	return written, b.err
}

// writeSource copies what is left of a source. What goes wrong, with either end,
// goes to b.err.
func (b *Body) writeSource(w io.Writer) int64 {
	var from io.Reader = b.from
	if b.src.size >= 0 {
		from = &io.LimitedReader{R: b.from, N: b.left}
	}
	n, err := io.Copy(w, from)
	b.left -= n
	switch {
	case err != nil:
		b.end(err)
	case b.src.size < 0:
		b.end(nil)
	case b.left > 0:
		b.end(b.shorter())
	default:
		b.end(b.checkEnd())
	}
	return n
}
