package middleware

import (
	"container/list"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/backoff"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// RateLimitOptions configure [RateLimit].
type RateLimitOptions struct {
	// Rate is how many requests a second are sent to a host in the long run.
	// Zero and negative mean no limit.
	Rate float64

	// Burst is how many of them may be sent at once after a rest. Zero and
	// negative mean 1: evenly spread.
	Burst int

	// Concurrent is how many requests to a host may be under way at once, from
	// when they are sent until their body was read or closed. Zero and negative
	// mean no limit.
	Concurrent int

	// MaxPause bounds for how long a host is left alone after an answer that
	// asks for it: 429, or 503 with a Retry-After. Without Retry-After a 429
	// means a second, doubled with each further one. Zero means 60 s; negative
	// means that such answers change nothing.
	MaxPause time.Duration

	// MaxHosts bounds how many hosts are remembered. Beyond it, those to which
	// nothing is under way are forgotten. Zero and negative mean 10 000, a few
	// MB.
	MaxHosts int
}

// RateLimit makes requests wait for their turn, host by host and in the order in
// which they came: so that no host gets more of them than Rate, Burst and
// Concurrent allow, and none while it has asked to be left alone. A host is a
// name and a port. A request waits at most until its context or its total
// time-out ends, and not at all where its turn cannot come before that: it fails
// at once then, with an error that is context.DeadlineExceeded.
func RateLimit(opts ...RateLimitOptions) aiohttp.Middleware {
	o := options.One("middleware: RateLimit", opts)
	o.Burst = max(o.Burst, 1)
	o.MaxPause = byDefault(o.MaxPause, time.Minute)
	positive(&o.MaxHosts, 10_000)
	l := &limiter{RateLimitOptions: o}
	if o.Rate > 0 {
		const longest = 1 << 62 // of a whole burst; more does not fit a Duration
		l.interval = max(time.Duration(min(float64(time.Second)/o.Rate, longest/float64(o.Burst))), 1)
	}
	l.hosts = hosts[lane]{most: o.MaxHosts, idle: l.idle, rest: (*lane).resting}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return l.do(ctx, req, next)
		}
	}
}

type limiter struct {
	RateLimitOptions
	interval time.Duration // between two requests to a host; 0 means no limit
	hosts    hosts[lane]
}

// lane is the way to one host. The lock of limiter.hosts guards it.
type lane struct {
	queue   list.List   // of *turn: who waits, the first first
	active  int         // requests under way
	due     time.Time   // when the bucket will be full again (GCRA's theoretical arrival time)
	paused  time.Time   // until when the host wants to be left alone
	strikes int         // 429s without a Retry-After in a row
	timer   *time.Timer // when time lets the next one go; nil when nobody waits for time
}

// turn is a request that waits.
type turn struct{ granted chan struct{} }

func (ln *lane) resting() bool { return ln.active == 0 && ln.queue.Len() == 0 }

// idle reports whether nothing of a lane has to be remembered.
func (l *limiter) idle(ln *lane) bool {
	now := time.Now()
	return ln.resting() && ln.strikes == 0 && !now.Before(ln.due) && !now.Before(ln.paused)
}

// do sends a request when its turn has come.
func (l *limiter) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	host, err := hostOf(req)
	if err != nil {
		return next(ctx, req) // which says it better
	}
	ln, err := l.enter(ctx, req, host)
	if err != nil {
		return nil, fmt.Errorf("waiting for the turn to ask %s: %w", host, err)
	}
	answered := false
	defer func() {
		if !answered {
			l.leave(ln)
		}
	}()
	resp, err := next(ctx, req)
	if err != nil {
		return nil, err
	}
	l.learn(ln, resp)
	answered = true
	resp.AfterBody(func() { l.leave(ln) })
	return resp, nil
}

// enter waits for a turn.
func (l *limiter) enter(ctx context.Context, req *aiohttp.Request, host string) (*lane, error) {
	limit := "the context's time"
	if end, ok := req.Deadline(); ok {
		if other, ok := ctx.Deadline(); !ok || end.Before(other) {
			limit = "the total timeout"
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadlineCause(ctx, end, errTotal)
		defer cancel()
	}
	l.hosts.Lock()
	ln := l.hosts.get(host, func() *lane { return &lane{} })
	if ln.queue.Len() == 0 && l.may(ln) {
		l.grant(ln)
		l.hosts.Unlock()
		return ln, nil
	}
	if end, ok := ctx.Deadline(); ok {
		if wait := l.atLeast(ln); time.Now().Add(wait).After(end) {
			l.hosts.Unlock()
			return nil, fmt.Errorf("it comes in %v at the earliest, when %s is over: %w", wait.Round(time.Millisecond), limit, context.DeadlineExceeded)
		}
	}
	t := &turn{make(chan struct{})}
	place := ln.queue.PushBack(t)
	l.pump(ln)
	l.hosts.Unlock()
	select {
	case <-t.granted:
		return ln, nil
	case <-ctx.Done():
		l.quit(ln, place)
		return nil, ended(ctx)
	}
}

// quit gives up a turn.
func (l *limiter) quit(ln *lane, place *list.Element) {
	l.hosts.Lock()
	defer l.hosts.Unlock()
	select {
	case <-place.Value.(*turn).granted: // in the meantime
		ln.active--
		ln.due = ln.due.Add(-l.interval) // nothing was sent
	default:
		ln.queue.Remove(place)
	}
	l.pump(ln)
}

// leave ends a request.
func (l *limiter) leave(ln *lane) {
	l.hosts.Lock()
	defer l.hosts.Unlock()
	ln.active--
	l.pump(ln)
}

// may reports whether a request can be sent now.
func (l *limiter) may(ln *lane) bool {
	return (l.Concurrent <= 0 || ln.active < l.Concurrent) && l.untilDue(ln) <= 0
}

// untilDue gives for how long time forbids a request.
func (l *limiter) untilDue(ln *lane) time.Duration {
	now := time.Now()
	return max(ln.paused.Sub(now), ln.due.Add(-l.interval*time.Duration(l.Burst-1)).Sub(now))
}

// atLeast gives how long who comes now has to wait at the least: for all who came
// before, even if none of them takes time.
func (l *limiter) atLeast(ln *lane) time.Duration {
	now := time.Now()
	full := ln.due // as it will be when they were sent
	if full.Before(now) {
		full = now
	}
	ahead := time.Duration(ln.queue.Len()+1-l.Burst) * l.interval
	return max(ln.paused.Sub(now), full.Add(ahead).Sub(now), 0)
}

// grant counts a request that is sent.
func (l *limiter) grant(ln *lane) {
	ln.active++
	if l.interval > 0 {
		now := time.Now()
		if ln.due.Before(now) {
			ln.due = now
		}
		ln.due = ln.due.Add(l.interval)
	}
}

// pump lets go who may, and sets the timer for who will. The lock is held.
func (l *limiter) pump(ln *lane) {
	for ln.queue.Len() > 0 && l.may(ln) {
		l.grant(ln)
		close(ln.queue.Remove(ln.queue.Front()).(*turn).granted)
	}
	if ln.timer != nil {
		ln.timer.Stop()
		ln.timer = nil
	}
	if ln.queue.Len() == 0 {
		return
	}
	if wait := l.untilDue(ln); wait > 0 {
		ln.timer = time.AfterFunc(wait, func() {
			l.hosts.Lock()
			defer l.hosts.Unlock()
			l.pump(ln)
		})
	}
}

// learn takes from an answer whether the host wants to be left alone.
//
// "The response representations SHOULD include details explaining the condition,
// and MAY include a Retry-After header indicating how long to wait before making a
// new request."
// https://www.rfc-editor.org/rfc/rfc6585#section-4
func (l *limiter) learn(ln *lane, resp *aiohttp.Response) {
	after, said := backoff.RetryAfter(resp.Header("Retry-After"), time.Now())
	many := resp.Status == http.StatusTooManyRequests
	l.hosts.Lock()
	defer l.hosts.Unlock()
	switch {
	case !many && !(resp.Status == http.StatusServiceUnavailable && said):
		ln.strikes = 0
		return
	case !said:
		ln.strikes++
		after = backoff.Ceiling(time.Second, l.MaxPause, ln.strikes)
	}
	if until := time.Now().Add(min(after, l.MaxPause)); until.After(ln.paused) {
		ln.paused = until
	}
}
