package connector

import (
	"os"
	"sync"
	"time"
)

// deadline is the time-out of one direction of a wire.
//
// A deadline of the system is armed only when none is, or when the one that is
// armed lies later than it should: one that fires too early does no harm, since
// the read or write is then begun again. So a keep-alive connection that is
// used all the time re-arms its timer about once a time-out, not twice a
// request.
type deadline struct {
	mu    sync.Mutex
	at    int64         // when progress must have been made, by clock; 0 is never
	armed int64         // what the connection has been told; 0 is nothing
	limit time.Duration // how long the present phase may stall; negative is for ever
	name  string        // of the present phase, for the error's text
	whole int64         // the total time-out of the exchange, by clock; 0 is none
	total time.Duration // the same, for the error's text
	cut   error         // why this direction was given up; nil while it was not
}

// longAgo is a deadline that has passed: setting it wakes a blocked call up.
var longAgo = time.Unix(1, 0)

// clock is the monotonic time that deadlines are kept in. It may be negative:
// under testing/synctest.
func clock() int64 { return int64(time.Since(epoch)) }

var epoch = time.Now()

// after gives the clock's reading d behind now, which is never 0: that stands
// for no deadline.
func after(now int64, d time.Duration) int64 {
	if at := now + int64(d); at != 0 {
		return at
	}
	return 1
}

// begin sets the deadline of what comes next: limit from now, or never when
// limit is negative, and in any case not after the exchange's total time-out.
func (w *wire) begin(d *deadline, limit time.Duration, name string) {
	w.beginAt(clock(), d, limit, name)
}

// beginAt is begin for a caller that has just looked at the clock.
func (w *wire) beginAt(now int64, d *deadline, limit time.Duration, name string) {
	d.mu.Lock()
	w.start(now, d, limit, name)
	d.mu.Unlock()
}

// follow is begin, if the present phase is still the one named before.
func (w *wire) follow(d *deadline, before string, limit time.Duration, name string) {
	d.mu.Lock()
	if d.name == before {
		w.start(clock(), d, limit, name)
	}
	d.mu.Unlock()
}

// start is begin for a caller that holds d.mu.
func (w *wire) start(now int64, d *deadline, limit time.Duration, name string) {
	d.limit, d.name = limit, name
	d.reckon(now)
	if d.at != 0 && (d.armed == 0 || d.armed > d.at) {
		w.arm(d)
	}
}

// reckon lets the present phase begin now. The caller holds d.mu.
func (d *deadline) reckon(now int64) {
	d.at = 0
	if d.limit >= 0 {
		d.at = after(now, d.limit)
	}
	if d.whole != 0 && (d.at == 0 || d.whole < d.at) {
		d.at = d.whole
	}
}

// progress moves the deadline, because the peer has taken or given something. One
// without a limit that could run anew, as net.Conn's users set it, stays.
func (w *wire) progress(d *deadline) {
	d.mu.Lock()
	if d.limit >= 0 {
		d.reckon(clock())
	}
	d.mu.Unlock()
}

// arm tells the connection of the deadline. The caller holds d.mu.
func (w *wire) arm(d *deadline) {
	d.armed = d.at
	var t time.Time
	if d.at != 0 {
		t = time.Now().Add(time.Duration(d.at - clock()))
	}
	w.set(d, t)
	if (w.aborted.Load() != nil || d.cut != nil) && !w.ending.Load() {
		w.set(d, longAgo)
	}
}

func (w *wire) set(d *deadline, t time.Time) error {
	if d == &w.reads {
		return w.Conn.SetReadDeadline(t)
	}
	return w.Conn.SetWriteDeadline(t)
}

// missed is asked when the connection says that a deadline has passed: it
// gives the error, or nil when the call is to be begun again.
func (w *wire) missed(d *deadline) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.cut != nil:
		return d.cut
	case d.at == 0 || clock() < d.at:
		w.arm(d)
		return nil
	}
	d.armed = 0 // the timer has run off; the next begin sets a new one
	switch {
	case d.at == d.whole:
		return &limitError{name: "total", limit: d.total}
	case d.name == "":
		return os.ErrDeadlineExceeded // the user's own, on an upgraded connection
	}
	return &limitError{name: d.name, limit: d.limit}
}

// nudge lets a read that is under way begin again: it is woken by a deadline that
// turns out to be none.
func (w *wire) nudge() {
	w.reads.mu.Lock()
	w.set(&w.reads, longAgo)
	w.reads.mu.Unlock()
}

// giveUp makes the calls of one direction, the one under way and all later
// ones, fail with cause.
func (w *wire) giveUp(d *deadline, cause error) {
	d.mu.Lock()
	d.cut = cause
	if w.set(d, longAgo) != nil {
		w.Conn.Close() // it knows no deadlines
	}
	d.mu.Unlock()
}

// bound sets the total time-out of the exchange that begins; 0 is none.
func (w *wire) bound(whole int64, total time.Duration) {
	for _, d := range [...]*deadline{&w.reads, &w.writes} {
		d.mu.Lock()
		d.whole, d.total = whole, total
		d.mu.Unlock()
	}
}

// rearm tells the connection of a read deadline that is none of a phase's.
func (w *wire) rearm(t time.Time) error {
	w.reads.mu.Lock()
	defer w.reads.mu.Unlock()
	w.reads.armed = 0 // the next phase sets its own
	return w.Conn.SetReadDeadline(t)
}

// until sets a deadline as net.Conn does: the zero time is none.
func (w *wire) until(d *deadline, t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limit, d.name, d.at = -1, "", 0
	if !t.IsZero() {
		rest := time.Until(t)
		if w.ending.Load() {
			rest = min(rest, farewell)
		}
		d.at = after(clock(), rest)
	}
	w.arm(d) // also when it lies later: a call under way is to see it
	return nil
}

// SetDeadline, with its like, is what a user of an upgraded connection calls,
// and crypto/tls when it closes.
func (w *wire) SetDeadline(t time.Time) error {
	w.until(&w.reads, t)
	return w.until(&w.writes, t)
}

// SetReadDeadline sets the deadline of reads.
func (w *wire) SetReadDeadline(t time.Time) error { return w.until(&w.reads, t) }

// SetWriteDeadline sets the deadline of writes.
func (w *wire) SetWriteDeadline(t time.Time) error { return w.until(&w.writes, t) }

// limitError is a time-out of the connector's. It is temporary in the sense of
// net.Error, so that crypto/tls lets a read go on after it.
type limitError struct {
	name  string
	limit time.Duration
}

func (e *limitError) Error() string   { return e.name + " timeout of " + e.limit.String() }
func (e *limitError) Timeout() bool   { return true }
func (e *limitError) Temporary() bool { return true }
func (e *limitError) Unwrap() error   { return os.ErrDeadlineExceeded }
