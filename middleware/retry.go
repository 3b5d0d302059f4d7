package middleware

import (
	"context"
	"fmt"
	"mime"
	"slices"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/backoff"
	"github.com/aiohttp-go/aiohttp/internal/options"
)

// RetryOptions configure [Retry].
type RetryOptions struct {
	// Attempts is how often a request is sent at most, the first time included.
	// Zero means 3; 1 and below mean once.
	Attempts int

	// BaseDelay is the longest wait before the second attempt. It doubles with
	// each further one up to MaxDelay, and the wait is random between none and
	// that. Zero means 200 ms, a round trip around the world; negative means no wait.
	BaseDelay time.Duration
	// MaxDelay bounds it. Zero means 10 s; negative means no wait.
	MaxDelay time.Duration

	// MaxRetryAfter is the longest wait that a server's Retry-After can ask for.
	// A response that asks for more is returned: to ask earlier than the server
	// wants is no use. Zero means 60 s; negative means that Retry-After is not
	// looked at.
	MaxRetryAfter time.Duration

	// Statuses are sent again. Nil means 408, 425, 429, 500, 502, 503, 504; an
	// empty list means none. But for 408, 425 and 429, and 503 with a
	// Retry-After, by which a server says that it has not done the work, that
	// goes for requests only that may be repeated: by their method, by an
	// Idempotency-Key, or by Unsafe.
	Statuses []int

	// Unsafe lets any request be repeated. DANGER: a POST that is sent again
	// after its answer was lost can be done twice.
	Unsafe bool

	// When, if set, decides instead of Statuses and Unsafe, and instead of what
	// is known about errors. resp is nil when there is an error, that of a body
	// for BodyBytes among them. It must not read or close resp.
	When func(req *aiohttp.Request, resp *aiohttp.Response, err error) bool

	// BodyBytes, if positive, is up to how many bytes of a body, decompressed, are
	// read within an attempt, so that one that breaks off is sent again as well,
	// if the request may be repeated. They are held in memory, for each request
	// under way. A longer body passes as it comes, without a retry: at once, when
	// its length is known, else once so much of it was read. So does an event
	// stream. Other responses that come bit by bit, over a time, are held up: do
	// not set it for them. Zero and negative mean that bodies are not looked at.
	BodyBytes int64

	// Budget bounds the retries of all requests together, so that they do not
	// multiply the load on what is down: each takes one from the budget, and
	// each request that needed none puts Refill into it. When it is empty,
	// failures are returned as they come. Zero means 100; negative means no
	// budget.
	Budget int
	// Refill is what a request puts in. Zero means 0.1: a retry for ten requests
	// in the long run. Negative means nothing.
	Refill float64

	// OnRetry, if set, is called before each wait.
	OnRetry func(ctx context.Context, e RetryEvent)
}

// RetryEvent is a failed attempt that will be followed by another.
type RetryEvent struct {
	Attempt int           // the failed one, from 1
	Wait    time.Duration // before the next
	Method  string
	URL     string // secrets masked
	Status  int    // of the response; 0 when there was none
	Err     error  // nil when there was a response
}

// RetryError is the error of a request that was sent more than once.
type RetryError struct {
	Attempts int   // how often it was sent
	Err      error // of the last attempt
}

// Error gives "after 3 attempts: cause".
func (e *RetryError) Error() string { return fmt.Sprintf("after %d attempts: %v", e.Attempts, e.Err) }

// Unwrap gives the error of the last attempt.
func (e *RetryError) Unwrap() error { return e.Err }

// attemptKey is the context key of the number of an attempt.
type attemptKey struct{}

// Attempt gives the number of the attempt, from 1, that a handler is called for
// by [Retry]; 1 where there is none. It is for middleware within.
func Attempt(ctx context.Context) int {
	if n, ok := ctx.Value(attemptKey{}).(int); ok {
		return n
	}
	return 1
}

// Retry sends requests again whose failure may pass: responses with the statuses
// of [RetryOptions.Statuses], and errors by which the request was not sent, or
// was but may be repeated. It waits longer each time, or as long as the server
// asks, but never beyond the end of the context or the total time-out. A body
// that cannot be read again is not sent again. What fails while the body of a
// response is read is sent again only with [RetryOptions.BodyBytes].
//
// When it gives up, the last response is returned as it is, or the last error,
// in a [*RetryError] if there was more than one.
func Retry(opts ...RetryOptions) aiohttp.Middleware {
	o := options.One("middleware: Retry", opts)
	o.Attempts = max(or(o.Attempts, 3, 1), 1)
	o.BaseDelay = byDefault(o.BaseDelay, 200*time.Millisecond)
	o.MaxDelay = byDefault(o.MaxDelay, 10*time.Second)
	o.MaxRetryAfter = byDefault(o.MaxRetryAfter, time.Minute)
	if o.Statuses == nil {
		o.Statuses = []int{408, 425, 429, 500, 502, 503, 504}
	}
	o.Statuses = slices.Clone(o.Statuses)
	r := &retrier{o, newBudget(or(o.Budget, 100, -1), or(o.Refill, 0.1, 0))}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			return r.do(ctx, req, next)
		}
	}
}

type retrier struct {
	RetryOptions
	budget *budget
}

// do sends a request until it is done.
func (r *retrier) do(ctx context.Context, req *aiohttp.Request, next aiohttp.Handler) (*aiohttp.Response, error) {
	for attempt := 1; ; attempt++ {
		resp, err := next(context.WithValue(ctx, attemptKey{}, attempt), copyOf(req))
		again := r.fails(req, resp, err)
		if err == nil && !again && r.BodyBytes > 0 {
			if err = r.readAhead(resp); err != nil {
				resp, again = nil, r.fails(req, nil, err)
			}
		}
		if !again && attempt == 1 {
			r.budget.earn()
		}
		if !again || attempt >= r.Attempts || !req.Resendable() || ctx.Err() != nil {
			return resp, told(attempt, err)
		}
		wait, ok := r.wait(attempt, resp, err)
		if !ok || beyond(ctx, req, wait) || !r.budget.spend() {
			return resp, told(attempt, err)
		}
		status := 0
		if resp != nil {
			status = resp.Status
			resp.Close()
		}
		if r.OnRetry != nil {
			r.OnRetry(ctx, RetryEvent{attempt, wait, req.Method, aiohttp.MaskURL(req.URL), status, err})
		}
		if !sleep(ctx, wait) {
			if err == nil {
				err = fmt.Errorf("status %d", status)
			}
			return nil, told(attempt, fmt.Errorf("%w while waiting to send it again after: %w", ended(ctx), err))
		}
	}
}

// readAhead reads the body of a response that is not sent again for its status. One
// that breaks off is closed.
func (r *retrier) readAhead(resp *aiohttp.Response) error {
	if media, _, _ := mime.ParseMediaType(resp.Header("Content-Type")); media == "text/event-stream" {
		return nil
	}
	_, err := resp.ReadAhead(r.BodyBytes)
	if err != nil {
		resp.Close()
	}
	return err
}

// told tells in an error how often the request was sent.
func told(attempts int, err error) error {
	if err == nil || attempts == 1 {
		return err
	}
	return &RetryError{attempts, err}
}

// fails reports whether an attempt has failed in a way that may pass.
func (r *retrier) fails(req *aiohttp.Request, resp *aiohttp.Response, err error) bool {
	if r.When != nil {
		return r.When(req, resp, err)
	}
	repeatable := r.Unsafe || repeatable(req)
	if status, after := verdict(resp, err); status != 0 {
		return slices.Contains(r.Statuses, status) && (repeatable || undone(status, after != ""))
	}
	return err != nil && passing(err, repeatable)
}

// wait gives how long to wait after a failed attempt; false means for too long.
func (r *retrier) wait(attempt int, resp *aiohttp.Response, err error) (time.Duration, bool) {
	jitter := backoff.Jittered(r.BaseDelay, r.MaxDelay, attempt)
	if _, value := verdict(resp, err); value != "" && r.MaxRetryAfter > 0 {
		if after, ok := backoff.RetryAfter(value, time.Now()); ok {
			if after > r.MaxRetryAfter {
				return 0, false
			}
			// Not all that were told the same are to come in the same moment.
			return max(after, after+min(jitter, r.BaseDelay)), true // it may overflow
		}
	}
	return jitter, true
}

// beyond reports whether a wait is in vain, since the request's time is over
// before.
func beyond(ctx context.Context, req *aiohttp.Request, wait time.Duration) bool {
	then := time.Now().Add(wait)
	if end, ok := ctx.Deadline(); ok && !then.Before(end) {
		return true
	}
	end, ok := req.Deadline()
	return ok && !then.Before(end)
}

// sleep waits; false means that the context has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
