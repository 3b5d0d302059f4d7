package middleware

import "time"

// slots is into how many parts a window is divided.
const slots = 10

// window counts what happened within a time that moves on.
type window struct {
	slot [slots]struct {
		number       int64 // which part of all time it counts
		fails, count int
	}
}

// number gives the part of all time that a moment belongs to.
func number(now time.Time, length time.Duration) int64 {
	return now.UnixNano() / max(int64(length)/slots, 1)
}

func (w *window) add(now time.Time, length time.Duration, failed bool) {
	n := number(now, length)
	s := &w.slot[n%slots]
	if s.number != n {
		s.number, s.fails, s.count = n, 0, 0
	}
	s.count++
	if failed {
		s.fails++
	}
}

func (w *window) sum(now time.Time, length time.Duration) (fails, count int) {
	n := number(now, length)
	for i := range w.slot {
		if s := &w.slot[i]; s.number > n-slots && s.number <= n {
			fails += s.fails
			count += s.count
		}
	}
	return fails, count
}
