package fetch

import (
	"container/heap"
	"time"
)

// wake takes what is due from the timers.
func (s *schedule) wake(now time.Time) {
	for len(s.timers) > 0 && !s.timers[0].at.After(now) {
		e := heap.Pop(&s.timers).(timerEntry)
		h := e.host
		if e.task != nil {
			h = s.hostOf(e.task.key)
			h.pushFront(e.task)
		} else {
			h.waiting = false
		}
		s.update(h, now)
	}
}

// arm sets the timer for the next moment at which something may begin.
func (s *schedule) arm(now time.Time) {
	var at time.Time
	if len(s.timers) > 0 {
		at = s.timers[0].at
	}
	if s.ready.head != nil && s.slot.After(now) && (at.IsZero() || s.slot.Before(at)) {
		at = s.slot
	}
	switch {
	case at.IsZero() || s.stopped:
	case s.timer == nil:
		s.timer = time.AfterFunc(at.Sub(now), s.tick)
	default:
		s.timer.Reset(at.Sub(now))
	}
}

func (s *schedule) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work.Signal()
}

// A timerEntry is a host that rests or a task that waits.
type timerEntry struct {
	at   time.Time
	host *host
	task *task
}

// timers is a heap by time.
type timers []timerEntry

func (q timers) Len() int           { return len(q) }
func (q timers) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q timers) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *timers) Push(x any)        { *q = append(*q, x.(timerEntry)) }
func (q *timers) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = timerEntry{}
	*q = old[:len(old)-1]
	return last
}
