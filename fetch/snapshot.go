package fetch

import (
	"time"

	"github.com/aiohttp-go/aiohttp/internal/secret"
)

// A Snapshot is the state of a job at one moment, for a display that asks for
// it a few times a second.
type Snapshot struct {
	Elapsed time.Duration

	Read     int64 // items read from the list
	ListDone bool  // the list is read to its end: Read is the total
	Stopping bool  // Drain was called or the context ended

	Queued   int // items that wait for their turn or their retry
	InFlight int
	Hosts    int // servers with work, and those that rest

	Fetched, Skipped, Failed int64
	Requests                 int64 // sent, retries included
	Retries                  int64 // of them, repetitions
	Bytes                    int64 // received into files, those in flight included

	// Transfers are the requests in flight.
	Transfers []Transfer

	// Resting are servers that get no request at present; at most 16 of them.
	Resting []RestingHost
}

// A Transfer is a request in flight.
type Transfer struct {
	URL     string // password masked
	Host    string // scheme, name and port
	Bytes   int64  // in the file, what was resumed included
	Size    int64  // of the whole file; -1 when it is not known
	Age     time.Duration
	Attempt int // 1 for the first
}

// A RestingHost is a server that is paused, or taken for down.
type RestingHost struct {
	Host   string // scheme, name and port
	Until  time.Time
	Down   error // why it is taken for down; nil when it is paused
	Queued int
}

const maxResting = 16

// Snapshot gives the state of the job. It costs about a microsecond for each
// request in flight and may be called at any time, also before Run and after it.
func (j *Job) Snapshot() Snapshot {
	now := time.Now()
	j.mu.Lock()
	t := &j.tally
	s := Snapshot{
		Read: j.read, ListDone: j.listDone, Stopping: t.Stopped,
		Fetched: t.Fetched, Skipped: t.Skipped, Failed: t.Failed,
		Requests: t.Requests, Retries: t.Retries, Bytes: t.Bytes, Elapsed: t.Elapsed,
	}
	if t.Elapsed == 0 && !t.Started.IsZero() {
		s.Elapsed = now.Sub(t.Started)
	}
	workers, sched := j.workers, j.sched
	j.mu.Unlock()
	for _, w := range workers {
		if tr, fresh, ok := w.transfer(now); ok {
			s.Transfers = append(s.Transfers, tr)
			s.Bytes += fresh
		}
	}
	if sched != nil {
		sched.describe(&s, now)
	}
	return s
}

// transfer gives what the worker does, and how many of the bytes are new.
func (w *worker) transfer(now time.Time) (tr Transfer, fresh int64, ok bool) {
	w.mu.Lock()
	c := w.now
	w.mu.Unlock()
	if c.task == nil {
		return Transfer{}, 0, false
	}
	tr = Transfer{URL: secret.Text(c.url), Host: c.host, Size: c.size, Age: now.Sub(c.began), Attempt: c.tries}
	if c.file == nil {
		fresh = w.sink.written.Load()
		tr.Bytes = c.offset + fresh
		return tr, fresh, true
	}
	// The file itself tells how far it is: nothing has to be counted while the
	// system copies. It may be closed by now; then it is not counted.
	if st, err := c.file.Stat(); err == nil {
		tr.Bytes = st.Size()
		fresh = max(tr.Bytes-c.offset, 0)
	}
	return tr, fresh, true
}

// describe adds what the schedule knows.
func (s *schedule) describe(snap *Snapshot, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	snap.Queued, snap.InFlight, snap.Hosts = s.queued, s.inFlight, len(s.hosts)
	snap.Stopping = snap.Stopping || s.stopped
	for _, e := range s.timers {
		h := e.host
		if h == nil || h.queued == 0 {
			continue
		}
		if !h.until.After(now) && !h.isDown(now) {
			continue // only kept to its rate
		}
		r := RestingHost{Host: h.key, Until: later(h.until, h.downUntil), Queued: h.queued}
		if h.isDown(now) {
			r.Down = h.down
		}
		if snap.Resting = append(snap.Resting, r); len(snap.Resting) == maxResting {
			return
		}
	}
}
