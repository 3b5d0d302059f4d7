package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"
)

// dnsCacheSize bounds the number of names kept, so that a crawl of many hosts
// does not grow without end. Names that are being looked up come on top.
const dnsCacheSize = 1000

// dnsCache resolves names, keeps the answers for a while, and makes those who
// ask for one name at the same time share one lookup. It is safe for concurrent
// use.
type dnsCache struct {
	resolver      Resolver
	ttl, negative time.Duration
	running       *workers

	mu      sync.Mutex
	entries map[string]*dnsEntry
}

// dnsEntry is a lookup under way, or its result.
type dnsEntry struct {
	host    string
	ready   chan struct{} // closed when the result stands
	addrs   []netip.Addr
	err     error
	expires int64 // by clock; valid once ready
	cancel  context.CancelFunc
	waiters int
}

// known gives the addresses of host, or why there are none, when the cache has them.
func (d *dnsCache) known(host string, trace *callTrace) (addrs []netip.Addr, hit bool, err error) {
	d.mu.Lock()
	e := d.entries[host]
	if e != nil && e.over() && clock() < e.expires {
		addrs, err, hit = e.addrs, e.err, true
	}
	d.mu.Unlock()
	if hit {
		trace.known(host, true)
	}
	return addrs, hit, err
}

// lookup gives the addresses of host. The lookup itself goes on when one of
// those who share it gives up, and ends when the last one does.
func (d *dnsCache) lookup(ctx context.Context, host string, trace *callTrace) (addrs []netip.Addr, err error) {
	d.mu.Lock()
	e := d.entries[host]
	hit := e != nil && !e.stale()
	if !hit {
		e = d.start(host)
	}
	e.waiters++
	d.mu.Unlock()
	defer d.leave(e)
	trace.known(host, hit)
	defer func() { trace.resolved(host, hit, addrs, err) }()
	select {
	case <-e.ready:
		return e.addrs, e.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// over reports whether the result stands.
func (e *dnsEntry) over() bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (e *dnsEntry) stale() bool { return e.over() && clock() >= e.expires }

// start begins a lookup. The caller holds d.mu.
func (d *dnsCache) start(host string) *dnsEntry {
	if len(d.entries) >= dnsCacheSize {
		d.evict()
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &dnsEntry{host: host, ready: make(chan struct{}), cancel: cancel}
	if !d.running.start(func() { d.finish(e, ctx) }) {
		cancel()
		e.err = ErrClosed
		close(e.ready)
		return e
	}
	d.entries[host] = e
	return e
}

// finish does the lookup of e. It comes to an end also where the resolver ends the
// goroutine.
func (d *dnsCache) finish(e *dnsEntry, ctx context.Context) {
	defer e.cancel()
	var addrs []netip.Addr
	err := errResolverVanished
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		e.addrs, e.err = addrs, err
		keep := d.keep(err)
		e.expires = clock() + int64(keep)
		if keep <= 0 {
			d.remove(e)
		}
		close(e.ready)
	}()
	addrs, err = d.ask(ctx, e.host)
}

// errResolverVanished is a resolver that does not return.
var errResolverVanished = errors.New("resolver has called runtime.Goexit")

// ask asks the resolver. A panic of the resolver's is an error to all who wait.
func (d *dnsCache) ask(ctx context.Context, host string) (addrs []netip.Addr, err error) {
	defer func() {
		if v := recover(); v != nil {
			addrs, err = nil, fmt.Errorf("resolver panicked: %v\n%s", v, debug.Stack())
		}
	}()
	found, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	for _, a := range found {
		if a.IsValid() {
			addrs = append(addrs, a.Unmap()) // net.Resolver gives IPv4 inside IPv6
		}
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// remove forgets e. The caller holds d.mu.
func (d *dnsCache) remove(e *dnsEntry) {
	if d.entries[e.host] == e {
		delete(d.entries, e.host)
	}
}

// keep says how long a result is kept: only the certainty that a name does not
// exist is worth keeping of the failures.
func (d *dnsCache) keep(err error) time.Duration {
	if err == nil {
		return d.ttl
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
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
		d.remove(e)
	}
}

// evict makes room: of a few finished entries it drops one that has expired,
// else the last. The caller holds d.mu.
func (d *dnsCache) evict() {
	var victim *dnsEntry
	for seen := 0; seen < 8; seen++ {
		for _, e := range d.entries { // begins anywhere
			if e.waiters == 0 {
				victim = e
				break
			}
		}
		if victim == nil {
			return
		}
		if victim.stale() {
			break
		}
	}
	d.remove(victim)
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
