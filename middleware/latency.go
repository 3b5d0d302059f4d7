package middleware

import (
	"slices"
	"time"
)

// remembered is how many of a host's latest latencies are kept, and enough how
// many tell something.
const (
	remembered = 100
	enough     = 20
)

// latencies are the latest of a host.
type latencies struct {
	last   [remembered]time.Duration
	count  int           // of all that there have been
	length time.Duration // the percentile, when it was last computed
}

// learn notes how long a host took to answer.
func (g *hedger) learn(host string, took time.Duration) {
	if g.Delay > 0 {
		return
	}
	g.hosts.Lock()
	defer g.hosts.Unlock()
	l := g.hosts.get(host, func() *latencies { return &latencies{} })
	l.last[l.count%remembered] = took
	l.count++
	if l.count%(enough/2) == 0 { // not for each
		l.length = percentile(l.last[:min(l.count, remembered)], g.Percentile)
	}
}

// delay gives after what time a request is sent again; negative for never.
func (g *hedger) delay(host string) time.Duration {
	if g.Delay > 0 {
		return g.Delay
	}
	g.hosts.Lock()
	defer g.hosts.Unlock()
	l := g.hosts.get(host, func() *latencies { return &latencies{} })
	if l.count < enough {
		return -1
	}
	return max(l.length, 1)
}

// percentile gives the value that a share of all do not exceed.
func percentile(all []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
