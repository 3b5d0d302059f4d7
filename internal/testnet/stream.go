package testnet

import (
	"bytes"
	"io"
	"sync"
	"syscall"
	"time"
)

// link is what the two ends of a connection share. One lock and one condition
// for both directions make a close or a reset one step for everybody.
type link struct {
	mu      sync.Mutex
	changed sync.Cond // uses mu; anything that a blocked Read or Write waits for
	latency time.Duration
	streams [2]*stream
}

func newLink(opts Options) *link {
	l := &link{latency: opts.Latency}
	l.changed.L = &l.mu
	for i, fault := range []Fault{opts.ToServer, opts.ToClient} {
		l.streams[i] = &stream{link: l, limit: opts.bufferBytes(), fault: fault}
	}
	return l
}

// arrive does f when the news of it has travelled the link: at once, or after the
// latency. It is called with mu held, and f runs with mu held.
func (l *link) arrive(f func()) {
	if l.latency <= 0 {
		f()
		l.changed.Broadcast()
		return
	}
	time.AfterFunc(l.latency, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		f()
		l.changed.Broadcast()
	})
}

// stream is one direction of a link. All of it is guarded by link.mu.
type stream struct {
	link  *link
	limit int
	fault Fault

	buf     bytes.Buffer // written and not yet read, arrived or on the way
	arrived int          // how many bytes of buf the reader may see
	passed  int64        // bytes written in all
	faulted bool         // fault has happened
	stalled bool         // nothing arrives any more
	writing bool         // a Write is in the middle of its bytes

	// What the reader knows.
	readErr error // io.EOF or ECONNRESET, given once all that arrived is read
	// What the writer knows.
	writeErr error // EPIPE or ECONNRESET
}

// room is how many bytes can be written now.
func (s *stream) room() int { return s.limit - s.buf.Len() }

// put appends as much of p as there is room for, lets it travel, and gives the
// count.
func (s *stream) put(p []byte) int {
	n := min(len(p), s.room())
	if s.faulted && (s.fault.Kind == Close || s.fault.Kind == Reset) {
		return n // lost: the writer has not heard yet of the end
	}
	before := s.passed
	s.buf.Write(p[:n])
	s.passed += int64(n)
	if !s.faulted && s.fault.Kind != None && s.passed >= s.fault.After {
		if s.fault.Kind != Corrupt || s.passed > s.fault.After {
			s.faulted = true
			s.strike(before)
			return n
		}
	}
	s.travel(n)
	return n
}

// strike lets the fault happen. The bytes from before on are in buf and have not
// been sent on their way.
func (s *stream) strike(before int64) {
	whole := int(s.passed - before)
	good := int(s.fault.After - before)
	switch s.fault.Kind {
	case Corrupt:
		fresh := s.buf.Bytes()[s.buf.Len()-whole:]
		fresh[good] ^= 0xff
		s.travel(whole)
	case Stall:
		s.travel(good)
		s.stalled = true
	case Close:
		s.cut(whole, good)
		s.link.end(io.EOF, syscall.EPIPE)
	case Reset:
		s.cut(whole, good)
		s.link.end(syscall.ECONNRESET, syscall.ECONNRESET)
	}
}

// cut drops all but the first good of the last whole bytes, and sends those.
func (s *stream) cut(whole, good int) {
	s.buf.Truncate(s.buf.Len() - whole + good)
	s.travel(good)
}

// travel makes n more bytes of buf arrive.
func (s *stream) travel(n int) {
	if n == 0 || s.stalled {
		return
	}
	s.link.arrive(func() { s.arrived += n })
}

// finish makes the end of the stream, or a reset, arrive at the reader.
func (s *stream) finish(err error) {
	if s.stalled {
		return
	}
	s.link.arrive(func() {
		if s.readErr == nil || err == syscall.ECONNRESET {
			s.readErr = err
		}
	})
}

// refuse makes the news arrive at the writer that nobody reads any more.
func (s *stream) refuse(err error) {
	s.link.arrive(func() {
		if s.writeErr == nil {
			s.writeErr = err
		}
	})
}

// take moves bytes that have arrived to p, and gives the count.
func (s *stream) take(p []byte) int {
	n := min(len(p), s.arrived)
	if s.fault.ReadBytes > 0 {
		n = min(n, s.fault.ReadBytes)
	}
	copy(p, s.buf.Next(n))
	s.arrived -= n
	return n
}

// drained says whether the reader has had all. What is still on the way counts:
// timers that fire at one moment run in any order, so the end may overtake bytes.
func (s *stream) drained() bool { return s.buf.Len() == 0 }

// end finishes both directions for both ends.
func (l *link) end(readErr, writeErr error) {
	for _, s := range l.streams {
		s.finish(readErr)
		s.refuse(writeErr)
	}
}
