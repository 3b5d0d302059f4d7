package fetch

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Range and precision of a latency: 1 µs to an hour with two digits, in 24 KiB.
const (
	maxLatency    = time.Hour
	latencyDigits = 2
)

// A Latency is the distribution of the time that requests took, from request to
// the end of the body, those included that failed after a response came. The
// precision is 1 %. It does not change once it was given out.
type Latency struct {
	h *hdrhistogram.Histogram
}

// A Bucket is a range of latencies and how many fell into it.
type Bucket struct {
	From, To time.Duration // From inclusive, To exclusive
	Count    int64
}

func newLatency() *Latency {
	return &Latency{h: hdrhistogram.New(1, maxLatency.Microseconds(), latencyDigits)}
}

func (l *Latency) record(d time.Duration) {
	// In range by construction, so it cannot fail.
	_ = l.h.RecordValue(min(max(d.Microseconds(), 1), maxLatency.Microseconds()))
}

// Count gives the number of requests.
func (l *Latency) Count() int64 { return l.h.TotalCount() }

// Percentile gives the time within which p percent of the requests were done;
// 0 if there were none.
func (l *Latency) Percentile(p float64) time.Duration {
	return time.Duration(l.h.ValueAtPercentile(p)) * time.Microsecond
}

// Mean gives the average.
func (l *Latency) Mean() time.Duration {
	return time.Duration(l.h.Mean() * float64(time.Microsecond))
}

// Max gives the longest.
func (l *Latency) Max() time.Duration { return time.Duration(l.h.Max()) * time.Microsecond }

// Buckets gives the distribution in ranges whose bounds double, from the first
// to the last that is not empty: at most 32.
func (l *Latency) Buckets() []Bucket {
	var all []Bucket
	for to := time.Microsecond; to <= 2*maxLatency; to *= 2 {
		all = append(all, Bucket{From: to / 2, To: to})
	}
	first, last := len(all), -1
	for _, bar := range l.h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		i := 0
		for all[i].To.Microseconds() <= bar.From {
			i++
		}
		all[i].Count += bar.Count
		first, last = min(first, i), max(last, i)
	}
	if last < 0 {
		return nil
	}
	return all[first : last+1]
}

// copy gives a Latency that further records do not change.
func (l *Latency) copy() *Latency {
	return &Latency{h: hdrhistogram.Import(l.h.Export())}
}
