package cache

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
)

// flights are the requests that are under way to the origin.
type flights struct {
	mu      sync.Mutex
	closed  atomic.Bool // set with mu held
	running map[*flight]struct{}
	open    map[string]*flight  // those that others may join, by key
	alone   map[string]struct{} // keys whose responses could not be shared
	wg      sync.WaitGroup
}

// board finds the flight for a request, or starts it.
func (t *transport) board(ctx context.Context, req *http.Request, q *query, found *Record, share bool) (f *flight, leads bool) {
	key := flightKey(q)
	t.flights.mu.Lock()
	defer t.flights.mu.Unlock()
	if t.closed.Load() {
		return nil, false
	}
	if _, never := t.alone[key]; never {
		share = false
	}
	if share {
		if f := t.open[key]; f != nil && f.join() {
			return f, false
		}
	}
	f = t.newFlight(ctx, req, q, found)
	if share {
		t.open[key] = f
	}
	t.start(f, func() { f.run() })
	return f, true
}

// flightKey keeps apart the flights of different credentials.
func flightKey(q *query) string {
	if q.auth == "" {
		return q.key
	}
	return q.key + " as " + q.auth
}

func (t *transport) newFlight(ctx context.Context, req *http.Request, q *query, found *Record) *flight {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{
		cache: t.Cache, next: t.next, q: q, stored: found, cancel: cancel,
		req: req.Clone(own), done: make(chan struct{}), users: 1,
	}
	if f.req.Header == nil {
		f.req.Header = http.Header{}
	}
	// The fields are read for as long as the flight lasts, and the caller's only
	// until its response is closed.
	f.q = &query{}
	*f.q = *q
	f.q.header = q.header.Clone()
	if found != nil {
		f.ours = addConditions(f.req.Header, found)
	}
	f.stream.init(f)
	return f
}

// start runs a flight. The lock is held.
func (c *Cache) start(f *flight, run func()) {
	c.running[f] = struct{}{}
	c.wg.Go(run)
}

// land removes a flight that has ended.
func (c *Cache) land(f *flight) {
	f.cancel()
	c.flights.mu.Lock()
	delete(c.running, f)
	c.flights.mu.Unlock()
	c.unshare(f, false)
}

// unshare lets no more requests join a flight; with never, none of the next for
// the same key either, until one is found to be storable: waiting for what is not
// to be shared would make them wait for each other.
func (c *Cache) unshare(f *flight, never bool) {
	const mostAlone = 4096
	key := flightKey(f.q)
	c.flights.mu.Lock()
	defer c.flights.mu.Unlock()
	if c.open[key] != f {
		return
	}
	delete(c.open, key)
	if never {
		if len(c.alone) >= mostAlone {
			clear(c.alone)
		}
		c.alone[key] = struct{}{}
	}
}

// sharable tells that responses for the flight's key can be shared.
func (c *Cache) sharable(f *flight) {
	c.flights.mu.Lock()
	delete(c.alone, flightKey(f.q))
	c.flights.mu.Unlock()
}
