package aiohttp

import (
	"context"
	"iter"
	"sync"

	"github.com/aiohttp-go/aiohttp/aio"
)

// GetAll sends a GET request for each URL, and yields the responses as they
// come. At most limit requests are under way, or answered and waiting for their
// round of the loop:
//
//	for resp, err := range session.GetAll(ctx, 64, slices.Values(urls)) { ... }
//
// A limit below 1 counts as 1. URLs are taken as the requests proceed, so their
// number does not matter. A response belongs to its round of the loop, and is
// closed with it. A failure is an [*aio.InputError] of string, with the URL, around
// the error of [Session.Get], and the loop goes on. Leaving the loop cancels what
// is under way and closes what has come.
func (s *Session) GetAll(ctx context.Context, limit int, urls iter.Seq[string]) iter.Seq2[*Response, error] {
	return func(yield func(*Response, error) bool) {
		// The context of a call of aio.Map ends with the call, but a response
		// needs its own until its body was read.
		ctx, cancel := context.WithCancel(ctx)
		come := waiting{cancel: cancel, resps: make(map[*Response]struct{})}
		defer come.close()
		get := func(_ context.Context, url string) (*Response, error) {
			resp, err := s.Get(ctx, url)
			if err == nil {
				come.add(resp)
			}
			return resp, err
		}
		for resp, err := range aio.Map(ctx, limit, urls, get) {
			if !come.give(resp, err, yield) {
				return
			}
		}
	}
}

// waiting holds the responses that the loop has not been given yet.
type waiting struct {
	cancel context.CancelFunc
	mu     sync.Mutex
	resps  map[*Response]struct{}
}

func (w *waiting) add(r *Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resps[r] = struct{}{}
}

// give runs one round of the loop. When the loop is left, be it by a panic, what
// is under way is cancelled here already, since Map waits for it.
func (w *waiting) give(r *Response, err error, yield func(*Response, error) bool) (more bool) {
	defer func() {
		if !more {
			w.cancel()
		}
	}()
	if r != nil {
		w.mu.Lock()
		delete(w.resps, r)
		w.mu.Unlock()
		defer r.Close()
	}
	return yield(r, err)
}

// close closes what nobody will be given.
func (w *waiting) close() {
	w.cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	for r := range w.resps {
		r.Close()
	}
}
