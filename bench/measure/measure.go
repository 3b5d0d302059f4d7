// Package measure runs one client at one number of connections for a while and
// counts what it did and what that took. It is run in a process of its own, so
// that the process's figures are the client's.
package measure

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/profile"
)

// Sample is what was measured.
type Sample struct {
	Requests int64         `json:"requests"`
	Wall     time.Duration `json:"wall_ns"`
	User     time.Duration `json:"user_ns"`
	System   time.Duration `json:"system_ns"`

	// Mallocs and Bytes were allocated; -1 where the client's language has no
	// such count.
	Mallocs int64 `json:"mallocs"`
	Bytes   int64 `json:"bytes"`
}

// CPU is the processor time that was used.
func (s Sample) CPU() time.Duration { return s.User + s.System }

// Each divides by the number of requests.
func (s Sample) Each(total float64) float64 { return total / float64(s.Requests) }

// Options say how long to measure.
type Options struct {
	Warm time.Duration // before the measurement, on top of one exchange on every connection
	For  time.Duration

	// Profile is recorded during the measurement; nil means none.
	Profile *profile.Recording
}

// Run opens a client and keeps t.Conns exchanges under way.
func Run(p peer.Peer, t peer.Target, o Options) (Sample, error) {
	client, err := p.Open(t)
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	defer client.Close()
	l, err := start(client, t.Conns)
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	l.ready.Wait()
	time.Sleep(o.Warm)
	runtime.GC() // every client begins with the same debt
	if err := o.Profile.Start(); err != nil {
		return Sample{}, err
	}
	before, err := l.snapshot()
	if err != nil {
		return Sample{}, err
	}
	time.Sleep(o.For)
	after, err := l.snapshot()
	if err != nil {
		return Sample{}, err
	}
	if err := o.Profile.Stop(); err != nil {
		return Sample{}, err
	}
	if err := l.stop(); err != nil {
		return Sample{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	return after.since(before)
}

// load is the goroutines that send requests.
type load struct {
	counts  []count
	ending  atomic.Bool
	ready   sync.WaitGroup // every goroutine has had its first answer
	running sync.WaitGroup
	failure atomic.Pointer[error]
}

// count is one goroutine's number of answers, in a cache line of its own.
type count struct {
	n atomic.Int64
	_ [120]byte
}

func start(client peer.Client, conns int) (*load, error) {
	l := &load{counts: make([]count, conns)}
	exchanges := make([]peer.Exchange, conns)
	for i := range exchanges {
		var err error
		if exchanges[i], err = client.Worker(); err != nil {
			return nil, err
		}
	}
	l.ready.Add(conns)
	for i, exchange := range exchanges {
		l.running.Go(func() { l.send(exchange, &l.counts[i].n) })
	}
	return l, nil
}

func (l *load) send(exchange peer.Exchange, n *atomic.Int64) {
	first := true
	for !l.ending.Load() {
		err := exchange()
		if first {
			l.ready.Done()
			first = false
		}
		if err != nil {
			failure := err // so that err itself, which every turn has, stays off the heap
			l.failure.CompareAndSwap(nil, &failure)
			l.ending.Store(true)
			return
		}
		n.Add(1)
	}
	if first {
		l.ready.Done()
	}
}

// stop ends the load and gives the first failure of an exchange.
func (l *load) stop() error {
	l.ending.Store(true)
	l.running.Wait()
	if err := l.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// snapshot is the figures at one moment.
type snapshot struct {
	at           time.Time
	requests     int64
	user, system time.Duration
	memory       runtime.MemStats
}

func (l *load) snapshot() (s snapshot, err error) {
	runtime.ReadMemStats(&s.memory)
	for i := range l.counts {
		s.requests += l.counts[i].n.Load()
	}
	s.user, s.system, err = machine.CPU()
	s.at = time.Now()
	return s, err
}

func (s snapshot) since(before snapshot) (Sample, error) {
	sample := Sample{
		Requests: s.requests - before.requests,
		Wall:     s.at.Sub(before.at),
		User:     s.user - before.user,
		System:   s.system - before.system,
		Mallocs:  int64(s.memory.Mallocs - before.memory.Mallocs),
		Bytes:    int64(s.memory.TotalAlloc - before.memory.TotalAlloc),
	}
	if sample.Requests == 0 {
		return sample, fmt.Errorf("no request ended within %v", sample.Wall)
	}
	return sample, nil
}
