package sse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/internal/options"
	"github.com/aiohttp-go/aiohttp/internal/secret"
)

const (
	mediaType    = "text/event-stream"
	defaultRetry = 3 * time.Second
	defaultMost  = time.Minute
	longestRetry = time.Hour
)

// Subscribe yields the events of the stream at a URL. When the stream ends, is cut
// or falls silent it is asked for again, with the field Last-Event-ID, after the
// time that the server has asked for.
//
// The loop ends without an error when the server answers with 204, by which it
// says that there is no more. An error is the last thing that it yields: a
// [*ResponseError] for what is no event stream, a [*LimitError], the end of ctx, or
// what another attempt would not mend: an invalid URL, a closed session, a
// certificate that is not believed. Leaving the loop closes the connection.
//
// Subscribe takes at most one Options and panics if given more. The loop may be
// run again, and begins anew.
func Subscribe(ctx context.Context, session *aiohttp.Session, url string, opts ...Options) iter.Seq2[Event, error] {
	o := options.One("sse: Subscribe", opts)
	o.Request.URL = url
	return func(yield func(Event, error) bool) {
		s := &subscription{session: session, opts: &o, last: o.LastEventID, retry: o.Retry}
		if s.retry == 0 {
			s.retry = defaultRetry
		}
		if o.Request.Body != nil {
			if c, ok := o.Request.Body.(io.Closer); ok {
				c.Close()
			}
			yield(Event{}, errBody)
			return
		}
		s.run(ctx, yield)
	}
}

// subscription is one run of the loop.
type subscription struct {
	session  *aiohttp.Session
	opts     *Options
	last     string        // the last event ID
	retry    time.Duration // how long to wait after an end
	failures int           // attempts in a row that brought no stream
}

// run goes from stream to stream.
func (s *subscription) run(ctx context.Context, yield func(Event, error) bool) {
	for {
		resp, after, err := s.ask(ctx)
		switch {
		case resp != nil:
			var more bool
			if more, err = s.listen(resp, yield); !more {
				return
			}
		case err == nil:
			return // 204
		default:
			s.failures++
		}
		if !s.again(ctx, err, after >= 0) {
			if err == io.EOF {
				err = ended(ctx)
			}
			if err != nil {
				yield(Event{}, err)
			}
			return
		}
		wait := s.wait(after)
		if s.opts.OnRetry != nil {
			s.opts.OnRetry(err, wait)
		}
		if err := sleep(ctx, wait); err != nil {
			yield(Event{}, err)
			return
		}
	}
}

// again reports whether the stream is to be asked for once more after err, which
// for a status of RetryStatus is certain to pass.
func (s *subscription) again(ctx context.Context, err error, listed bool) bool {
	most := s.opts.MaxFailures
	switch {
	case ctx.Err() != nil, most < 0, most > 0 && s.failures >= most:
		return false
	}
	return err == io.EOF || listed || passing(err)
}

// noStatus says that no status of RetryStatus has come.
const noStatus = time.Duration(-1)

// ask sends the request. It gives the response when that is an event stream,
// nothing when there is no more to come, else an error, and for a status of
// RetryStatus how long its server wants to be left alone.
func (s *subscription) ask(ctx context.Context) (*aiohttp.Response, time.Duration, error) {
	req := s.opts.Request
	req.Header = s.header()
	resp, err := s.session.Do(ctx, req)
	if err != nil {
		var status *aiohttp.StatusError // of Options.RaiseForStatus
		if errors.As(err, &status) {
			return s.refused(status.Status, "", status.URL, status)
		}
		return nil, noStatus, err
	}
	// "if res's status is not 200, or if res's `Content-Type` is not
	// `text/event-stream`, then fail the connection."
	// https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface
	//
	// "a client can be told to stop reconnecting using the HTTP 204 No Content
	// response code."
	// https://html.spec.whatwg.org/multipage/server-sent-events.html#server-sent-events-intro
	kind := resp.MediaType()
	switch {
	case resp.Status == http.StatusNoContent:
		resp.Close()
		return nil, noStatus, nil
	case resp.Status == http.StatusOK && kind == mediaType:
		return resp, noStatus, nil
	}
	defer resp.Close()
	var status *aiohttp.StatusError
	errors.As(resp.RaiseForStatus(), &status)
	return s.refused(resp.Status, kind, secret.URL(resp.URL()), status)
}

// refused makes the error of an answer that is no event stream.
func (s *subscription) refused(status int, kind, url string, cause *aiohttp.StatusError) (*aiohttp.Response, time.Duration, error) {
	after := noStatus
	if cause != nil {
		kind, _, _ = strings.Cut(cause.Header.Get("Content-Type"), ";")
		url = cause.URL
	}
	if slices.Contains(s.opts.RetryStatus, status) {
		after = 0
		if cause != nil {
			after = retryAfter(cause.Header.Get("Retry-After"))
		}
	}
	return nil, after, &ResponseError{Status: status, MediaType: kind, URL: url, Cause: cause}
}

// retryAfter reads a Retry-After field: seconds, or a date.
// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
func retryAfter(value string) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), longestRetry)
}

// header gives the fields of the next request: those of the caller, and ours.
func (s *subscription) header() http.Header {
	h := http.Header{"Accept": {mediaType}, "Cache-Control": {"no-store"}}
	for name, values := range s.opts.Request.Header {
		if canonical := http.CanonicalHeaderKey(name); canonical != name {
			delete(h, canonical)
		}
		h[name] = values
	}
	if s.last == "" || !sendable(s.last) {
		return h
	}
	maps.DeleteFunc(h, func(name string, _ []string) bool { return strings.EqualFold(name, "Last-Event-ID") })
	h["Last-Event-Id"] = []string{s.last}
	return h
}

// sendable reports whether an ID can stand in a header field.
func sendable(id string) bool {
	for i := 0; i < len(id); i++ {
		if c := id[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// listen yields the events of one stream. It gives why that has ended, io.EOF when
// the server has ended it, and whether the loop goes on.
func (s *subscription) listen(resp *aiohttp.Response, yield func(Event, error) bool) (more bool, err error) {
	defer resp.Close()
	s.failures = 0
	if s.opts.OnOpen != nil {
		s.opts.OnOpen(resp)
	}
	in := NewReader(resp, s.opts.Limits)
	// A new stream goes on from the last ID, as in browsers: an event without one
	// does not make the server forget where it was.
	in.id, in.committed = s.last, s.last
	for {
		event, err := in.Next()
		s.last = in.LastEventID()
		if wait, told := in.Retry(); told {
			s.retry = min(wait, longestRetry)
		}
		if err != nil {
			return true, err
		}
		if !yield(event, nil) {
			return false, nil
		}
	}
}

// wait gives how long to wait. After a stream it is what the server has asked for;
// with each failure in a row it doubles, up to a limit, less up to half of it by
// chance, so that those who were thrown out together do not come back together.
func (s *subscription) wait(after time.Duration) time.Duration {
	base := max(s.retry, 0)
	most := s.opts.MaxRetry
	if most <= 0 {
		most = defaultMost
	}
	wait := base
	if s.failures > 1 {
		wait = max(base, leastGrowth)
		for range min(s.failures-1, 63) {
			wait = min(2*wait, max(most, base))
		}
		wait = max(wait-rand.N(wait/2+1), base)
	}
	return max(wait, after)
}

// leastGrowth is what the waits grow from where the server wishes none: a server
// that is down must not be asked without a pause.
const leastGrowth = 100 * time.Millisecond

// sleep waits, or gives why ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}

// ended gives why ctx has ended, with its cause where that says more; nil when it
// has not.
func ended(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != err {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	if err != nil {
		return fmt.Errorf("event stream: %w", err)
	}
	return nil
}
