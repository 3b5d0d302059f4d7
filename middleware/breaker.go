package middleware

import (
	"context"
	"fmt"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// CircuitBreakerOptions configure [CircuitBreaker].
type CircuitBreakerOptions struct {
	// FailureRatio is the share of failed requests within Window from which on a
	// host is not asked any more. Zero and negative mean 0.5; above 1 means never.
	FailureRatio float64

	// MinRequests is how many requests there must be within Window before their
	// ratio counts. Zero and negative mean 20.
	MinRequests int

	// Window is for how long a request counts, give or take a tenth. Zero and
	// negative mean 10 s.
	Window time.Duration

	// OpenFor is for how long a host is not asked at all. Zero and negative mean
	// 5 s.
	OpenFor time.Duration

	// Probes is how many requests are let through after that, at most at once,
	// and how many of them must succeed before the host is asked as before. One
	// that fails opens the breaker again. Zero and negative mean 1.
	Probes int

	// Fails, if set, decides what is a failure. resp is nil when there is an
	// error. It must not read or close resp. By default it is a status of 500,
	// 502, 503 or 504, and an error that says something about the host: not one
	// of the request itself, of the connection pool, or of a context that was
	// cancelled.
	Fails func(resp *aiohttp.Response, err error) bool

	// OnChange, if set, is called when a host's state changes. It must not send
	// through the same middleware.
	OnChange func(host string, from, to BreakerState)

	// MaxHosts bounds how many hosts are remembered. Beyond it, those to which
	// nothing is under way are forgotten. Zero and negative mean 10 000.
	MaxHosts int
}

// BreakerState is the state of a [CircuitBreaker] for one host.
type BreakerState uint8

// The states of a circuit breaker.
const (
	BreakerClosed   BreakerState = iota // requests pass
	BreakerOpen                         // no request passes
	BreakerHalfOpen                     // a few pass, to see
)

// String gives "closed", "open" or "half-open".
func (s BreakerState) String() string {
	return [...]string{"closed", "open", "half-open"}[min(s, BreakerHalfOpen)]
}

// CircuitOpenError is the error of a request that was not sent, since its host
// has failed too often lately.
type CircuitOpenError struct {
	Host     string       // "host:port"
	State    BreakerState // BreakerOpen, or BreakerHalfOpen while it waits for its probes
	Until    time.Time    // when it is asked again; half open, when it first was
	Failed   int          // how many requests had failed when the breaker opened
	Requests int          // of how many
}

// Error gives "circuit breaker of host:port is open until 15:04:05.000: 12 of 20
// requests failed", or that it waits for the outcome of a probe.
func (e *CircuitOpenError) Error() string {
	if e.State == BreakerHalfOpen {
		return fmt.Sprintf("circuit breaker of %s is half open and waits for a probe: %d of %d requests failed", e.Host, e.Failed, e.Requests)
	}
	return fmt.Sprintf("circuit breaker of %s is open until %s: %d of %d requests failed",
		e.Host, e.Until.Format("15:04:05.000"), e.Failed, e.Requests)
}

// CircuitBreaker spares a host that fails, and those who would wait for it: when
// too many of the requests to a host have failed, no other is sent to it for a
// while, but fails at once with a [*CircuitOpenError]. Then a few are let through
// to see. A host is a name and a port.
func CircuitBreaker(opts ...CircuitBreakerOptions) aiohttp.Middleware {
	o := options.One("middleware: CircuitBreaker", opts)
	if o.FailureRatio <= 0 {
		o.FailureRatio = 0.5
	}
	positive(&o.MinRequests, 20)
	positive(&o.Window, 10*time.Second)
	positive(&o.OpenFor, 5*time.Second)
	positive(&o.Probes, 1)
	positive(&o.MaxHosts, 10_000)
	if o.Fails == nil {
		o.Fails = hostFails
	}
	b := &breaker{CircuitBreakerOptions: o}
	b.hosts = hosts[circuit]{
		most: o.MaxHosts,
		idle: func(c *circuit) bool {
			_, requests := c.counts.sum(time.Now(), b.Window)
			return c.rests() && c.state == BreakerClosed && requests == 0
		},
		rest: (*circuit).rests,
	}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return b.do(ctx, req, next)
		}
	}
}

type breaker struct {
	CircuitBreakerOptions
	hosts hosts[circuit]
}

// circuit is the breaker of one host. The lock of breaker.hosts guards it.
type circuit struct {
	state   BreakerState
	turn    int // how often the state has changed: what began before does not count
	active  int // requests under way
	counts  window
	until   time.Time // when an open breaker lets probes through
	why     CircuitOpenError
	probing int // probes under way
	passed  int // probes that have succeeded
}

func (c *circuit) rests() bool { return c.active == 0 }

// do sends a request, if its host may be asked.
func (b *breaker) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	host, err := hostOf(req)
	if err != nil {
		return next(ctx, req) // which says it better
	}
	c, turn, before, refusal := b.enter(host)
	if refusal != nil {
		return nil, refusal
	}
	left := false
	defer func() {
		if !left { // a panic, of whatever the program has given
			b.leave(host, c, turn, false, false)
		}
	}()
	b.tell(host, before, BreakerHalfOpen)
	resp, err := next(ctx, req)
	counts, failed := !unjudged(err), b.Fails(resp, err)
	left = true
	b.leave(host, c, turn, counts, failed)
	return resp, err
}

// enter asks whether a request may pass. before is the state before it came, which is
// BreakerHalfOpen but for the first probe.
func (b *breaker) enter(host string) (c *circuit, turn int, before BreakerState, refusal error) {
	b.hosts.Lock()
	defer b.hosts.Unlock()
	c = b.hosts.get(host, func() *circuit { return &circuit{} })
	before = BreakerHalfOpen
	if c.state == BreakerOpen && !time.Now().Before(c.until) {
		before = c.state
		c.change(BreakerHalfOpen)
	}
	switch {
	case c.state == BreakerOpen, c.state == BreakerHalfOpen && c.probing+c.passed >= b.Probes:
		why := c.why
		why.Host, why.State, why.Until = host, c.state, c.until
		return nil, 0, before, &why
	case c.state == BreakerHalfOpen:
		c.probing++
	}
	c.active++
	return c, c.turn, before, nil
}

// leave notes how a request has ended; counts is false for one that says nothing.
func (b *breaker) leave(host string, c *circuit, turn int, counts, failed bool) {
	b.hosts.Lock()
	c.active--
	before := c.state
	if turn == c.turn {
		b.judge(c, counts, failed)
	}
	after := c.state
	b.hosts.Unlock()
	b.tell(host, before, after)
}

// judge takes the outcome of a request into account. The lock is held.
func (b *breaker) judge(c *circuit, counts, failed bool) {
	now := time.Now()
	if c.state == BreakerHalfOpen {
		c.probing--
		switch {
		case !counts:
		case failed:
			c.why.Failed, c.why.Requests = 1, c.passed+1
			c.open(now.Add(b.OpenFor))
		default:
			if c.passed++; c.passed == b.Probes {
				c.change(BreakerClosed)
			}
		}
		return
	}
	if !counts {
		return
	}
	c.counts.add(now, b.Window, failed)
	fails, requests := c.counts.sum(now, b.Window)
	if failed && requests >= b.MinRequests && float64(fails) >= b.FailureRatio*float64(requests) {
		c.why.Failed, c.why.Requests = fails, requests
		c.open(now.Add(b.OpenFor))
	}
}

func (c *circuit) open(until time.Time) {
	c.until = until
	c.change(BreakerOpen)
}

// change goes over to another state, with a clean slate.
func (c *circuit) change(to BreakerState) {
	c.state = to
	c.turn++
	c.counts, c.probing, c.passed = window{}, 0, 0
}

// tell reports a change.
func (b *breaker) tell(host string, before, after BreakerState) {
	if before != after && b.OnChange != nil {
		b.OnChange(host, before, after)
	}
}
