package rounds

import (
	"fmt"
	"math"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/stats"
)

// Row is one contestant at one setting, with an entry for each round.
type Row[S any] struct {
	Name, What string
	Rounds     []Outcome[S]
}

// Outcome is one sample; Err tells that it could not be had.
type Outcome[S any] struct {
	Sample S
	Noisy  bool
	Err    error
}

func (o Outcome[S]) describe(say func(S) string) string {
	switch {
	case o.Err != nil:
		return "failed: " + o.Err.Error()
	case o.Noisy:
		return say(o.Sample) + " (noisy)"
	}
	return say(o.Sample)
}

// Of gives one figure of each round, NaN for those that failed.
func (r *Row[S]) Of(figure func(S) float64) []float64 {
	values := make([]float64, len(r.Rounds))
	for i, o := range r.Rounds {
		values[i] = math.NaN()
		if o.Err == nil {
			values[i] = figure(o.Sample)
		}
	}
	return values
}

// Median gives the median of a figure over the rounds; NaN where it is none.
func (r *Row[S]) Median(figure func(S) float64) float64 {
	return stats.Median(stats.Known(r.Of(figure)))
}

// Spread gives "**median** [least-most]" of a figure.
func (r *Row[S]) Spread(format string, figure func(S) float64) string {
	known := stats.Known(r.Of(figure))
	if len(known) == 0 {
		return "-"
	}
	least, most := stats.Spread(known)
	return fmt.Sprintf("**"+format+"** ["+format+"-"+format+"]", stats.Median(known), least, most)
}

// Noisy counts the samples that others disturbed.
func (r *Row[S]) Noisy() int {
	n := 0
	for _, o := range r.Rounds {
		if o.Noisy {
			n++
		}
	}
	return n
}

// Ratio gives the median over the rounds of the figure of the row named base,
// divided by r's; "-" where there is no such row.
func Ratio[S any](rows []Row[S], base string, r *Row[S], figure func(S) float64) string {
	for i := range rows {
		if rows[i].Name == base {
			median, _ := stats.PairedRatio(rows[i].Of(figure), r.Of(figure))
			return Number("%.2f", median)
		}
	}
	return "-"
}

// Failures lists what failed, as a paragraph of Markdown; empty when nothing did.
func Failures[S any](rows []Row[S]) string {
	var list strings.Builder
	for _, r := range rows {
		for n, o := range r.Rounds {
			if o.Err != nil {
				fmt.Fprintf(&list, "- %s, round %d: %v\n", r.Name, n+1, o.Err)
			}
		}
	}
	if list.Len() == 0 {
		return ""
	}
	return "Failed:\n\n" + list.String() + "\n"
}

// Number gives a figure of a table, "-" for NaN.
func Number(format string, f float64) string {
	if math.IsNaN(f) {
		return "-"
	}
	return fmt.Sprintf(format, f)
}
