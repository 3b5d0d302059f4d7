package soak_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// sample is what the process holds while no request is under way.
type sample struct {
	goroutines, files int
	heap              uint64
	open              int // of the connections that are known
	idle              int // connections at rest before they were closed
	left              [2]connector.Stats
	at                time.Duration
}

var started = time.Now()

// look waits for the requests under way, closes what rests, and counts. Of what
// ends by itself, such as the server's side of a connection, it waits for the end.
func (k *soak) look() sample {
	k.life.Lock()
	defer k.life.Unlock()
	own, spied := k.own.Connector(), k.spied.Connector()
	stats := func() [2]connector.Stats { return [2]connector.Stats{own.Stats(), spied.Stats()} }
	s := sample{at: time.Since(started), idle: own.Stats().Idle + spied.Stats().Idle}
	own.CloseIdleConnections()
	spied.CloseIdleConnections()
	k.server.rest()
	s.left = stats()
	s.goroutines, s.files = runtime.NumGoroutine(), files()
	for same := 0; same < 3; same++ {
		time.Sleep(50 * time.Millisecond)
		g, f := runtime.NumGoroutine(), files()
		if g < s.goroutines || f < s.files || stats() != s.left {
			same = 0
		}
		s.goroutines, s.files, s.left = min(s.goroutines, g), min(s.files, f), stats()
	}
	s.open = k.dialed.open()
	runtime.GC()
	runtime.GC() // what pools hold is kept for one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.heap = m.HeapAlloc
	return s
}

// files gives how many file descriptors are open; zero where that cannot be told.
func files() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

func (s sample) String() string {
	return fmt.Sprintf("%6.1fs: %d goroutines, %d files, heap %.2f MB, %d connections had rested, %d are open",
		s.at.Seconds(), s.goroutines, s.files, float64(s.heap)/1e6, s.idle, s.open)
}

// What may differ between the quarters without being growth: a goroutine or a file
// of the server's that is just ending, and what the runtime and the pools of
// buffers keep.
const (
	slackCount = 4
	slackHeap  = 2 << 20
)

// judge holds the last quarter against the first.
func judge(t *testing.T, life []sample) {
	first, last := life[:len(life)/4], life[len(life)-len(life)/4:]
	for _, what := range []struct {
		name  string
		of    func(sample) int
		slack int
	}{
		{"goroutines", func(s sample) int { return s.goroutines }, slackCount},
		{"open files", func(s sample) int { return s.files }, slackCount},
		{"bytes of heap", func(s sample) int { return int(s.heap) }, slackHeap},
	} {
		before, after := median(first, what.of), median(last, what.of)
		t.Logf("%s: %d in the first quarter, %d in the last", what.name, before, after)
		if after > before+what.slack {
			t.Errorf("%s grew from %d to %d", what.name, before, after)
		}
	}
	for _, s := range life {
		if s.left != ([2]connector.Stats{}) || s.open > 0 {
			t.Errorf("the connectors held %+v, %d connections were open, while no request was under way", s.left, s.open)
		}
	}
}

func median(of []sample, value func(sample) int) int {
	var all []int
	for _, s := range of {
		all = append(all, value(s))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
