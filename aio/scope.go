package aio

import (
	"context"
	"sync"
)

// A scope counts the tasks of one owner, so that the owner can wait for them.
// Its zero value is open and empty.
type scope struct {
	parent *scope // counts this scope as one task while it has any; may be nil

	mu      sync.Mutex
	count   int
	sealed  bool          // no task may enter any more
	empty   chan struct{} // closed when count falls to zero; made by the first that waits
	crashes []*crash      // panics of tasks that nobody may have awaited
}

// sealedScope is the scope of every task that is over.
var sealedScope = &scope{sealed: true}

// scopeKey is the context key under which a context names its owner's scope.
type scopeKey struct{}

// scopeOf gives the scope that owns what is started on ctx, or nil.
func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// enter counts one more task. It reports false if the owner is over.
func (s *scope) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sealed {
		return false
	}
	if s.count == 0 && s.parent != nil && !s.parent.enter() {
		return false
	}
	s.count++
	return true
}

// leave takes back one enter.
func (s *scope) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count--
	if s.count > 0 {
		return
	}
	if s.empty != nil {
		close(s.empty)
		s.empty = nil
	}
	if s.parent != nil {
		s.parent.leave()
	}
}

// wait returns when the scope has no task or ctx is over.
func (s *scope) wait(ctx context.Context) error {
	s.mu.Lock()
	if s.count == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.empty == nil {
		s.empty = make(chan struct{})
	}
	empty := s.empty
	s.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ended("wait", ctx)
	}
}

// seal lets no task in any more.
func (s *scope) seal() {
	s.mu.Lock()
	s.sealed = true
	s.mu.Unlock()
}

// join seals the scope and waits for the tasks that are in it.
func (s *scope) join() {
	s.seal()
	_ = s.wait(context.Background()) // a context that never ends gives no error
}

// record keeps a panic for the owner, and for the owner's owner, should the
// first be a group that is never closed.
func (s *scope) record(c *crash) {
	for ; s != nil; s = s.parent {
		s.mu.Lock()
		kept := s.crashes[:0]
		for _, old := range s.crashes {
			if !old.seen.Load() {
				kept = append(kept, old)
			}
		}
		clear(s.crashes[len(kept):])
		s.crashes = append(kept, c)
		s.mu.Unlock()
	}
}

// unseen takes the panics that nobody has awaited.
func (s *scope) unseen() []*PanicError {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []*PanicError
	for _, c := range s.crashes {
		if c.see() {
			errs = append(errs, c.err)
		}
	}
	s.crashes = nil
	return errs
}
