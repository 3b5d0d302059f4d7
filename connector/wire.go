package connector

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// wire is a connection's byte stream below TLS, with deadlines that cost
// nothing while things go well, and with cancellation. See deadline.go for the
// former.
type wire struct {
	net.Conn
	socket        socket
	nowait        bool          // reads take only what is pending
	hold          bool          // writes are kept in held, for the next read to send
	held          *heldRecord   // nil when there is nothing held
	flushed       int           // octets of the last held record that were written
	sending       time.Duration // how long exchange may stall at writing
	into          []byte        // where exchangeInto reads to
	place         func() []byte // gives into; made once
	ended         bool          // the end of the stream was read
	lenient       bool          // that is an end of what TLS carries, too
	reads, writes deadline
	aborted       atomic.Pointer[abort]
	ending        atomic.Bool // it is being closed: see alertAndClose
}

// heldRecord is a TLS record that waits for the read which sends it.
type heldRecord struct{ b []byte }

var heldRecords = sync.Pool{New: func() any { return &heldRecord{b: make([]byte, 0, 4<<10)} }}

// abort is why a wire was made unusable from another goroutine.
type abort struct{ cause error }

// errCanceled marks an abort because the request's context ended.
var errCanceled error = interruption("canceled")

var canceled = &abort{errCanceled}

// errNothingPending ends a read that was not to wait.
var errNothingPending net.Error = &limitError{name: "nothing pending"}

// Read reads from the connection under the read deadline.
func (w *wire) Read(p []byte) (int, error) {
	switch {
	case w.nowait:
		return w.readPending(p)
	case w.held != nil:
		return w.readHolding(p)
	}
	return w.read(p)
}

func (w *wire) read(p []byte) (int, error) {
	for {
		n, err := w.Conn.Read(p)
		w.socket.unsure = n == len(p)
		if n > 0 || err == nil {
			return n, err
		}
		w.ended = w.ended || err == io.EOF
		if err := w.failed(&w.reads, err); err != nil {
			return 0, err
		}
	}
}

// readHolding sends the record that is held and reads the answer. What had come
// before is given first, and the record stays held: TLS has messages of its own
// (session tickets) that may come unasked. If it turns out to be data, TLS gives
// it to its reader, who then sees that nothing was sent.
func (w *wire) readHolding(p []byte) (int, error) {
	record := w.held
	written, n, err := w.exchangeInto(record.b, p)
	w.flushed = written
	if err == errUnasked {
		return w.read(p)
	}
	w.drop()
	return n, err
}

// drop forgets what is held.
func (w *wire) drop() {
	if record := w.held; record != nil {
		w.held = nil
		if cap(record.b) <= 64<<10 {
			record.b = record.b[:0]
			heldRecords.Put(record)
		}
	}
}

// readPending reads what has come already.
func (w *wire) readPending(p []byte) (int, error) {
	if w.socket.raw != nil && w.socket.peek() == silent {
		return 0, errNothingPending
	}
	n, err := w.Conn.Read(p)
	if err != nil && isDeadline(err) {
		err = errNothingPending
	}
	return n, err
}

// Write writes all of p under the write deadline, which runs anew whenever a
// part of p was taken.
func (w *wire) Write(p []byte) (int, error) {
	if !w.ending.Load() && w.hold { // an alert may come from another goroutine
		if w.held == nil {
			w.held = heldRecords.Get().(*heldRecord)
		}
		w.held.b = append(w.held.b, p...)
		return len(p), nil
	}
	total := 0
	for {
		n, err := w.Conn.Write(p[total:])
		total += n
		if err == nil {
			return total, nil
		}
		if n > 0 {
			w.progress(&w.writes)
		}
		if err := w.failed(&w.writes, err); err != nil {
			return total, err
		}
	}
}

// exchangeInto is exchange with a place that is there already.
func (w *wire) exchangeInto(out, in []byte) (written, n int, err error) {
	w.into = in
	written, n, err = w.exchange(out, w.place)
	w.into = nil
	return written, n, err
}

// exchange sends out and reads the first part of the answer, as one call where
// the connection allows it. in gives the place to read into, when there is
// something to be read: none is held while the answer is waited for.
func (w *wire) exchange(out []byte, in func() []byte) (written, n int, err error) {
	for {
		w.socket.begin(out, in)
		written, n, err = w.socket.end(w.socket.raw.Read(w.socket.step))
		switch {
		case err == nil && written < len(out):
			w.begin(&w.writes, w.sending, "write")
			more, err := w.Write(out[written:])
			if err != nil {
				return written + more, 0, err
			}
			n, err = w.read(in())
			return len(out), n, err
		case err == nil:
			return written, n, nil
		}
		if err = w.failed(&w.reads, w.opError(err, written, len(out))); err != nil {
			return written, n, err
		}
		if written > 0 { // the old deadline ran off in the middle
			n, err = w.read(in())
			return written, n, err
		}
	}
}

// opError gives an error of a system call the shape of package net's.
func (w *wire) opError(err error, written, of int) error {
	errno, ok := err.(syscall.Errno)
	if !ok {
		return err
	}
	op := "write"
	if written == of {
		op = "read"
	}
	return &net.OpError{Op: op, Net: w.RemoteAddr().Network(), Source: w.LocalAddr(), Addr: w.RemoteAddr(), Err: os.NewSyscallError(op, errno)}
}

// failed is asked what to make of the error of a read or write: it gives the
// error, with its true cause, or nil when the call is to be begun again.
func (w *wire) failed(d *deadline, err error) error {
	if a := w.aborted.Load(); a != nil {
		return a.cause
	}
	if isDeadline(err) {
		return w.missed(d)
	}
	return err
}

// abort makes every call that is under way, and every later one, fail; see revive. A
// connection that is no socket may say that it has set a deadline and do nothing:
// it is closed, since nobody will use it again.
func (w *wire) abort(a *abort) {
	if w.aborted.CompareAndSwap(nil, a) && (w.Conn.SetDeadline(longAgo) != nil || w.socket.raw == nil) {
		w.Conn.Close()
	}
}
