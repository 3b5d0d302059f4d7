package idle

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/gate"
	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// Sample is what the connections of a client hold, all together.
type Sample struct {
	Conns      int   `json:"conns"`
	Sockets    int   `json:"sockets"`  // that were open when it was measured
	Resident   int64 `json:"resident"` // bytes of anonymous memory
	Heap       int64 `json:"heap"`     // bytes of live objects
	Stacks     int64 `json:"stacks"`   // bytes
	Goroutines int   `json:"goroutines"`

	// Sites are where the live objects were allocated, the largest first. They
	// are known only where runtime.MemProfileRate is 1 from the start on.
	Sites []Site `json:"sites,omitempty"`
}

// each divides by the number of connections.
func (s Sample) each(total float64) float64 { return total / float64(s.Conns) }

// atOnce is how many connections are opened at a time, so that no dial and no
// handshake waits for thousands of others.
const atOnce = 50

// patience is above the time that opening all connections takes.
const patience = 10 * time.Minute

// Measure opens t.Conns connections to the server whose gate has the address
// control, and tells what they hold at rest.
func Measure(p peer.Peer, t peer.Target, control string) (Sample, error) {
	keeper, err := gate.Dial(control)
	if err != nil {
		return Sample{}, err
	}
	defer keeper.Close()
	t.Patience = patience
	client, err := p.Open(t)
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	defer client.Close()
	warm(t.Conns)
	before, err := settled()
	if err != nil {
		return Sample{}, err
	}
	if err := fill(client, t.Conns, keeper); err != nil {
		return Sample{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	after, err := settled()
	if err != nil {
		return Sample{}, err
	}
	return after.since(before, t.Conns), nil
}

// warm makes as many goroutines at once as fill does: their descriptors, which
// the runtime keeps for ever, are no client's.
func warm(n int) {
	var all sync.WaitGroup
	release := make(chan struct{})
	for range n {
		all.Go(func() { <-release })
	}
	close(release)
	all.Wait()
}

// fill makes the client open n connections, and returns when all are at rest.
func fill(client peer.Client, n int, keeper *gate.Keeper) error {
	results := make(chan error, n)
	for started := 0; started < n; {
		for range min(atOnce, n-started) {
			exchange, err := client.Worker()
			if err != nil {
				return err
			}
			go func() { results <- exchange() }()
			started++
		}
		if err := arrived(int64(started), keeper, results); err != nil {
			return err
		}
	}
	if _, err := keeper.Open(); err != nil {
		return err
	}
	for range n {
		if err := <-results; err != nil {
			return err
		}
	}
	return nil
}

// arrived returns when so many requests wait at the gate.
func arrived(want int64, keeper *gate.Keeper, results <-chan error) error {
	for {
		waiting, err := keeper.Waiting()
		if err != nil || waiting == want {
			return err
		}
		select {
		case err := <-results:
			return fmt.Errorf("request ended while the gate was closed: %w", err)
		case <-time.After(time.Millisecond):
		}
	}
}

// snapshot is what the process holds at one moment.
type snapshot struct {
	Sample
	sites map[string]int64
}

// settled frees what can be freed, and looks. Pools give their content up at the
// second collection; the third frees what that held.
func settled() (s snapshot, err error) {
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.Heap, s.Stacks, s.Goroutines = int64(m.HeapAlloc), int64(m.StackInuse), runtime.NumGoroutine()
	if s.Resident, err = machine.AnonymousMemory(); err != nil {
		return s, err
	}
	if s.Sockets, err = machine.Sockets(); err != nil {
		return s, err
	}
	if runtime.MemProfileRate == 1 {
		s.sites = liveSites()
	}
	return s, nil
}

func (s snapshot) since(before snapshot, conns int) Sample {
	return Sample{
		Conns:      conns,
		Sockets:    s.Sockets - before.Sockets,
		Resident:   s.Resident - before.Resident,
		Heap:       s.Heap - before.Heap,
		Stacks:     s.Stacks - before.Stacks,
		Goroutines: s.Goroutines - before.Goroutines,
		Sites:      grown(before.sites, s.sites),
	}
}
