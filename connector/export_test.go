package connector

import (
	"context"
	"net"
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
	ProxyWords   = proxyWords
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

// Pool is a connector's pool by itself. The test opens the connections.
type Pool struct{ p *pool }

// NewPool makes a pool with these limits.
func NewPool(total, perHost int, idle, age time.Duration) Pool {
	return Pool{newPool(poolLimits{total: total, perHost: perHost, idle: idle, age: age})}
}

// Get asks for a connection to host.
func (p Pool) Get(ctx context.Context, host string, fresh bool, limit time.Duration) (*Lease, error) {
	g, w, err := p.p.ask(clock(), hostKey{host: host}, fresh)
	if w != nil {
		g, err = p.p.wait(ctx, w, limit)
	}
	if err != nil {
		return nil, err
	}
	return &Lease{p.p, g}, nil
}

func (p Pool) CloseIdle()                      { p.p.closeIdle() }
func (p Pool) Close()                          { p.p.close() }
func (p Pool) Drain(ctx context.Context) error { return p.p.drain(ctx) }
func (p Pool) Stats() Stats                    { return p.p.stats() }

// Lease is what a pool has granted: a connection, or the right to open one.
type Lease struct {
	p *pool
	g grant
}

// Conn gives the connection, nil for a right.
func (l *Lease) Conn() net.Conn {
	if l.g.conn == nil {
		return nil
	}
	return l.g.conn.wire.Conn
}

// Open uses the right.
func (l *Lease) Open(nc net.Conn) {
	c := newConn(l.g.host, nc)
	l.p.opened(c)
	l.g.conn = c
}

func (l *Lease) GiveUp() { l.p.giveUp(l.g.host) }
func (l *Lease) Put()    { l.p.put(l.g.conn) }
func (l *Lease) Replace(fresh bool) (err error) {
	l.g, err = l.p.replace(l.g.conn, fresh)
	return err
}
func (l *Lease) Discard() { l.p.discard(l.g.conn) }
