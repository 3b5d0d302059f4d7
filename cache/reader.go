package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// attach gives a user of the flight the body.
func (f *flight) attach(ctx context.Context) io.ReadCloser {
	r := &reader{f: f, ctx: ctx}
	if !f.answer.streamed {
		if ctx.Done() != nil {
			r.stop = context.AfterFunc(ctx, f.cancel)
		}
		return &passed{reader: r}
	}
	f.mu.Lock()
	f.readers[r] = struct{}{}
	f.more.Broadcast()
	f.mu.Unlock()
	if ctx.Done() != nil {
		r.stop = context.AfterFunc(ctx, func() {
			f.mu.Lock()
			f.more.Broadcast()
			f.mu.Unlock()
		})
	}
	return r
}

// reader is what one user has of a body.
type reader struct {
	f    *flight
	ctx  context.Context
	stop func() bool // of the watch over ctx; nil when there is none
	at   int64
	once sync.Once
	gone error // what Read gives once it has been given back
}

// Read reads what has come, or waits for more. At the end it gives the body back.
func (r *reader) Read(p []byte) (int, error) {
	f := r.f
	f.mu.Lock()
	for {
		switch {
		case r.gone != nil:
			f.mu.Unlock()
			return 0, r.gone
		case r.ctx.Err() != nil:
			f.mu.Unlock()
			return 0, r.give(ended(r.ctx))
		case len(p) == 0:
			f.mu.Unlock()
			return 0, nil
		case r.at < f.size:
			return r.take(p)
		case f.over != nil:
			err := f.over
			f.mu.Unlock()
			return 0, r.give(err)
		}
		f.more.Wait()
	}
}

// take reads what is there. The lock is held, and given up.
func (r *reader) take(p []byte) (n int, err error) {
	f := r.f
	if r.at < f.kept {
		p = p[:min(int64(len(p)), f.kept-r.at)]
		draft := f.draft
		f.mu.Unlock()
		n, err = draft.ReadAt(p, r.at)
		if n > 0 {
			err = nil
		} else if err == io.EOF {
			err = io.ErrUnexpectedEOF // it was written: the store has lost it
		}
		f.mu.Lock()
	} else {
		n = copy(p, f.tail[int64(len(f.tail))-(f.size-r.at):])
	}
	r.at += int64(n)
	f.more.Broadcast()
	f.mu.Unlock()
	if err != nil {
		return n, r.give(fmt.Errorf("cache: reading a stored body: %w", err))
	}
	return n, nil
}

// Close gives the body back.
func (r *reader) Close() error {
	r.give(errBodyClosed)
	return nil
}

var errBodyClosed = errors.New("cache: read of a closed body")

// give gives the body back, once, for the reason that it returns.
func (r *reader) give(why error) error {
	r.once.Do(func() {
		if r.stop != nil {
			r.stop()
		}
		f := r.f
		f.mu.Lock()
		r.gone = why
		delete(f.readers, r)
		f.mu.Unlock()
		f.leave()
	})
	return why
}

// passed is the origin's own body, for the one user of a flight whose response is
// not stored.
type passed struct{ *reader }

func (p *passed) Read(b []byte) (int, error) {
	if gone := p.goneBy(); gone != nil {
		return 0, gone
	}
	n, err := p.f.source.Read(b)
	if err != nil && err != io.EOF && p.ctx.Err() != nil {
		err = ended(p.ctx)
	}
	if err != nil {
		p.give(err)
	}
	return n, err
}

// goneBy gives why the body was given back, once it was.
func (r *reader) goneBy() error {
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	return r.gone
}
