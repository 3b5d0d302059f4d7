// Package stats holds the few statistics that the benchmarks quote: medians, and
// ratios of what was measured in the same round.
//
// A ratio is taken inside one round, in which all ran one after the other under
// the same conditions, and the median over the rounds is quoted: the speed of the
// machine, which drifts, falls out of it.
//
// Limitations: there are no confidence intervals. The smallest and the largest
// value say how far to trust a median.
package stats

import (
	"fmt"
	"math"
	"slices"
)

// Median gives the median of values, the mean of the middle two if their number
// is even, and NaN if there are none. It does not change values.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}

// PairedRatio gives the median of base[i]/other[i] and the number of pairs. A
// pair in which either is NaN or other is zero, as for a run that failed, is left
// out; without a pair the median is NaN. It panics if the lengths differ.
func PairedRatio(base, other []float64) (median float64, pairs int) {
	if len(base) != len(other) {
		panic(fmt.Sprintf("stats: %d values paired with %d", len(base), len(other)))
	}
	var ratios []float64
	for i, b := range base {
		if o := other[i]; !math.IsNaN(b) && !math.IsNaN(o) && o != 0 {
			ratios = append(ratios, b/o)
		}
	}
	return Median(ratios), len(ratios)
}

// Known gives the values that are not NaN.
func Known(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// Spread gives the smallest and the largest value, NaN if there are none.
func Spread(values []float64) (least, most float64) {
	if len(values) == 0 {
		return math.NaN(), math.NaN()
	}
	return slices.Min(values), slices.Max(values)
}
