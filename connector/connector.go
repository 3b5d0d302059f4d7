package connector

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/internal/options"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Version is the version of this library; it stands in the User-Agent field.
const Version = "0.1.0"

// Connector opens, pools and reuses connections and sends requests on them. It
// is an [http.RoundTripper], so that it can stand in for http.Transport, and
// has a face of its own, [Connector.Do], for the session. Make one with [New]: unlike
// http.Transport's, its zero value is of no use.
//
// A Connector is safe for concurrent use. It starts no goroutine for a
// connection at rest nor for a request without a large body, but one to open a
// connection beside others of its host: a request takes what comes first, the one
// that is opened for it or another that comes free. And one reads the short rest of a
// body that nobody wants. Close it when it is no longer needed.
type Connector struct {
	opts     Options
	timeouts Timeouts
	limits   http1.Limits
	interim  int
	dialer   *dialer
	proxies  proxyTable
	pool     *pool
	rested   int64 // the constant, but for tests
	watcher  watcher
	local    *handlerListener // serves Options.Handler, else nil
	closed   atomic.Bool
	last     atomic.Pointer[place]
	running  workers // goroutines that the connector started
}

// New makes a connector. It takes at most one Options and panics if given more; none
// means the defaults.
func New(opts ...Options) *Connector {
	o := options.One("connector: New", opts)
	c := &Connector{
		opts:     o,
		timeouts: o.Timeouts.withDefaults(defaultTimeouts),
		limits: http1.Limits{
			LineBytes: orDefault(o.Limits.LineBytes, 8190),
			HeadBytes: orDefault(o.Limits.HeadBytes, 256<<10),
			Fields:    orDefault(o.Limits.Fields, 128),
		},
		interim: orDefault(o.Limits.Interim, 16),
		rested:  int64(rested),
	}
	c.pool = newPool(poolLimits{
		total:   orDefault(o.MaxConns, 100),
		perHost: orDefault(max(o.MaxConnsPerHost, 0), unlimited),
		idle:    orForever(o.IdleTimeout, 15*time.Second),
		age:     orForever(max(o.MaxConnAge, 0), forever),
	})
	c.pool.drainer.running, c.pool.drainer.time = &c.running, drainTime
	if o.Handler != nil {
		c.local = serveHandler(o.Handler)
	}
	c.dialer = newDialer(o, c.local, &c.running)
	c.proxies.policy = o.ProxyAuth
	c.proxies.setHeader(o.ProxyHeader)
	return c
}

const (
	unlimited = int(^uint(0) >> 1)
	forever   = time.Duration(1<<63 - 1)
)

// orDefault resolves a limit: zero is the default, negative is no limit.
func orDefault(n, def int) int {
	switch {
	case n == 0:
		return def
	case n < 0:
		return unlimited / 4 // room for sums of limits
	}
	return n
}

func orForever(d, def time.Duration) time.Duration {
	switch {
	case d == 0:
		return def
	case d < 0:
		return forever
	}
	return d
}

// Close closes every connection, those in use and those that were upgraded
// included: their requests fail. Over TLS each of them ends with a closure alert,
// unless a write is under way or the peer does not take it within 20 ms. Close
// returns when all that the connector started has ended, so it must not be called by
// what the connector itself calls: a request's body, a Resolver, a Handler. Later
// requests fail with [ErrClosed]. Close is idempotent.
func (c *Connector) Close() error {
	c.closed.Store(true)
	c.pool.close()
	c.watcher.close()
	c.dialer.close()
	if c.local != nil {
		c.local.shutdown()
	}
	c.running.end()
	return nil
}

// Shutdown is the gentle Close: it closes the resting connections, refuses new
// requests, waits until those under way have ended or ctx ends, and then closes.
// Its error is the cause of ctx's end, where that came first.
func (c *Connector) Shutdown(ctx context.Context) error {
	c.closed.Store(true)
	err := c.pool.drain(ctx)
	c.Close()
	return err
}

// CloseIdleConnections closes the connections that rest in the pool, and ends the
// opening of those that no request waits for any more.
func (c *Connector) CloseIdleConnections() { c.pool.closeIdle() }

// Stats says what a connector holds at one moment.
type Stats struct {
	Open    int // connections open or being opened
	Idle    int // of those, at rest in the pool
	Waiting int // requests that wait for a connection
	Hosts   int // hosts with a connection or a waiting request
}

// Stats gives the current figures.
func (c *Connector) Stats() Stats { return c.pool.stats() }

// ClearDNSCache forgets the cached addresses of host, or of all hosts when
// host is empty.
func (c *Connector) ClearDNSCache(host string) { c.dialer.cache.clear(host) }

// Timeouts gives the connector's time-outs with the defaults filled in.
func (c *Connector) Timeouts() Timeouts { return c.timeouts }

// TLS gives the settings of calls that bring none of their own: Options.TLS, nil
// when that is.
func (c *Connector) TLS() *trust.Policy { return c.opts.TLS }

// ProxyAuth gives the schemes by which users are proved to proxies:
// Options.ProxyAuth.
func (c *Connector) ProxyAuth() ProxyAuth { return c.opts.ProxyAuth }

// policyOf gives the TLS settings of a call: its own, or the connector's.
func (c *Connector) policyOf(own *trust.Policy) *trust.Policy {
	if own != nil {
		return own
	}
	return c.opts.TLS
}

var (
	_ http.RoundTripper = (*Connector)(nil)
	_ net.Error         = (*Error)(nil)
)
