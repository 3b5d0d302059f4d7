package connector

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// wire is a connection's byte stream below TLS, with deadlines that cost
// nothing while things go well, and with cancellation.
//
// A deadline of the system is armed only when none is, or when the one that is
// armed lies later than it should: one that fires too early does no harm, since
// the read or write is then begun again. So a keep-alive connection that is
// used all the time re-arms its timer about once a time-out, not twice a
// request.
type wire struct {
	net.Conn
	socket        socket
	nowait        bool // reads take only what is pending
	hold          bool // writes are kept in held, for the next read to send
	held          []byte
	reads, writes deadline
	aborted       atomic.Pointer[abort]
}

// abort is why a wire was made unusable from another goroutine.
type abort struct{ cause error }

// errCanceled marks an abort because the request's context ended.
var errCanceled = errors.New("canceled")

var canceled = &abort{errCanceled}

// errNothingPending ends a read that was not to wait.
var errNothingPending net.Error = &limitError{name: "nothing pending"}

// longAgo is a deadline that has passed: setting it wakes a blocked call up.
var longAgo = time.Unix(1, 0)

// clock is the monotonic time that deadlines are kept in.
func clock() int64 { return int64(time.Since(epoch)) }

var epoch = time.Now()

// deadline is the time-out of one direction of a wire.
type deadline struct {
	mu    sync.Mutex
	at    int64         // when progress must have been made, by clock; 0 is never
	armed int64         // what the connection has been told; 0 is nothing
	limit time.Duration // for the error's text
	name  string
	whole int64 // the total time-out of the exchange; 0 is none
	total time.Duration
}

// begin sets the deadline of what comes next: limit from now, or never when
// limit is negative, and in any case not after the exchange's total time-out.
func (w *wire) begin(d *deadline, limit time.Duration, name string) {
	d.mu.Lock()
	d.at, d.limit, d.name = 0, limit, name
	if limit >= 0 {
		d.at = clock() + int64(limit)
	}
	if d.whole != 0 && (d.at == 0 || d.whole < d.at) {
		d.at, d.limit, d.name = d.whole, d.total, "total"
	}
	if d.at != 0 && (d.armed == 0 || d.armed > d.at) {
		w.arm(d)
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
	if w.aborted.Load() != nil {
		w.set(d, longAgo)
	}
}

func (w *wire) set(d *deadline, t time.Time) {
	if d == &w.reads {
		w.Conn.SetReadDeadline(t)
	} else {
		w.Conn.SetWriteDeadline(t)
	}
}

// missed is asked when the connection says that a deadline has passed: it
// gives the error, or nil when the call is to be begun again.
func (w *wire) missed(d *deadline) error {
	if a := w.aborted.Load(); a != nil {
		return a.cause
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at != 0 && clock() >= d.at {
		d.armed = 0 // the timer has run off; the next begin sets a new one
		return &limitError{name: d.name, limit: d.limit}
	}
	w.arm(d)
	return nil
}

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

// Read reads from the connection under the read deadline.
func (w *wire) Read(p []byte) (int, error) {
	if w.nowait && w.socket.peek() == silent {
		return 0, errNothingPending
	}
	if len(w.held) > 0 {
		out := w.held
		w.held = w.held[:0]
		_, n, err := w.exchange(out, p)
		return n, err
	}
	for {
		n, err := w.Conn.Read(p)
		if n > 0 || err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if err := w.missed(&w.reads); err != nil {
			return 0, err
		}
	}
}

// Write writes all of p under the write deadline, which runs anew whenever a
// part of p was taken.
func (w *wire) Write(p []byte) (int, error) {
	if w.hold {
		w.held = append(w.held, p...)
		return len(p), nil
	}
	total := 0
	for {
		n, err := w.Conn.Write(p[total:])
		total += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			return total, err
		}
		if n > 0 {
			w.progress(&w.writes)
		}
		if err := w.missed(&w.writes); err != nil {
			return total, err
		}
	}
}

// exchange sends out and reads the first part of the answer, as one call where
// the connection allows it.
func (w *wire) exchange(out, in []byte) (written, n int, err error) {
	for {
		written, n, err = w.socket.exchange(out, in)
		switch {
		case err != nil && errors.Is(err, os.ErrDeadlineExceeded):
			if err := w.missed(&w.reads); err != nil {
				return written, 0, err
			}
			if written == 0 {
				continue // the old deadline had run off before it began
			}
			n, err = w.Read(in)
			return written, n, err
		case err != nil:
			return written, n, w.opError(err)
		case written < len(out):
			more, err := w.Write(out[written:])
			if err != nil {
				return written + more, 0, err
			}
			n, err = w.Read(in)
			return len(out), n, err
		}
		return written, n, nil
	}
}

// opError gives an error of a system call the shape of package net's.
func (w *wire) opError(err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		return &net.OpError{Op: "exchange", Net: "tcp", Source: w.LocalAddr(), Addr: w.RemoteAddr(), Err: os.NewSyscallError("exchange", errno)}
	}
	return err
}

// progress moves the deadline, because the peer has taken or given something.
func (w *wire) progress(d *deadline) {
	d.mu.Lock()
	if d.at != 0 && d.name != "total" {
		d.at = clock() + int64(d.limit)
		if d.whole != 0 && d.whole < d.at {
			d.at, d.limit, d.name = d.whole, d.total, "total"
		}
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

// abort makes every call that is under way, and every later one, fail.
func (w *wire) abort(a *abort) {
	if w.aborted.CompareAndSwap(nil, a) {
		w.Conn.SetDeadline(longAgo)
	}
}

// SetDeadline and its like are for crypto/tls, which sets them in Close only.
func (w *wire) SetDeadline(t time.Time) error { return w.Conn.SetDeadline(t) }
