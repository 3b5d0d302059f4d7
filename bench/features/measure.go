package features

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/stats"
)

// Result is what one feature was measured to cost.
type Result struct {
	Feature *Feature
	CPU     []float64 // ns of a request, by rounds
	Base    []float64 // the same without the feature, measured just before
	Allocs  float64   // of a request
	Bytes   float64
}

// Measure measures all features: in each round each for a while, and just before it
// a session without one for as long.
func Measure(rounds int, each time.Duration) ([]Result, error) {
	results := make([]Result, len(Features))
	clients := make([]*Client, len(Features))
	for i := range Features {
		results[i].Feature = &Features[i]
		clients[i] = Features[i].Client()
		defer clients[i].Close()
	}
	base := Features[0].Client()
	defer base.Close()
	for range rounds {
		for i := range results {
			r := &results[i]
			without, err := measure(base, each)
			if err != nil {
				return nil, err
			}
			with, err := measure(clients[i], each)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.Feature.Name, err)
			}
			r.Base, r.CPU = append(r.Base, without.cpu), append(r.CPU, with.cpu)
			r.Allocs, r.Bytes = with.allocs, with.bytes
		}
	}
	return results, nil
}

// sample is what a request costs.
type sample struct{ cpu, allocs, bytes float64 }

// measure sends requests for a while. What it takes is the processor's time, since
// others may use the machine.
func measure(c *Client, each time.Duration) (s sample, err error) {
	const batch = 100
	for range batch { // to warm up
		if err := c.Get(); err != nil {
			return s, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, err := spent()
	if err != nil {
		return s, err
	}
	n, took := 0, time.Duration(0)
	for took < each {
		for range batch {
			if err := c.Get(); err != nil {
				return s, err
			}
		}
		n += batch
		now, err := spent()
		if err != nil {
			return s, err
		}
		took = now - start
	}
	runtime.ReadMemStats(&after)
	return sample{
		cpu:    float64(took.Nanoseconds()) / float64(n),
		allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

// spent gives the time of the processor that this process has taken.
func spent() (time.Duration, error) {
	user, system, err := machine.CPU()
	return user + system, err
}

// Table writes the results for people.
func Table(results []Result) string {
	var all []float64
	for i := range results {
		all = append(all, results[i].Base...)
	}
	base := stats.Median(all)
	var b strings.Builder
	b.WriteString("| a session with | times the base | ns more | allocs more | B more |\n|---|--:|--:|--:|--:|\n")
	for i := range results {
		r := &results[i]
		name := r.Feature.Name
		if r.Feature.Free {
			name += " *"
		}
		if i == 0 {
			fmt.Fprintf(&b, "| %s: %.0f ns, %.1f allocs, %.0f B | 1.00 | +0 | +0 | +0 |\n", name, base, r.Allocs, r.Bytes)
			continue
		}
		ratio, _ := stats.PairedRatio(r.CPU, r.Base)
		fmt.Fprintf(&b, "| %s | %.2f | %+.0f | %+.0f | %+.0f |\n", name, ratio, base*(ratio-1), r.Allocs-results[0].Allocs, r.Bytes-results[0].Bytes)
	}
	return b.String()
}
