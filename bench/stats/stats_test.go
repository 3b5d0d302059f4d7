package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/stats"
)

var nan = math.NaN()

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   float64
	}{
		{nil, nan},
		{[]float64{3}, 3},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		before := slices.Clone(tt.values)
		if got := stats.Median(tt.values); !same(got, tt.want) {
			t.Errorf("Median(%v) = %v, want %v", tt.values, got, tt.want)
		}
		if !slices.Equal(before, tt.values) {
			t.Errorf("Median changed %v to %v", before, tt.values)
		}
	}
}

func TestPairedRatio(t *testing.T) {
	for _, tt := range []struct {
		name        string
		base, other []float64
		want        float64
		pairs       int
	}{
		// The machine was three times as slow in the second round: the ratio of
		// medians would be 4/3, the paired ratio is 2.
		{"drift", []float64{2, 6, 4}, []float64{1, 3, 2}, 2, 3},
		{"failed-runs", []float64{2, nan, 8, 5}, []float64{1, 3, 2, 0}, 3, 2},
		{"no-pair", []float64{nan}, []float64{1}, nan, 0},
		{"empty", nil, nil, nan, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, pairs := stats.PairedRatio(tt.base, tt.other)
			if !same(got, tt.want) || pairs != tt.pairs {
				t.Errorf("got %v of %d pairs, want %v of %d", got, pairs, tt.want, tt.pairs)
			}
		})
	}
}

func TestPairedRatioPanicsOnDifferentLengths(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	stats.PairedRatio([]float64{1}, nil)
}

func TestKnownAndSpread(t *testing.T) {
	values := []float64{3, nan, 1, 2}
	known := stats.Known(values)
	if want := []float64{3, 1, 2}; !slices.Equal(known, want) {
		t.Errorf("Known = %v, want %v", known, want)
	}
	if least, most := stats.Spread(known); least != 1 || most != 3 {
		t.Errorf("Spread = %v, %v", least, most)
	}
	if least, most := stats.Spread(nil); !math.IsNaN(least) || !math.IsNaN(most) {
		t.Errorf("Spread of nothing = %v, %v", least, most)
	}
}
