package aiohttp

import (
	"io"
	"iter"
	"os"
	"sync"
	"sync/atomic"
)

// BodyFrom makes a body of an iterator, for Request.Body: its pieces are sent as
// they come, in chunks.
//
//	resp, err := session.Post(ctx, url, aiohttp.Request{Body: aiohttp.BodyFrom(rows)})
//
// An error of the iterator's ends the body, and is that of the request. The
// iterator begins with the first Read, and runs when more is to be sent; a piece
// must stay as it is until the next one is asked for. Where the body is not sent to
// its end, be it that the server has answered before, the iterator is stopped: its
// loop is left. An iterator that waits for something must watch the request's
// context, since nothing else ends its wait. The body can be sent once.
func BodyFrom(pieces iter.Seq2[[]byte, error]) io.ReadCloser { return &produced{pieces: pieces} }

// produced is an iterator as a body.
type produced struct {
	pieces iter.Seq2[[]byte, error]
	closed atomic.Bool

	mu   sync.Mutex // held while the iterator runs
	next func() ([]byte, error, bool)
	stop func()
	rest []byte // of the piece that was given last
	err  error  // why no piece follows
}

// Read gives the next of the body.
func (b *produced) Read(p []byte) (int, error) {
	defer b.leave()
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.rest) == 0 {
		switch {
		case b.closed.Load():
			return 0, os.ErrClosed
		case b.err != nil:
			return 0, b.err
		case len(p) == 0:
			return 0, nil
		}
		if b.next == nil {
			b.next, b.stop = iter.Pull2(b.pieces)
		}
		piece, err, more := b.next()
		if b.rest, b.err = piece, err; err == nil && !more {
			b.err = io.EOF
		}
		if err != nil {
			b.rest = nil
			b.stop()
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// Close stops the iterator: at once or, while it runs, with the piece that it is
// about to give.
func (b *produced) Close() error {
	b.closed.Store(true)
	b.leave()
	return nil
}

// leave stops the iterator of a closed body, unless it runs: then whoever runs it
// comes here next.
func (b *produced) leave() {
	if !b.closed.Load() || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	if b.stop != nil {
		b.stop()
	}
	b.rest = nil
}
