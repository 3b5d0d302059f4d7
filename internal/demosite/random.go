package demosite

import "math/bits"

// random is the generator splitmix64, https://prng.di.unimi.it/splitmix64.c.
// It is here rather than one of math/rand/v2 so that a page is the same for
// every release of Go.
type random uint64

// seed returns the generator of a purpose for a number. The generator's own
// mixing sets neighbours apart.
func seed(number int, purpose uint64) random {
	r := random(uint64(number)<<8 ^ purpose)
	return random(r.next())
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1. Its bias, under n in 2^64, is nothing
// for a text.
func (r *random) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// between returns a number from lo to hi, both included.
func (r *random) between(lo, hi int) int { return lo + r.below(hi-lo+1) }

// pick returns one of list.
func pick[T any](r *random, list []T) T { return list[r.below(len(list))] }

// quantiles describes a distribution by its values at 0/16, 1/16 ... 16/16. As
// whole numbers they draw the same on every machine, as a logarithm might not.
type quantiles [17]int

// draw maps 64 random bits to a value of the distribution.
func (q *quantiles) draw(random uint64) int {
	step, rest := int(random>>60), int(random>>44&0xffff)
	lo, hi := q[step], q[step+1]
	return lo + (hi-lo)*rest>>16
}

var (
	// pageSizes in bytes: log-normal, median 18 KiB, sigma 0.85, cut off so that
	// a page is from 4 to 120 KiB with the end of its last paragraph.
	pageSizes = quantiles{
		4_400, 5_000, 6_900, 8_700, 10_400, 12_200, 14_100, 16_200, 18_400,
		21_100, 24_200, 28_000, 32_700, 39_100, 49_000, 67_900, 119_000,
	}
	// waits in microseconds: log-normal, median 80 ms, sigma 0.55, cut off at 30
	// and 400 ms. A page of a site behind a CDN takes about that from afar.
	waits = quantiles{
		30_000, 34_000, 42_500, 49_100, 55_200, 61_100, 67_100, 73_400, 80_000,
		87_200, 95_300, 104_700, 115_900, 130_300, 150_600, 186_000, 400_000,
	}
)
