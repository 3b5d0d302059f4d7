package connector

import (
	"cmp"
	"slices"
)

// HostStats says what a connector holds for one host at one moment.
type HostStats struct {
	Host    string // "name:port", in lower case
	TLS     bool   // the connections are secured
	Open    int    // connections open or being opened, under whatever TLS settings
	Idle    int    // of those, at rest in the pool
	Waiting int    // requests that wait for a connection
}

// HostStats gives the current figures of each host with a connection or a waiting
// request, in the order of the names.
func (c *Connector) HostStats() []HostStats { return c.pool.hostStats() }

func (p *pool) hostStats() []HostStats {
	p.mu.Lock()
	all := make([]HostStats, 0, len(p.hosts))
	for key, h := range p.hosts {
		all = append(all, HostStats{key.host, key.tls, h.open, len(h.idle), h.waiting.len})
	}
	p.mu.Unlock()
	slices.SortFunc(all, func(a, b HostStats) int { return cmp.Or(cmp.Compare(a.Host, b.Host), order(a.TLS, b.TLS)) })
	merged := all[:0]
	for _, s := range all {
		if n := len(merged); n > 0 && merged[n-1].Host == s.Host && merged[n-1].TLS == s.TLS {
			last := &merged[n-1]
			last.Open, last.Idle, last.Waiting = last.Open+s.Open, last.Idle+s.Idle, last.Waiting+s.Waiting
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// order puts what is not so before what is.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (p *pool) stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{Open: p.open, Idle: p.resting.len, Waiting: p.waiting.len, Hosts: len(p.hosts)}
}
