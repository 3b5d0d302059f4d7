package fetch

import (
	"container/heap"
	"sync"
	"time"
)

// A schedule decides which item is fetched next: hosts take turns, each within
// its limits, and one that is slow, paused or down holds up no other one. It
// reads ahead in the list only as far as it must to find work, and never
// farther than lookAhead.
type schedule struct {
	concurrency int
	perHost     int
	lookAhead   int
	maxStrikes  int
	rate        spacing // of all hosts together
	hostRate    spacing

	mu    sync.Mutex
	work  sync.Cond // there may be something to begin
	room  sync.Cond // there may be room for another item
	timer *time.Timer

	hosts    map[string]*host
	ready    turns  // hosts that may begin a request
	timers   timers // hosts that rest and tasks that wait for their retry
	free     *task  // list of tasks to use again
	slot     time.Time
	queued   int // tasks that are not in flight
	inFlight int
	limit    int // of them, concurrency or fewer
	runnable int // tasks that could begin now
	idle     int // workers that wait
	closed   bool
	stopped  bool
}

// A task is an item on its way.
type task struct {
	item    Item
	name    string // of its file; empty for none
	key     string // of its host
	n       int    // number in the job
	next    *task
	host    *host
	began   time.Time // of the last attempt
	request string    // hash of the request, when it was needed

	attempts int   // requests sent
	tries    int   // of them, without progress
	reached  int64 // size at which tries began anew
	claimed  bool
	answered bool // the last request was, by its host
	alone    bool // there were too many open files when nothing else was in flight
}

func newSchedule(o Options) *schedule {
	s := &schedule{
		concurrency: o.Concurrency,
		limit:       o.Concurrency,
		perHost:     o.PerHost,
		lookAhead:   o.LookAhead,
		maxStrikes:  max(o.Retries, 3),
		rate:        newSpacing(o.Rate),
		hostRate:    newSpacing(o.RatePerHost),
		hosts:       make(map[string]*host),
	}
	s.work.L, s.room.L = &s.mu, &s.mu
	return s
}

// add queues an item; it waits while there is enough to do. It reports false
// if the job was stopped.
func (s *schedule) add(item Item, key, name string, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runnable >= 2*s.concurrency || s.queued >= s.lookAhead {
		for !s.stopped && !s.hasRoom() {
			s.room.Wait()
		}
	}
	if s.stopped {
		return false
	}
	t := s.free
	if t == nil {
		t = new(task)
	} else {
		s.free = t.next
	}
	*t = task{item: item, key: key, name: name, n: n}
	s.queued++
	h := s.hostOf(key)
	h.pushBack(t)
	s.update(h, time.Now())
	if s.ready.head != nil {
		s.work.Signal()
	}
	return true
}

// hasRoom reports whether more items should be read. The marks are below those
// at which add begins to wait, so that the reader is not woken for each item.
func (s *schedule) hasRoom() bool {
	return s.runnable <= s.concurrency && s.queued <= s.lookAhead-s.concurrency
}

func (s *schedule) signalRoom() {
	if s.hasRoom() {
		s.room.Signal()
	}
}

// isStopped reports whether nothing more will begin.
func (s *schedule) isStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// end tells that no more items will be added.
func (s *schedule) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.work.Broadcast()
}

// stop lets no other task begin.
func (s *schedule) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.timer != nil {
		s.timer.Stop()
	}
	s.work.Broadcast()
	s.room.Broadcast()
}

// next takes back a task that is done with, nil for none, and gives the next one
// to begin, and why its host is down if it is; it waits for one. A nil task
// means that there will be none.
func (s *schedule) next(done *task) (*task, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if done != nil {
		s.leave(done, now)
		*done = task{next: s.free}
		s.free = done
	}
	for ; !s.stopped; now = time.Now() {
		s.wake(now)
		t, down := s.take(now)
		if t != nil {
			if s.idle > 0 { // pass on the signal: there may be work for another
				if s.ready.head != nil {
					s.work.Signal()
				}
				s.arm(now)
			}
			s.signalRoom()
			return t, down
		}
		if s.closed && s.queued == 0 && s.inFlight == 0 {
			s.work.Broadcast()
			break
		}
		s.signalRoom()
		s.arm(now)
		s.idle++
		s.work.Wait()
		s.idle--
	}
	return nil, nil
}

// take gives the first task of the host whose turn it is.
func (s *schedule) take(now time.Time) (t *task, down error) {
	if s.inFlight >= s.limit || s.rate.interval > 0 && s.slot.After(now) {
		return nil, nil
	}
	for h := s.ready.pop(); h != nil; h = s.ready.pop() {
		if h.startable(now, s.perHost) == 0 {
			s.update(h, now)
			continue
		}
		t = h.popFront()
		t.host, t.began = h, now
		s.queued--
		s.inFlight++
		h.active++
		if h.isDown(now) {
			down = h.down
		} else {
			if s.rate.interval > 0 {
				s.slot = s.rate.after(s.slot, now)
			}
			if s.hostRate.interval > 0 {
				h.slot = s.hostRate.after(h.slot, now)
			}
		}
		s.update(h, now)
		return t, down
	}
	return nil, nil
}

// retry puts a task back, to begin again after wait.
func (s *schedule) retry(t *task, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.leave(t, now)
	s.queued++
	heap.Push(&s.timers, timerEntry{at: now.Add(wait), task: t})
	if s.idle > 0 {
		if s.ready.head != nil {
			s.work.Signal()
		}
		s.arm(now)
	}
}

// leave takes a task off its host.
func (s *schedule) leave(t *task, now time.Time) {
	h := t.host
	t.host = nil
	if t.answered {
		h.answered()
		t.answered = false
	}
	s.inFlight--
	h.active--
	s.update(h, now)
}

// pause lets no request to the host of t begin for a time.
func (s *schedule) pause(t *task, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	t.host.until = later(t.host.until, now.Add(wait))
	s.update(t.host, now)
}

// strike tells that the host of t did not answer. It is paused for wait, and
// taken for down if that happened too often in a row; at once if the failure is
// final, such as a name that does not exist.
func (s *schedule) strike(t *task, err error, final bool, wait func(strikes int) time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, now := t.host, time.Now()
	if t.began.Before(h.lastStrike) {
		return
	}
	if h.strikes++; h.strikes == 1 {
		h.firstStrike = now
	}
	h.lastStrike = now
	switch {
	case h.strikes > s.maxStrikes && (final || now.Sub(h.firstStrike) >= downAfter):
		h.down, h.downUntil = err, now.Add(downFor)
	case !final:
		h.until = later(h.until, now.Add(wait(h.strikes)))
	}
	s.update(h, now)
}

func (s *schedule) hostOf(key string) *host {
	h := s.hosts[key]
	if h == nil {
		h = &host{key: key}
		s.hosts[key] = h
	}
	return h
}

// update puts a host where it belongs after anything about it has changed.
func (s *schedule) update(h *host, now time.Time) {
	share := h.startable(now, s.perHost)
	s.runnable += share - h.share
	h.share = share
	if share > 0 {
		s.ready.push(h)
	}
	switch rest := h.restsUntil(); {
	case rest.After(now):
		if !h.waiting {
			h.waiting = true
			heap.Push(&s.timers, timerEntry{at: rest, host: h})
		}
	case h.queued == 0 && h.active == 0 && !h.waiting && s.hosts[h.key] == h:
		delete(s.hosts, h.key)
	}
}
