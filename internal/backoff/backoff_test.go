package backoff_test

import (
	"math"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/backoff"
)

func TestCeilingDoublesUpToTheLongest(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		base, longest time.Duration
		tries         int
		want          time.Duration
	}{
		{s, 30 * s, 0, s}, {s, 30 * s, 1, s}, {s, 30 * s, 2, 2 * s}, {s, 30 * s, 5, 16 * s}, {s, 30 * s, 6, 30 * s},
		{s, 30 * s, 1 << 30, 30 * s}, {40 * s, 30 * s, 1, 30 * s}, {0, s, 9, 0},
		{s, math.MaxInt64, 1000, math.MaxInt64},
	} {
		if got := backoff.Ceiling(test.base, test.longest, test.tries); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

func TestJitteredStaysBelowTheCeiling(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 200 {
		d := backoff.Jittered(2, 4, 2)
		if d < 0 || d > 4 {
			t.Fatalf("got %d", d)
		}
		seen[d] = true
	}
	if len(seen) < 3 {
		t.Errorf("only %v", seen)
	}
	for _, longest := range []time.Duration{math.MaxInt64, 0, -1} {
		if d := backoff.Jittered(longest, longest, 1); d < 0 {
			t.Errorf("up to %d: got %d", longest, d)
		}
	}
}

func TestRetryAfterForms(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"0", 0, true}, {"120", 120 * time.Second, true}, {"2147483647", math.MaxInt32 * time.Second, true},
		{"Wed, 25 Nov 2026 12:00:30 GMT", 30 * time.Second, true},
		{"Wednesday, 25-Nov-26 12:00:30 GMT", 30 * time.Second, true},
		{"Wed, 25 Nov 2026 11:00:00 GMT", 0, true},
		{"Wed Nov 25 12:00:30 2026", 30 * time.Second, true}, // asctime
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0, true},
		{"Fri, 31 Dec 9999 23:59:59 GMT", math.MaxInt64, true},
		{"Wed, 25 Nov 2026 12:00:30 CET", 0, false},
		{"", 0, false}, {"-1", 0, false}, {"1.5", 0, false}, {"soon", 0, false}, {"2147483648", math.MaxInt32 * time.Second, true}, {"99999999999999999999", math.MaxInt32 * time.Second, true}, {"9x", 0, false},
	} {
		if got, ok := backoff.RetryAfter(test.value, now); got != test.want || ok != test.ok {
			t.Errorf("%q: got %v, %v", test.value, got, ok)
		}
	}
}
