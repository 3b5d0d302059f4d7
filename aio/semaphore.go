package aio

import (
	"container/list"
	"context"
	"fmt"
	"sync"
)

// A Semaphore has a number of units, and those who want some wait in turn.
// All methods are safe for concurrent use.
type Semaphore struct {
	size int

	mu    sync.Mutex
	free  int
	queue list.List // of *ticket, the first to come in front
}

// A ticket is one who waits for units.
type ticket struct {
	units   int
	place   *list.Element // nil if no longer in the queue
	granted chan struct{} // closed when the units are the holder's
}

// NewSemaphore gives a semaphore with the given number of units, all free. It
// panics if there is less than one.
func NewSemaphore(units int) *Semaphore {
	if units < 1 {
		panic(fmt.Sprintf("aio: semaphore of %d units", units))
	}
	return &Semaphore{size: units, free: units}
}

// Acquire takes units, and waits until all of them are free and those who came
// before have theirs. It takes nothing and fails if ctx ends first, even if the
// units are free, and at once if the semaphore is smaller than that. It panics
// if units is less than 1.
func (s *Semaphore) Acquire(ctx context.Context, units int) error {
	if units > s.size {
		return fmt.Errorf("acquire: %d units of a semaphore of %d", units, s.size)
	}
	if ctx.Err() != nil {
		return ended("acquire", ctx)
	}
	if s.TryAcquire(units) {
		return nil
	}
	return s.redeem(ctx, s.line(units))
}

// TryAcquire takes units and reports true, or takes nothing and reports false
// if that would mean to wait. It panics if units is less than 1.
func (s *Semaphore) TryAcquire(units int) bool {
	checkUnits(units)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue.Len() > 0 || s.free < units {
		return false
	}
	s.free -= units
	return true
}

// Release gives units back. It panics if units is less than 1, or if more are
// given back than were taken.
func (s *Semaphore) Release(units int) {
	checkUnits(units)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free+units > s.size {
		panic("aio: semaphore released more than was acquired")
	}
	s.free += units
	s.grant()
}

// checkUnits panics for a number of units that would corrupt the count.
func checkUnits(units int) {
	if units < 1 {
		panic(fmt.Sprintf("aio: %d semaphore units", units))
	}
}

// grant gives free units to those in front. s.mu is held.
func (s *Semaphore) grant() {
	for {
		front := s.queue.Front()
		if front == nil || front.Value.(*ticket).units > s.free {
			return
		}
		t := s.queue.Remove(front).(*ticket)
		t.place = nil
		s.free -= t.units
		close(t.granted)
	}
}

// line takes a place in the queue, to be redeemed or returned.
func (s *Semaphore) line(units int) *ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &ticket{units: units, granted: make(chan struct{})}
	t.place = s.queue.PushBack(t)
	s.grant()
	return t
}

// redeem waits for the units of a ticket. If ctx ends first the ticket is
// returned.
func (s *Semaphore) redeem(ctx context.Context, t *ticket) error {
	select {
	case <-t.granted:
		return nil
	case <-ctx.Done():
		s.giveBack(t)
		return ended("acquire", ctx)
	}
}

// giveBack returns a ticket, whether or not its units were granted.
func (s *Semaphore) giveBack(t *ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.place != nil {
		s.queue.Remove(t.place)
		t.place = nil
	} else {
		s.free += t.units
	}
	s.grant() // a smaller one may have waited behind
}
