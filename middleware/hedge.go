package middleware

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// HedgeOptions configure [Hedge].
type HedgeOptions struct {
	// Delay is how long to wait for an answer before the request is sent another
	// time, and again for each further copy. Zero means that it is learned: by
	// then Percentile of the latest answers of the host have come; nothing is
	// sent twice until 20 have.
	Delay time.Duration
	// Percentile is between 0 and 1. Zero and negative mean 0.95.
	Percentile float64

	// Copies is how often a request is sent beside the first at most. Zero and
	// negative mean 1.
	Copies int

	// Budget bounds the copies of all requests together, so that a host that has
	// become slow is not asked for twice as much: each copy takes one from it,
	// and each request puts Refill into it. Zero means 10; negative means no
	// budget.
	Budget int
	// Refill is what a request puts in. Zero means 0.1: one copy for ten
	// requests in the long run. Negative means nothing.
	Refill float64

	// Idempotent hedges PUT and DELETE too, and requests with an
	// Idempotency-Key. By default it is GET, HEAD and OPTIONS.
	Idempotent bool

	// MaxHosts bounds of how many hosts the latency is learned. Zero and
	// negative mean 10 000.
	MaxHosts int
}

// Hedge sends a request that has no answer after a while another time, and takes
// the answer that comes first: it cuts off the long tail of latencies. The others
// are cancelled at once, which closes the connections of those whose answer has not
// begun; [aiohttp.Session.Close] waits for them. A failure, as which an answer of status
// 429, 500, 502, 503 or 504 counts too, is taken only when no copy is left that could
// do better.
//
// A body that does not lie in memory is never sent twice, nor a request that asks
// to switch protocols.
func Hedge(opts ...HedgeOptions) aiohttp.Middleware {
	o := options.One("middleware: Hedge", opts)
	if o.Percentile <= 0 {
		o.Percentile = 0.95
	}
	o.Percentile = min(o.Percentile, 1)
	positive(&o.Copies, 1)
	positive(&o.MaxHosts, 10_000)
	g := &hedger{HedgeOptions: o, budget: newBudget(or(o.Budget, 10, -1), or(o.Refill, 0.1, 0))}
	forget := func(*latencies) bool { return true }
	g.hosts = hosts[latencies]{most: o.MaxHosts, idle: forget, rest: forget}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			if !g.takes(req) {
				return next(ctx, req)
			}
			return g.do(ctx, req, next)
		}
	}
}

type hedger struct {
	HedgeOptions
	budget *budget
	hosts  hosts[latencies]
}

// takes reports whether a request may be sent twice at once.
//
// "Of the request methods defined by this specification, the GET, HEAD, OPTIONS,
// and TRACE methods are defined to be safe."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1-3
func (g *hedger) takes(req *aiohttp.Request) bool {
	if req.Body != nil || req.Header.Get("Upgrade") != "" {
		return false
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	return g.Idempotent && repeatable(req)
}

// outcome is how a copy has ended.
type outcome struct {
	copy     *attempt
	resp     *aiohttp.Response
	err      error
	panicked any
}

// attempt is one copy of a request.
type attempt struct {
	ctx     context.Context
	cancel  context.CancelFunc
	timings *connector.Timings // its own
}

// race is a request and its copies.
type race struct {
	req     *aiohttp.Request
	next    aiohttp.Handler
	running []*attempt
	results chan outcome // has room for all
	poor    outcome      // the failure to take where nothing better comes
}

// poor reports whether an answer says that the host is ill or wants less, so that
// a copy's may be better: what fails is fast.
func poor(resp *aiohttp.Response) bool {
	return resp.Status == http.StatusTooManyRequests || hostFails(resp, nil)
}

// errNothing is the outcome of a copy whose handler has given nothing, or has called
// runtime.Goexit.
var errNothing = errors.New("middleware: a copy of the request has brought neither a response nor an error")

// do sends a request, and copies of it while no answer comes.
func (g *hedger) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	host, err := hostOf(req)
	if err != nil {
		return next(ctx, req) // which says it better
	}
	g.budget.earn()
	start, delay := time.Now(), g.delay(host)
	if delay < 0 {
		resp, err := next(ctx, req)
		if err == nil && resp != nil && !poor(resp) {
			g.learn(host, time.Since(start))
		}
		return resp, err
	}
	r := &race{req: req, next: next, results: make(chan outcome, g.Copies+1)}
	defer r.end()
	r.send(ctx)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	for sent := 1; ; {
		select {
		case out := <-r.results:
			r.remove(out.copy)
			if out.panicked != nil {
				out.copy.cancel()
				panic(out.panicked)
			}
			if out.err == nil && !poor(out.resp) {
				g.learn(host, time.Since(start))
				return r.take(out), nil
			}
			r.keep(out)
			if len(r.running) == 0 || ctx.Err() != nil {
				return r.least()
			}
		case <-timer.C:
			if g.budget.spend() {
				r.send(ctx)
				if sent++; sent <= g.Copies {
					timer.Reset(delay)
				}
			}
		}
	}
}

// send sends a copy.
func (r *race) send(ctx context.Context) {
	a := &attempt{}
	a.ctx, a.cancel = context.WithCancel(ctx)
	own := copyOf(r.req)
	if own.Timings != nil {
		a.timings = new(connector.Timings)
		own.Timings = a.timings
	}
	r.running = append(r.running, a)
	r.req.Go(func() {
		out := outcome{copy: a}
		defer func() {
			out.panicked = recover()
			if out.resp == nil && out.err == nil && out.panicked == nil {
				out.err = errNothing
			}
			r.results <- out
		}()
		out.resp, out.err = r.next(a.ctx, own)
	})
}

func (r *race) remove(a *attempt) {
	r.running = slices.DeleteFunc(r.running, func(b *attempt) bool { return a == b })
}

// keep keeps a failure: an answer rather than an error, the first of equals.
func (r *race) keep(out outcome) {
	if out.err == nil && r.poor.resp == nil {
		r.poor = out
		return
	}
	if r.poor.copy == nil {
		r.poor = out
	}
	out.drop()
}

// least gives the failure that was kept.
func (r *race) least() (*aiohttp.Response, error) {
	out := r.poor
	if r.poor = (outcome{}); out.err != nil {
		return nil, out.err
	}
	return r.take(out), nil
}

// drop ends a copy that nobody wants.
func (out *outcome) drop() {
	if out.resp != nil {
		out.resp.Close()
	}
	out.copy.cancel()
}

// take makes a copy's answer that of the request. Its context lives as long as
// its body.
func (r *race) take(out outcome) *aiohttp.Response {
	a := out.copy
	if a.timings != nil {
		*r.req.Timings = *a.timings
	}
	out.resp.AfterBody(func() {
		if a.timings != nil {
			r.req.Timings.Receive = a.timings.Receive
		}
		a.cancel()
	})
	return out.resp
}

// end calls off the copies that are under way.
func (r *race) end() {
	if r.poor.resp != nil {
		r.poor.drop()
	}
	if len(r.running) == 0 {
		return
	}
	for _, a := range r.running {
		a.cancel()
	}
	left := len(r.running)
	r.req.Go(func() {
		for range left {
			out := <-r.results
			if out.panicked != nil {
				panic(out.panicked) // nobody else would learn of it
			}
			if out.resp != nil {
				out.resp.Close()
			}
		}
	})
}
