package aiohttp

import (
	"errors"
	"io"
	"sync"
)

// replay is a reader that can be sought, shared by the attempts to send it: each
// has a [turn] of its own. An attempt that was given up may still be reading
// when the next begins, so the reader changes hands between two reads, and it is
// closed when the call and its last attempt are through.
type replay struct {
	src   io.ReadSeeker
	start int64

	reading sync.Mutex // held while src is read or sought

	mu     sync.Mutex
	turn   *turn // whose turn it is; nil when that attempt has ended
	kept   bool  // the call may ask for another attempt
	closed bool
}

// turn is the body of one attempt.
type turn struct{ r *replay }

var errSuperseded = errors.New("body is being sent again by another attempt")

// newReplay makes the first attempt's body. It gives false for what cannot be
// sought after all, such as a pipe.
func newReplay(src io.ReadSeeker) (*replay, bool) {
	start, err := src.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, false
	}
	r := &replay{src: src, start: start, kept: true}
	r.turn = &turn{r}
	return r, true
}

// again gives the body to another attempt. It waits for a read that is under
// way.
func (r *replay) again() (io.Reader, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	if _, err := r.src.Seek(r.start, io.SeekStart); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn = &turn{r}
	return r.turn, nil
}

// release says that the call asks for no more attempts.
func (r *replay) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = false
	r.settle()
}

// settle closes the source when nobody needs it any more. r.mu is held.
func (r *replay) settle() {
	if r.kept || r.turn != nil || r.closed {
		return
	}
	r.closed = true
	if c, ok := r.src.(io.Closer); ok {
		c.Close()
	}
}

// Read reads the body, as long as no later attempt does.
func (t *turn) Read(p []byte) (int, error) {
	r := t.r
	r.reading.Lock()
	defer r.reading.Unlock()
	r.mu.Lock()
	mine := r.turn == t
	r.mu.Unlock()
	if !mine {
		return 0, errSuperseded
	}
	return r.src.Read(p)
}

// Close ends the attempt.
func (t *turn) Close() error {
	r := t.r
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turn == t {
		r.turn = nil
		r.settle()
	}
	return nil
}
