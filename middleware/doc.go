// Package middleware has ready-made middleware for an [aiohttp.Session]: retries,
// hedged requests, rate limits, circuit breakers, a log, errors by status.
//
//	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
//		middleware.Retry(),
//		auth.Bearer(token),
//		middleware.RateLimit(middleware.RateLimitOptions{Rate: 10}),
//		middleware.Log(),
//	}})
//
// The first is the outermost: here each attempt of Retry waits for its turn and
// has a record of its own. A good order is RaiseForStatus, Retry, Hedge,
// credentials (package auth), CircuitBreaker, RateLimit, Log: so that what is sent
// again since it was not authorized is counted and waits, too. A private cache
// (package cache) comes before all that sends.
//
// Each function makes one middleware with a state of its own, which every session
// and request that it is given to shares: a retry budget, the limits of each
// host. Make it once. All of them are safe for concurrent use, and their options
// may be left out, but more than one panics; the zero value of each field is its
// documented default.
//
// Middleware runs around each exchange, so for each hop of a redirect, and until
// the head of its response was read. What fails later, in the body, is not seen,
// but by Retry up to RetryOptions.BodyBytes.
package middleware
