//go:build race

package http1_test

// raceEnabled: under the race detector a sync.Pool drops some of what it is
// given, so that allocations cannot be counted.
const raceEnabled = true
