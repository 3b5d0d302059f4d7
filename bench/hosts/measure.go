package hosts

import (
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/profile"
)

// Load is what is to be asked.
type Load struct {
	Port     int // of the hosts
	Hosts    int
	Requests int
	InFlight int // at a time
}

// Sample is what a crawl took.
type Sample struct {
	Requests int           `json:"requests"`
	InFlight int           `json:"in_flight"`
	Wall     time.Duration `json:"wall_ns"`
	User     time.Duration `json:"user_ns"`
	System   time.Duration `json:"system_ns"`
	Sockets  int           `json:"sockets"` // open at the end
	Peak     int64         `json:"peak"`    // resident bytes, the most that there were

	// Heap and Stacks are the most bytes of live objects, as each collection
	// found them, and of stacks.
	Heap   int64 `json:"heap"`
	Stacks int64 `json:"stacks"`
}

// Measure asks all of a load. Where a folder is given, it writes the profiles
// named into it.
func Measure(c Client, l Load, profiles *profile.Recording) (s Sample, err error) {
	get := c.open(l.InFlight)
	urls := make([]string, l.Hosts)
	for i := range urls {
		urls[i] = "http://" + address(i) + ":" + strconv.Itoa(l.Port) + "/item/1?page=2"
	}
	if err := profiles.Start(); err != nil {
		return s, err
	}
	user, system, err := machine.CPU()
	if err != nil {
		return s, err
	}
	watched := watch()
	began := time.Now()
	err = crawl(get, urls, l)
	s.Wall = time.Since(began)
	s.Heap, s.Stacks = watched()
	if err != nil {
		return s, fmt.Errorf("%s: %w", c.Name, err)
	}
	s.Requests, s.InFlight = l.Requests, l.InFlight
	if s.User, s.System, err = machine.CPU(); err != nil {
		return s, err
	}
	s.User, s.System = s.User-user, s.System-system
	if s.Sockets, err = machine.Sockets(); err != nil {
		return s, err
	}
	if s.Peak, err = machine.PeakMemory(os.Getpid()); err != nil {
		return s, err
	}
	return s, profiles.Stop()
}

// crawl asks the hosts in turn, and gives the first failure.
func crawl(get get, urls []string, l Load) error {
	var next atomic.Int64
	var failure atomic.Pointer[error]
	var running sync.WaitGroup
	for range min(l.InFlight, l.Requests) {
		running.Go(func() {
			for failure.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= l.Requests {
					return
				}
				if err := get(urls[i%len(urls)]); err != nil {
					failure.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	running.Wait()
	if err := failure.Load(); err != nil {
		return *err
	}
	return nil
}

// glance is how often the memory is looked at.
const glance = 20 * time.Millisecond

// watch looks at the memory until the function that it gives is called, which
// tells the most that there was.
func watch() (stop func() (heap, stacks int64)) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	var most [2]uint64
	look := func() {
		metrics.Read(samples)
		for i := range samples {
			most[i] = max(most[i], samples[i].Value.Uint64())
		}
	}
	ending, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(glance)
		defer ticks.Stop()
		for {
			select {
			case <-ending:
				return
			case <-ticks.C:
				look()
			}
		}
	}()
	return func() (heap, stacks int64) {
		close(ending)
		<-ended
		look()
		return int64(most[0]), int64(most[1])
	}
}
