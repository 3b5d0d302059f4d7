// Package middleware has ready-made middleware for an [aiohttp.Session]: retries,
// hedged requests, rate limits, circuit breakers, a log, errors by status.
//
//	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
//		middleware.Retry(),
//		middleware.RateLimit(middleware.RateLimitOptions{Rate: 10}),
//		middleware.Log(),
//	}})
//
// The first is the outermost: here each attempt of Retry waits for its turn and
// has a record of its own. A good order is RaiseForStatus, Retry, Hedge,
// CircuitBreaker, RateLimit, credentials (package auth), Log.
//
// Each function makes one middleware with a state of its own, which every session
// and request that it is given to shares: a retry budget, the limits of each
// host. Make it once. All of them are safe for concurrent use, and their options
// may be left out; the zero value of each field is its documented default.
//
// Middleware runs around each exchange, so for each hop of a redirect, and until
// the head of its response was read. What fails later, in the body, is not seen.
package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// first gives the options that a function was given, of which there is at most
// one.
func first[O any](name string, opts []O) (o O) {
	switch len(opts) {
	case 0:
	case 1:
		o = opts[0]
	default:
		panic("middleware: " + name + " takes at most one set of options")
	}
	return o
}

// or gives the value of a field: by default for zero, none for what is negative.
func or[N int | float64](value, byDefault, none N) N {
	switch {
	case value == 0:
		return byDefault
	case value < 0:
		return none
	}
	return value
}

// copyOf gives a request of its own to one attempt: what comes next may change it.
func copyOf(req *aiohttp.Request) *aiohttp.Request {
	own := *req
	own.Header = req.Header.Clone()
	if own.Header == nil {
		own.Header = make(http.Header)
	}
	return &own
}

// hostOf gives the "host:port" that a request goes to.
func hostOf(req *aiohttp.Request) (string, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return "", fmt.Errorf("invalid URL %q", aiohttp.MaskURL(req.URL))
	}
	host, _, err := connector.Address(u)
	return host, err
}

// ended gives why a context has ended.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// errTotal is the cause when the total time-out of a request ends a wait.
var errTotal = errors.New("total timeout exceeded")
