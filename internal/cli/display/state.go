// Package display shows a job of many downloads while it runs: bars on a
// terminal, a line every few seconds elsewhere.
package display

import "time"

// State is one moment of a job.
type State struct {
	// Elapsed is the time since the job began.
	Elapsed time.Duration

	// Total is the number of items, negative while the list is still read.
	Total int64

	// Done counts the items that are finished, well or badly; Failed those that
	// ended badly; Retries the attempts beyond each item's first.
	Done, Failed, Retries int64

	// InFlight is the number of items being downloaded.
	InFlight int64

	// Bytes is what was received so far.
	Bytes int64

	// Slowest are the downloads that have been running longest, the longest
	// first.
	Slowest []Download

	// Resting are the servers that get no requests at present.
	Resting []Rest

	// Ending tells that the job takes no new items.
	Ending bool
}

// Download is an item that is being downloaded.
type Download struct {
	URL     string
	Elapsed time.Duration
	Bytes   int64
	Size    int64 // of the whole body in bytes; zero or negative when unknown
}

// Rest is a server that gets no requests at present.
type Rest struct {
	Host   string
	Left   time.Duration // until it is asked again
	Down   bool          // nothing that was sent to it worked; else it asked for the pause
	Queued int           // items that wait for it
}

// window is the time over which rates are averaged: long enough not to jump,
// short enough to show a stall.
const window = 5 * time.Second

// meter turns states into rates. It is not safe for concurrent use.
type meter struct{ samples []sample }

type sample struct {
	at          time.Duration
	done, bytes int64
}

// rates are those of the last few seconds.
type rates struct {
	items float64 // a second
	bytes float64 // a second
	left  time.Duration
	known bool // left is known
}

// observe notes st and gives the rates up to it.
func (m *meter) observe(st *State) rates {
	m.samples = append(m.samples, sample{st.Elapsed, st.Done, st.Bytes})
	for len(m.samples) > 2 && st.Elapsed-m.samples[1].at >= window {
		m.samples = m.samples[1:]
	}
	first := m.samples[0]
	if len(m.samples) == 1 {
		first = sample{}
	}
	span := (st.Elapsed - first.at).Seconds()
	if span <= 0 {
		return rates{}
	}
	r := rates{items: float64(st.Done-first.done) / span, bytes: float64(st.Bytes-first.bytes) / span}
	if st.Total >= 0 && r.items > 0 {
		r.known = true
		r.left = time.Duration(float64(st.Total-st.Done) / r.items * float64(time.Second))
	}
	return r
}
