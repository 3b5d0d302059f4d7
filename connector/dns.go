package connector

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// dnsCacheSize bounds the number of names kept, so that a crawl of many hosts
// does not grow without end.
const dnsCacheSize = 1000

// dnsCache resolves names, keeps the answers for a while, and makes those who
// ask for one name at the same time share one lookup. It is safe for concurrent
// use.
type dnsCache struct {
	resolver      Resolver
	ttl, negative time.Duration
	running       *sync.WaitGroup

	mu      sync.Mutex
	entries map[string]*dnsEntry
}

// dnsEntry is a lookup under way, or its result.
type dnsEntry struct {
	ready   chan struct{} // closed when the result stands
	addrs   []netip.Addr
	err     error
	expires int64 // by clock; valid once ready
	cancel  context.CancelFunc
	waiters int
}

// lookup gives the addresses of host. The lookup itself goes on when one of
// those who share it gives up, and ends when the last one does.
func (d *dnsCache) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	d.mu.Lock()
	e := d.entries[host]
	if e == nil || e.stale() {
		e = d.start(host)
	}
	e.waiters++
	d.mu.Unlock()
	defer d.leave(e)
	select {
	case <-e.ready:
		return e.addrs, e.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (e *dnsEntry) stale() bool {
	select {
	case <-e.ready:
		return clock() >= e.expires
	default:
		return false
	}
}

// start begins a lookup. The caller holds d.mu.
func (d *dnsCache) start(host string) *dnsEntry {
	if len(d.entries) >= dnsCacheSize {
		d.evict()
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &dnsEntry{ready: make(chan struct{}), cancel: cancel}
	d.entries[host] = e
	d.running.Go(func() {
		defer cancel()
		addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
		if err == nil && len(addrs) == 0 {
			err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		e.addrs, e.err = addrs, err
		keep := d.keep(err)
		e.expires = clock() + int64(keep)
		if keep <= 0 && d.entries[host] == e {
			delete(d.entries, host)
		}
		close(e.ready)
	})
	return e
}

// keep says how long a result is kept: only the certainty that a name does not
// exist is worth keeping of the failures.
func (d *dnsCache) keep(err error) time.Duration {
	if err == nil {
		return d.ttl
	}
	if dns, ok := err.(*net.DNSError); ok && dns.IsNotFound {
		return d.negative
	}
	return 0
}

// leave ends a lookup that nobody waits for any more.
func (d *dnsCache) leave(e *dnsEntry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e.waiters--
	if e.waiters > 0 {
		return
	}
	select {
	case <-e.ready:
	default:
		e.cancel()
		for host, other := range d.entries {
			if other == e {
				delete(d.entries, host)
				break
			}
		}
	}
}

// evict makes room: by dropping what has expired, else an arbitrary finished
// entry. The caller holds d.mu.
func (d *dnsCache) evict() {
	var victim string
	for host, e := range d.entries {
		if e.waiters > 0 {
			continue
		}
		victim = host
		if e.stale() {
			break
		}
	}
	delete(d.entries, victim)
}

func (d *dnsCache) clear(host string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if host == "" {
		clear(d.entries)
		return
	}
	delete(d.entries, host)
}
