package connector

// spinReads is how often an exchange looks for its answer before it leaves the
// waiting to the runtime's poller. A look that finds nothing costs 0.4 µs, so
// that this is the time in which a neighbour answers, and less than it takes to
// put a thread to sleep and to wake it: see bench/RESULTS.md, one connection.
const spinReads = 200

// spinRest is the most exchanges that go by without another try.
const spinRest = 1 << 10

// spinner decides whether to look for an answer instead of sleeping. It pays
// where exactly one request is under way and the server is near; elsewhere it
// takes the processor from those who have work. So it is tried, and after each
// failure left for twice as long. The first exchange of a connection is not: the
// server has yet to take the connection, and many connections have no second one.
type spinner struct {
	begun  bool
	rest   int // exchanges to go by
	wasted int // how many went by after the last failure
}

// reads gives how often the next exchange may look.
func (s *spinner) reads(alone bool) int {
	switch {
	case !s.begun:
		s.begun = true
		return 0
	case !alone:
		return 0
	case s.rest > 0:
		s.rest--
		return 0
	}
	return spinReads
}

// learn takes in whether the looks of an exchange found its answer.
func (s *spinner) learn(found bool) {
	if found {
		s.wasted = 0
		return
	}
	s.wasted = min(2*s.wasted+1, spinRest)
	s.rest = s.wasted
}
