package aio

import (
	"context"
	"sync"
	"sync/atomic"
)

// A scope counts the tasks of one owner, so that the owner can wait for them.
// Its zero value is open and empty.
type scope struct {
	parent *scope          // counts this scope as one task while it has any; may be nil
	failed func(err error) // told of each task's error, a *crash for a panic; may be nil

	// state is the count of tasks, in units of oneTask, and the bits below it:
	// one word, so that a task enters and leaves without a lock.
	state atomic.Int64

	mu      sync.Mutex    // held for what state alone cannot do
	empty   chan struct{} // closed when the count falls to zero; see hasWaiters
	crashes []*crash      // panics of tasks that nobody may have awaited
}

// The bits of a scope's state.
const (
	sealed     = 1 << iota // no task may enter any more
	hasWaiters             // somebody waits for the count to fall to zero
	oneTask
)

// sealedScope is the scope of every task that is over.
var sealedScope = func() *scope {
	s := new(scope)
	s.seal()
	return s
}()

// scopeKey is the context key under which a context names its owner's scope.
type scopeKey struct{}

// scopeOf gives the scope that owns what is started on ctx, or nil.
func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// enter counts one more task. It reports false if the owner is over.
func (s *scope) enter() bool {
	if s.parent == nil {
		return s.add()
	}
	// Locked, so that no task is in before the parent counts the first.
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.state.Load() < oneTask
	if first && !s.parent.enter() {
		return false
	}
	in := s.add()
	if first && !in {
		s.parent.leave(nil)
	}
	return in
}

// add adds a task to the count, unless the scope is sealed.
func (s *scope) add() bool {
	for {
		state := s.state.Load()
		if state&sealed != 0 {
			return false
		}
		if s.state.CompareAndSwap(state, state+oneTask) {
			return true
		}
	}
}

// leave takes back one enter, for a task that ended with err.
func (s *scope) leave(err error) {
	if err != nil && s.failed != nil {
		s.failed(err)
	}
	if s.parent == nil {
		if state := s.state.Add(-oneTask); state < oneTask && state&hasWaiters != 0 {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.wake()
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Add(-oneTask) < oneTask {
		s.wake()
		s.parent.leave(nil)
	}
}

// wake ends all waiting if the scope has no task, which is not so if one came
// since the last left. s.mu is held.
func (s *scope) wake() {
	if s.empty != nil && s.state.Load() < oneTask {
		close(s.empty)
		s.empty = nil
	}
}

// wait returns when the scope has no task or ctx is over.
func (s *scope) wait(ctx context.Context) error {
	if s.state.Load() < oneTask {
		return nil
	}
	s.mu.Lock()
	if s.empty == nil {
		s.empty = make(chan struct{})
	}
	empty := s.empty
	// Either this sees that the last task left, or that sees who waits.
	none := s.state.Or(hasWaiters) < oneTask
	s.mu.Unlock()
	if none {
		return nil
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ended("wait", ctx)
	}
}

// seal lets no task in any more.
func (s *scope) seal() { s.state.Or(sealed) }

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
