package coding

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
)

// ErrClosed is that a body was read after its Close.
var ErrClosed = errors.New("coding: read after close")

var errConcurrentRead = errors.New("coding: concurrent reads of one body")

// NewReader gives the content of a body: src with the codings undone that the values
// of its Content-Encoding field name. It reads nothing itself. A coding that is not
// known is ErrUnknown, and too many are a *BombError; src is then untouched.
//
// Read gives what it can without waiting for more, so that a sender who flushes is
// heard. A body that is empty is empty in every coding, as it is for browsers,
// although none of the formats has an empty form. Without any coding the bytes pass
// as they are and no limit holds.
//
// Close stops decoding, and gives the memory back; it neither reads what is left nor
// closes src. It may be called at any time, also while a Read waits. Reads must not
// be concurrent with each other.
func NewReader(src io.Reader, contentEncoding []string, limits Limits) (io.ReadCloser, error) {
	names := Parse(contentEncoding)
	if len(names) > maxCodings {
		return nil, &BombError{Coding: strings.Join(names[:maxCodings], ", ") + ", ...", Limit: LimitCodings, Max: maxCodings}
	}
	for i, name := range names {
		known, err := canonical(name)
		if err != nil {
			return nil, err
		}
		names[i] = known
	}
	// "the content codings in the order in which they were applied"
	// https://www.rfc-editor.org/rfc/rfc9110#section-8.4-5
	slices.Reverse(names)
	return &reader{src: src, names: names, limits: limits.withDefaults()}, nil
}

// reader is the content of a body.
type reader struct {
	src    io.Reader
	names  []string // of the codings, outermost first
	limits Limits

	mu      sync.Mutex
	reading bool
	closed  bool
	err     error    // for all later reads
	layers  []*layer // one a coding, outermost first; nil before the first Read and after the end
}

// Read gives content. See NewReader.
func (r *reader) Read(p []byte) (int, error) {
	top, err := r.begin()
	if err != nil {
		return 0, err
	}
	// Not deferred: what a panic leaves behind is not for the pool.
	n, err := top.Read(p)
	r.end(err)
	return n, err
}

// begin gives what to read from, and keeps others from taking it away.
func (r *reader) begin() (io.Reader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return nil, ErrClosed
	case r.reading:
		return nil, errConcurrentRead
	case r.err != nil:
		return nil, r.err
	}
	r.reading = true
	top := r.src
	if len(r.layers) > 0 {
		return r.layers[len(r.layers)-1], nil
	}
	for _, name := range r.names {
		l := newLayer(name, top, r.limits)
		if len(r.layers) > 0 {
			l.wire = r.layers[0]
		}
		r.layers = append(r.layers, l)
		top = l
	}
	return top, nil
}

// end lets the decoders go when there is nothing more to read.
func (r *reader) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = false
	if err != nil {
		r.err = err
	}
	if r.closed || r.err != nil {
		r.release()
	}
}

// Close lets the decoders go. See NewReader.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if !r.reading {
		r.release()
	}
	return nil
}

func (r *reader) release() {
	for _, l := range r.layers {
		l.release()
	}
	r.layers = nil
	r.src = nil
}
