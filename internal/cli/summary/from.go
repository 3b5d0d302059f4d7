package summary

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// quantiles is the number of points that stand for a distribution: several for
// each column of the histogram.
const quantiles = 500

// From makes a report of what a job says of itself.
func From(s *fetch.Summary) *Report {
	r := &Report{Elapsed: s.Elapsed, Done: s.Done(), Failed: s.Failed, Skipped: s.Skipped,
		Left: s.Left, Resumed: s.Resumed, Retries: s.Retries, Bytes: s.Bytes}
	for _, status := range slices.Sorted(maps.Keys(s.Statuses)) {
		r.Statuses = append(r.Statuses, Status{Status: status, Count: s.Statuses[status]})
	}
	if s.Latency != nil && s.Latency.Count() > 0 {
		r.Latency = newLatency(s.Latency)
	}
	for _, c := range s.Causes {
		r.Causes = append(r.Causes, Cause{Text: c.Cause, Count: c.Count, Example: example(&c.Example)})
	}
	return r
}

func newLatency(l *fetch.Latency) Latency {
	out := Latency{P50: l.Percentile(50), P90: l.Percentile(90), P99: l.Percentile(99), Max: l.Max(),
		Points: make([]time.Duration, min(l.Count(), quantiles))}
	for i := range out.Points {
		out.Points[i] = l.Percentile((float64(i) + 0.5) / float64(len(out.Points)) * 100)
	}
	return out
}

// example names the item of a failure: its URL, or its line where there is none.
func example(r *fetch.Result) string {
	if r.URL == "" {
		return "line " + strconv.Itoa(r.Line)
	}
	if u, err := url.Parse(r.URL); err == nil && u.User != nil {
		return u.Redacted()
	}
	return r.URL
}
