// Package backoff computes how long to wait before a request is sent again.
package backoff

import (
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Ceiling gives the longest wait after failure number tries, the first being 1:
// base, doubled with each, at most longest.
func Ceiling(base, longest time.Duration, tries int) time.Duration {
	for i := 1; i < tries && base < longest; i++ {
		base *= 2
		if base < 0 { // overflown
			return longest
		}
	}
	return min(base, longest)
}

// Jittered gives a random wait from none to the ceiling: full jitter, as it
// spreads clients best.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func Jittered(base, longest time.Duration, tries int) time.Duration {
	ceiling := max(Ceiling(base, longest, tries), 0)
	if ceiling == 1<<63-1 {
		return rand.N(ceiling)
	}
	return rand.N(ceiling + 1)
}

// RetryAfter reads the two forms of the field of that name: how long to wait
// from now. False means that there is none, or none that can be read.
//
// "Retry-After = HTTP-date / delay-seconds"
// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
func RetryAfter(value string, now time.Time) (time.Duration, bool) {
	if value == "" {
		return 0, false
	}
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	} else if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt32 * time.Second, true // more than a lifetime, and not "at once"
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}
