//go:build unix

package connector

import (
	"io"
	"syscall"
	"time"
)

// socket does system calls of its own on a connection's descriptor. It is made
// once a connection, with its functions, so that using it allocates nothing.
type socket struct {
	raw    syscall.RawConn
	looker func(fd uintptr)
	step   func(fd uintptr) bool // one, made once

	seen peeked
	one  [1]byte

	blind  bool // the next exchange does not look before it writes
	unsure bool // no read has told that nothing waits: the last one filled the place it had, or was long ago
	alone  bool // no other connection is in use: the answer may be looked for
	spin   spinner

	// The exchange under way.
	out     []byte
	in      func() []byte // where to read to
	sent    bool
	timed   bool      // sentAt is asked for
	sentAt  time.Time // when the last octet of out was written
	written int
	n       int
	err     error
}

// init takes the descriptor of a connection.
func (s *socket) init(raw syscall.RawConn) {
	s.raw = raw
	s.looker = func(fd uintptr) { s.seen = s.look(fd) }
	s.step = s.proceed
}

// peek looks at the receive queue without taking from it and without waiting:
// one system call.
func (s *socket) peek() peeked {
	if s.raw.Control(s.looker) != nil {
		return gone
	}
	return s.seen
}

// peekBeside is peek for another goroutine than the connection's own.
func (s *socket) peekBeside() peeked {
	seen := gone
	if s.raw.Control(func(fd uintptr) { seen = look(fd, make([]byte, 1)) }) != nil {
		return gone
	}
	return seen
}

func (s *socket) look(fd uintptr) peeked { return look(fd, s.one[:]) }

func look(fd uintptr, one []byte) peeked {
	n, _, err := syscall.Recvfrom(int(fd), one, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	switch {
	case n > 0:
		return pending
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return silent
	}
	return gone
}

// timeSend asks for the moment at which the next exchange has sent all, or no
// longer for it.
func (s *socket) timeSend(on bool) {
	s.timed = on
	s.sentAt = time.Time{}
}

// canFuse reports whether exchange works for this connection.
func (s *socket) canFuse() bool { return s.raw != nil }

// An exchange, which is begin, step in the hands of the poller, and end, writes out
// and reads what comes back first into in, in one visit to the runtime's poller: the
// read is tried only when the answer is there, where a Write and a Read would try it
// once in vain. Before anything is written it makes sure, unless it is blind, that
// the peer is there (errStale if not) and that nothing has arrived unasked
// (errUnasked if so).

// begin takes what an exchange is about.
func (s *socket) begin(out []byte, in func() []byte) {
	s.out, s.in = out, in
	s.sent, s.written, s.n, s.err = false, 0, 0, nil
}

// end gives what has come of it, where err is the poller's. written tells how much of
// out was taken; where that is not all, nothing was read and the caller goes on by
// ordinary means.
func (s *socket) end(err error) (written, n int, _ error) {
	s.out, s.in = nil, nil
	if err == nil {
		err = s.err
	}
	if err == nil && s.sent && s.n == 0 {
		err = io.EOF
	}
	return s.written, s.n, err
}

// proceed is called by the poller with the descriptor, again whenever that may
// have become readable, until it gives true. The poller forgets earlier
// readiness before the first call, so none that comes after our write is lost.
func (s *socket) proceed(fd uintptr) bool {
	if !s.sent {
		if !s.blind {
			switch s.look(fd) {
			case pending:
				s.err = errUnasked
				return true
			case gone:
				s.err = errStale
				return true
			}
		}
		n, err := ignoringEINTR(syscall.Write, int(fd), s.out)
		if err != nil && err != syscall.EAGAIN {
			s.err = err
			return true
		}
		s.written = max(n, 0)
		if s.written < len(s.out) {
			return true
		}
		s.sent = true
		if s.timed {
			s.sentAt = time.Now()
		}
		return s.lookOut(fd)
	}
	return s.receive(fd)
}

// lookOut tries to read the answer for a while, where that may pay.
func (s *socket) lookOut(fd uintptr) bool {
	reads := s.spin.reads(s.alone)
	if reads == 0 {
		return false
	}
	for range reads {
		if s.receive(fd) {
			s.spin.learn(true)
			return true
		}
	}
	s.spin.learn(false)
	return false
}

// receive reads what has come, and reports whether there was anything.
func (s *socket) receive(fd uintptr) bool {
	into := s.in()
	n, err := ignoringEINTR(syscall.Read, int(fd), into)
	if err == syscall.EAGAIN {
		return false
	}
	s.unsure = n == len(into)
	s.n, s.err = max(n, 0), err
	return true
}

func ignoringEINTR(call func(int, []byte) (int, error), fd int, p []byte) (int, error) {
	for {
		n, err := call(fd, p)
		if err != syscall.EINTR {
			return n, err
		}
	}
}
