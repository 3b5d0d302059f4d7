package connector

import (
	"context"
	"net/netip"
	"time"
)

// The names below show tests in package connector_test what is not exported.

var (
	Race       = race
	Interleave = interleave
)

// DNSCacheSize is how many names the cache keeps.
const DNSCacheSize = dnsCacheSize

// DNSCacheLen gives the number of names in the cache of c.
func DNSCacheLen(c *Connector) int {
	c.dialer.cache.mu.Lock()
	defer c.dialer.cache.mu.Unlock()
	return len(c.dialer.cache.entries)
}

// LookupDNS asks the cache of c.
func LookupDNS(ctx context.Context, c *Connector, host string) ([]netip.Addr, error) {
	return c.dialer.cache.lookup(ctx, host, nil)
}

// Timing of what has no option.
const (
	DrainTime    = drainTime
	ContinueWait = continueWait
	LastWords    = lastWords
	Glance       = glance
	ProbeTime    = time.Duration(probeTime)
	Tick         = tick
)

// SpinTries gives in how many exchanges the answer is looked out for.
func SpinTries(exchanges int, alone, found bool) (tries int) {
	var s spinner
	for range exchanges {
		if s.reads(alone) > 0 {
			tries++
			s.learn(found)
		}
	}
	return tries
}
