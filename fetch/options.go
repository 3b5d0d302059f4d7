package fetch

import (
	"time"

	"github.com/aiohttp-go/aiohttp"
)

// Options configure a [Job]. The zero value is the default for every field: it
// downloads politely into the working directory. A Job copies the struct.
type Options struct {
	// Session sends the requests. Its connector should allow as many
	// connections as [Options.MaxConns] gives; a session's own allows 100. Nil
	// means a session of the job's own that does, with the defaults of package
	// aiohttp but without cookies; Run closes it.
	Session *aiohttp.Session

	// Dir is the output folder, made if it is not there. Empty means the
	// working directory. Nothing is written outside of it, whatever URLs, names
	// or symbolic links say.
	Dir string

	// Layout names the files. The zero value is [Tree].
	Layout Layout

	// Overwrite fetches again what is there already. A file is replaced when
	// the new one is whole, not before.
	Overwrite bool

	// Concurrency bounds the requests in flight. Zero means 64; negative is an
	// error: there is no such thing as no limit. Each has a connection and a file
	// open: where the process may not open so many files (ulimit -n) there are
	// fewer. Where the system refuses one all the same, connections at rest are
	// closed, or there are fewer still, and the item is tried again, without
	// counting that as a failure. Summary.Concurrency tells what it came to.
	Concurrency int

	// PerHost bounds the requests in flight to one server (scheme, host name
	// and port in the URL). Zero means 8, what browsers of the HTTP/1.1 era and
	// crawlers stay near to; negative means Concurrency.
	PerHost int

	// Rate bounds the requests begun in a second, in all. Zero and negative
	// mean no limit. Requests are spaced evenly, without bursts.
	Rate float64

	// RatePerHost bounds the requests begun in a second to one server, as Rate
	// does.
	RatePerHost float64

	// Retries is how often a request that failed is sent again, if the failure
	// is one that may pass. Zero means 3; negative means never. A download that
	// goes on by a range with at least 1 MiB of progress starts to count anew.
	Retries int

	// Backoff is the longest wait before the first retry; it doubles with each.
	// The wait is drawn at random between nothing and that. Zero means 1 s;
	// negative means no wait.
	Backoff time.Duration

	// MaxBackoff bounds every wait before a retry, and what is believed of a
	// Retry-After. Zero means 2 min; negative means no wait.
	MaxBackoff time.Duration

	// Timeout bounds one request, reading of the body included. Zero and
	// negative mean no limit: a body that moves is never cut, one that stalls
	// is by the session's time-outs.
	Timeout time.Duration

	// MaxBytes bounds the size of a file. Zero and negative mean no limit.
	MaxBytes int64

	// SHA256 computes the checksum of every file for its Result. Where it is
	// not set, only items that expect one are summed: large bodies, which then
	// have to pass through this process, take about 2.5 times as long from a
	// server that is as fast as the disk (100 of 10 MiB on two cores: 0.7 s
	// without, 1.7 s with).
	SHA256 bool

	// LookAhead bounds how many items are read from the list ahead of their
	// turn to find work for other hosts while one is busy. It bounds the memory
	// of the job, about 500 bytes an item. Zero means 8192; it is twice
	// Concurrency at least.
	LookAhead int

	// OnResult is called for every item that is done with: fetched, skipped or
	// failed, not for those that a stop left. Calls come one at a time from
	// the goroutines of the job, which wait for it. An error ends the job and is
	// returned by Run. What only results tell, such as timings, is not even
	// measured where OnResult is nil.
	OnResult func(Result) error
}

// restingConns is how many connections may rest beside those in use. Hosts take
// turns: with none, nearly every request to more hosts than there are requests
// in flight would close the connection of one host to open that of another.
const restingConns = 256

// MaxConns gives how many connections the connector under Session should allow:
// Concurrency and 256 that rest until it is their host's turn again, or fewer where
// the process may not have so many files open.
func (o Options) MaxConns() int {
	o = o.withDefaults()
	return o.Concurrency + roomOf(openFiles(), o.Concurrency).resting
}

func (o Options) withDefaults() Options {
	if o.Dir == "" {
		o.Dir = "."
	}
	o.Concurrency = roomOf(openFiles(), orDefault(o.Concurrency, 64)).requests
	o.PerHost = min(orDefault(o.PerHost, 8), o.Concurrency)
	if o.PerHost < 0 {
		o.PerHost = o.Concurrency
	}
	o.Retries = max(orDefault(o.Retries, 3), 0)
	o.Backoff = orDefault(o.Backoff, time.Second)
	o.MaxBackoff = orDefault(o.MaxBackoff, 2*time.Minute)
	o.LookAhead = max(orDefault(o.LookAhead, 8192), 2*o.Concurrency)
	return o
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
