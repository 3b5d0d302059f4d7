package fetch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// maxCauses bounds the kinds of failure that are counted apart.
const maxCauses = 64

// A Summary tells how a job went.
type Summary struct {
	Started time.Time
	Elapsed time.Duration

	Fetched int64 // files that are whole
	Skipped int64 // items that were not sent: Exists and Duplicate
	Failed  int64 // items that failed for good, lines that could not be read included
	Left    int64 // items that were read but not finished before the job was stopped

	// Stopped tells that the job ended before its list did.
	Stopped bool

	Bytes    int64         // received into files
	Requests int64         // sent, retries included
	Retries  int64         // of them, repetitions of one that had failed
	Resumed  int64         // files that went on where an earlier attempt or run had ended
	Statuses map[int]int64 // final responses by status

	// Concurrency is how many requests were allowed in flight in the end:
	// Options.Concurrency, or fewer where the system allows no more open files.
	Concurrency int

	// Sequential is the time that the same requests would have taken one after
	// the other.
	Sequential time.Duration

	Latency *Latency

	// Causes are the kinds of failure, the most frequent first: at most 64, and
	// the rest as one.
	Causes []CauseCount
}

// A CauseCount is one kind of failure.
type CauseCount struct {
	Cause   string // see the function Cause
	Count   int64
	Example Result // the first of the kind; without Options.OnResult it has no FinalURL and no Timings
}

// Done gives the number of items that are finished with.
func (s *Summary) Done() int64 { return s.Fetched + s.Skipped + s.Failed }

// BytesPerSecond gives the throughput of the whole job.
func (s *Summary) BytesPerSecond() float64 { return perSecond(s.Bytes, s.Elapsed) }

// FilesPerSecond gives how many files became whole in a second.
func (s *Summary) FilesPerSecond() float64 { return perSecond(s.Fetched, s.Elapsed) }

func perSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

// String gives the summary in a few lines of plain text.
func (s *Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d fetched, %d skipped, %d failed", s.Fetched, s.Skipped, s.Failed)
	if s.Stopped {
		fmt.Fprintf(&b, ", %d left", s.Left)
	}
	fmt.Fprintf(&b, "; %d bytes in %v (%.1f MB/s, %.0f files/s)\n",
		s.Bytes, s.Elapsed.Round(time.Millisecond), s.BytesPerSecond()/1e6, s.FilesPerSecond())
	if l := s.Latency; l != nil && l.Count() > 0 {
		fmt.Fprintf(&b, "latency: 50%% %v, 90%% %v, 99%% %v, max %v\n",
			l.Percentile(50), l.Percentile(90), l.Percentile(99), l.Max())
	}
	for _, c := range s.Causes {
		fmt.Fprintf(&b, "%d x %s, e.g. %s\n", c.Count, c.Cause, c.Example.describe())
	}
	return b.String()
}

// describe names the item of a result.
func (r *Result) describe() string {
	if r.URL == "" {
		return fmt.Sprintf("line %d", r.Line)
	}
	return shorten(secret.Text(r.URL), 200)
}

// A tally is a summary that is being made.
type tally struct {
	Summary
	causes map[string]*CauseCount
}

func newTally() tally {
	return tally{
		Summary: Summary{Started: time.Now(), Statuses: make(map[int]int64), Latency: newLatency()},
		causes:  make(map[string]*CauseCount),
	}
}

// add counts a result.
func (t *tally) add(r *Result) {
	switch {
	case r.Err != nil:
		t.Failed++
		t.addCause(r)
	case r.Skipped != NotSkipped:
		t.Skipped++
	default:
		t.Fetched++
	}
	if r.Resumed > 0 && r.Err == nil {
		t.Resumed++
	}
	if r.Status != 0 {
		t.Statuses[r.Status]++
	}
}

// count adds what an attempt cost; n is its number among those at its item.
func (t *tally) count(a *attempt, n int) {
	t.Requests++
	if n > 1 {
		t.Retries++
	}
	t.Bytes += a.received
	t.Sequential += a.elapsed
	if a.status != 0 {
		t.Latency.record(a.elapsed)
	}
}

func (t *tally) addCause(r *Result) {
	cause := Cause(r.Err)
	c := t.causes[cause]
	if c == nil {
		if len(t.causes) >= maxCauses {
			cause = "other causes"
			c = t.causes[cause]
		}
		if c == nil {
			c = &CauseCount{Cause: cause, Example: *r}
			t.causes[cause] = c
		}
	}
	c.Count++
}

// summary gives a copy that does not change any more.
func (t *tally) summary() Summary {
	s := t.Summary
	s.Elapsed = time.Since(s.Started)
	s.Latency = t.Latency.copy()
	s.Statuses = make(map[int]int64, len(t.Statuses))
	for status, n := range t.Statuses {
		s.Statuses[status] = n
	}
	for _, c := range t.causes {
		s.Causes = append(s.Causes, *c)
	}
	slices.SortFunc(s.Causes, func(a, b CauseCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Cause, b.Cause))
	})
	return s
}
