package testnet

import (
	"time"
)

// deadline is a moment after which reads, or writes, fail. It is guarded by the
// link's lock.
type deadline struct {
	timer   *time.Timer // nil when none is set
	expired bool
}

// set moves the deadline to t, wakes up who waits, and forgets the one before. The
// zero time means none.
func (d *deadline) set(l *link, t time.Time) {
	d.stop()
	d.expired = false
	defer l.changed.Broadcast()
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.expired = true
		return
	}
	// The timer's own word counts, not the clock's: a deadline that carries no
	// monotonic reading may differ from it by more than nothing, and a waiter that
	// found it not yet reached would then wait for ever.
	var timer *time.Timer
	timer = time.AfterFunc(left, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if d.timer == timer {
			d.expired = true
			l.changed.Broadcast()
		}
	})
	d.timer = timer
}

// stop lets the timer go.
func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
