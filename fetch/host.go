package fetch

import "time"

const (
	// downAfter is how long a host must have been silent to be taken for down,
	// however fast its requests fail: a server that restarts is back by then.
	downAfter = 5 * time.Second

	// downFor is how long the items of a host that is down fail without being
	// tried, before one is tried again.
	downFor = time.Minute
)

// A host is what a schedule knows of one server. It is forgotten when it has
// neither work nor a time to wait for.
type host struct {
	key        string
	head, tail *task // queue
	queued     int
	active     int // requests in flight

	until time.Time // no request begins before: a pause
	slot  time.Time // no request begins before: the rate

	// A strike is a request that brought no answer. Requests that began before
	// the last strike say nothing new: eight that time out together are one.
	strikes     int // in a row
	firstStrike time.Time
	lastStrike  time.Time
	down        error // why it is taken for down
	downUntil   time.Time

	ready   bool  // in schedule.ready
	turn    *host // the one behind it there
	waiting bool  // in schedule.timers
	share   int   // what it adds to schedule.runnable
}

func (h *host) pushBack(t *task) {
	t.next = nil
	if h.tail == nil {
		h.head = t
	} else {
		h.tail.next = t
	}
	h.tail = t
	h.queued++
}

func (h *host) pushFront(t *task) {
	t.next = h.head
	h.head = t
	if h.tail == nil {
		h.tail = t
	}
	h.queued++
}

func (h *host) popFront() *task {
	t := h.head
	h.head, t.next = t.next, nil
	if h.head == nil {
		h.tail = nil
	}
	h.queued--
	return t
}

// answered tells that the host is there.
func (h *host) answered() { h.strikes, h.down, h.downUntil = 0, nil, time.Time{} }

func (h *host) isDown(now time.Time) bool { return h.down != nil && now.Before(h.downUntil) }

// restsUntil gives when nothing holds the host back any more.
func (h *host) restsUntil() time.Time { return later(later(h.until, h.slot), h.downUntil) }

// startable gives how many of its queue can begin now.
func (h *host) startable(now time.Time, limit int) int {
	switch {
	case h.queued == 0:
		return 0
	case h.isDown(now):
		return h.queued
	case later(h.until, h.slot).After(now):
		return 0
	}
	return min(h.queued, limit-h.active)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// turns is a queue of hosts, each in it at most once.
type turns struct{ head, tail *host }

func (q *turns) push(h *host) {
	if h.ready {
		return
	}
	h.ready = true
	if q.tail == nil {
		q.head = h
	} else {
		q.tail.turn = h
	}
	q.tail = h
}

// pop gives the first host, which may have no more work; nil if there is none.
func (q *turns) pop() *host {
	h := q.head
	if h == nil {
		return nil
	}
	if q.head = h.turn; q.head == nil {
		q.tail = nil
	}
	h.ready, h.turn = false, nil
	return h
}

// A spacing keeps beginnings apart.
type spacing struct {
	interval time.Duration // zero means no limit

	// slack is how late a beginning may be without moving those after it:
	// timers are not exact, and at 10,000 a second every one would be late.
	slack time.Duration
}

func newSpacing(perSecond float64) spacing {
	if perSecond <= 0 {
		return spacing{}
	}
	p := spacing{interval: time.Duration(min(float64(time.Second)/perSecond, float64(24*time.Hour)))}
	if p.interval < 10*time.Millisecond {
		p.slack = 10 * time.Millisecond
	}
	return p
}

// after gives the next slot after one that was used now.
func (p spacing) after(slot, now time.Time) time.Time {
	return later(slot, now.Add(-p.slack)).Add(p.interval)
}
