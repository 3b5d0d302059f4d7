//go:build !race

package features_test

import (
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/features"
)

// What is not used allocates nothing, whatever else it costs.
func TestUnusedFeaturesAllocateNothing(t *testing.T) {
	var base float64
	for i := range features.Features {
		f := &features.Features[i]
		if !f.Free {
			continue
		}
		c := f.Client()
		get := func() {
			if err := c.Get(); err != nil {
				t.Fatal(err)
			}
		}
		get()
		got := testing.AllocsPerRun(500, get)
		c.Close()
		if i == 0 {
			base = got
		}
		if got != base {
			t.Errorf("%s: %v allocations, %v without", f.Name, got, base)
		}
	}
}

// A smoke test of all of them, used ones too: it says nothing of speed.
func TestMeasureMeasuresEachFeature(t *testing.T) {
	results, err := features.Measure(1, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if len(r.CPU) != 1 || len(r.Base) != 1 || r.CPU[0] <= 0 || r.Allocs < 1 {
			t.Errorf("%+v", r)
		}
	}
	t.Logf("\n%s", features.Table(results))
}

func BenchmarkFeature(b *testing.B) {
	for i := range features.Features {
		f := &features.Features[i]
		b.Run(f.Name, func(b *testing.B) {
			c := f.Client()
			defer c.Close()
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Get(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
