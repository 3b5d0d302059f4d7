package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

var (
	errClosed = errors.New("cache: closed while a body was being received")

	// errAgain means that what a request waited for is not for it.
	errAgain = errors.New("cache: not for this request")
)

// flight is one request to the origin, on behalf of one or several that ask for
// the same.
//
// "A cache can use a response that is stored or storable to satisfy multiple
// requests, provided that it is allowed to reuse that response for the requests in
// question. This enables a cache to "collapse requests" -- or combine multiple
// incoming requests into a single forward request upon a cache miss"
// https://www.rfc-editor.org/rfc/rfc9111#section-4-7
//
// It runs in a goroutine of its own, with a context of its own, that ends when all
// of its users have gone.
type flight struct {
	cache  *Cache
	next   http.RoundTripper
	q      *query
	stored *Record       // what it revalidates; nil when nothing is
	req    *http.Request // with the conditions, and the flight's context
	ours   bool          // they are there because of what is stored
	cancel context.CancelFunc
	done   chan struct{} // closed when there is an answer
	answer answer        // settled by then

	mu       sync.Mutex
	users    int
	outdated bool // what comes must not be stored
	stream
}

// answer is what came of a flight.
type answer struct {
	err      error
	panicked any
	resp     *http.Response // of the origin; only the one that asked for it changes it
	status   int
	record   *Record // of the response, or what a 304 made of the stored one
	updated  bool    // the record is of the store
	streamed bool    // the body is shared
}

// fetch asks the origin for a response that may be stored, or waits for one that
// is under way. The error is errAgain when that is not for this request.
func (t *transport) fetch(req *http.Request, q *query, found *Record, why string, alone bool) (*http.Response, error) {
	// "no-cache" and "max-age" want what is newer than a flight that has begun.
	alone = alone || q.conditional || q.has(noCache|hasMaxAge)
	f, leads := t.board(req.Context(), req, q, found, !alone)
	if f == nil {
		return t.pass(req, fwdBypass) // closed meanwhile
	}
	ctx := req.Context()
	select {
	case <-f.done:
	case <-ctx.Done():
		f.leave()
		return nil, ended(ctx)
	}
	if !leads {
		return t.follow(req, q, f, why)
	}
	return t.lead(req, q, f, why)
}

// ended tells why a context ended, in a way that errors.Is finds.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
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
	if c.open[key] == f {
		delete(c.open, key)
	}
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

// join adds a user, unless all have gone.
func (f *flight) join() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users == 0 {
		return false
	}
	f.users++
	return true
}

// leave takes a user away. With the last of them the flight ends.
func (f *flight) leave() {
	f.mu.Lock()
	f.users--
	last := f.users == 0
	passing := f.passing
	f.more.Broadcast()
	f.release()
	f.mu.Unlock()
	switch {
	case last && passing:
		f.source.Close()
		f.cache.land(f)
	case last:
		f.cancel()
	}
}

// outdate says that what comes was overtaken by a change.
func (f *flight) outdate() {
	f.mu.Lock()
	f.outdated = true
	f.mu.Unlock()
}

func (f *flight) isOutdated() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.outdated
}

// run sends the request, settles the answer and receives the body.
func (f *flight) run() {
	settled := false
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if settled {
			f.end(fmt.Errorf("cache: reading a body panicked: %v", v))
		} else {
			f.answer = answer{panicked: v}
			close(f.done)
		}
		f.cache.land(f)
	}()
	requested := time.Now()
	resp, err := f.next.RoundTrip(f.req)
	received := time.Now()
	if err != nil {
		f.answer = answer{err: err}
	} else {
		f.settle(resp, requested, received)
	}
	if !f.answer.streamed {
		f.cache.unshare(f, err == nil && !f.answer.updated)
	}
	settled = true
	close(f.done)
	f.finish()
}

// finish sees a flight to its end, after its answer. One whose body its user reads
// from the origin directly ends with that.
func (f *flight) finish() {
	if f.source != nil && !f.answer.updated && !f.answer.streamed {
		f.mu.Lock()
		f.passing = f.users > 0
		passing := f.passing
		f.mu.Unlock()
		if passing {
			return
		}
		f.source.Close()
	}
	if f.answer.streamed {
		f.receive(f.answer.record)
	}
	f.cache.land(f)
}

// settle decides what becomes of the origin's response.
func (f *flight) settle(resp *http.Response, requested, received time.Time) {
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	c := f.cache
	f.answer = answer{resp: resp, status: resp.StatusCode}
	f.source, f.length = resp.Body, resp.ContentLength
	if resp.StatusCode == http.StatusNotModified && f.ours && confirms(f.stored, f.q.header, resp.Header) {
		f.answer.record, f.answer.updated = c.updated(f.stored, f.q.header, resp.Header, requested, received), true
		resp.Body.Close()
		if !f.isOutdated() {
			c.replace(f.q.key, f.stored, f.answer.record)
		}
		c.sharable(f)
		return
	}
	record := c.newRecord(f.q, resp, requested, received)
	if c.storable(f.q, resp, record.rules) && c.useful(record, received) {
		f.answer.record, f.answer.streamed, f.storing = record, true, true
		c.sharable(f)
		return
	}
	// What the origin says now, and forbids to keep, is newer than what was kept.
	if f.stored != nil && resp.StatusCode != http.StatusNotModified && resp.StatusCode < 500 {
		c.replace(f.q.key, f.stored, nil)
	}
}

// lead gives the response of a flight to the one that started it.
func (t *transport) lead(req *http.Request, q *query, f *flight, why string) (*http.Response, error) {
	a, now := &f.answer, time.Now()
	if a.panicked != nil {
		f.leave()
		panic(a.panicked)
	}
	if f.stored != nil && (a.err != nil || isError(a.resp.StatusCode)) && t.helpsInError(f.stored, q, now) {
		if resp := t.instead(req, q, f.stored, a.resp, now); resp != nil {
			f.leave()
			return resp, nil
		}
	}
	if a.err != nil {
		f.leave()
		return nil, f.reason(a.err)
	}
	params := fwdParams(why, a.resp.StatusCode, a.streamed, false)
	if a.updated {
		f.leave()
		resp, err := t.serve(req, q, a.record, params, now)
		if err != nil {
			t.discard(q.key, a.record, err)
			return nil, errAgain
		}
		return resp, nil
	}
	resp := a.resp
	resp.Request = req
	// A copy: the stream and other users read the fields that came.
	resp.Header = resp.Header.Clone()
	note(resp.Header, params)
	resp.Body = f.attach(req.Context())
	return resp, nil
}

// reason gives why a flight failed: what it was aborted for, rather than what came
// of that.
func (f *flight) reason(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.aborted != nil {
		return f.aborted
	}
	return err
}

// follow gives the response of a flight to one that waited for it, if it may have
// it.
func (t *transport) follow(req *http.Request, q *query, f *flight, why string) (*http.Response, error) {
	a, now := &f.answer, time.Now()
	if a.record == nil || selection(q.header, a.record.Vary) != a.record.Selected {
		f.leave()
		return nil, errAgain
	}
	if u, _ := t.judge(a.record, q, now); u != fresh {
		f.leave()
		return nil, errAgain
	}
	params := fwdParams(why, a.status, a.streamed, true)
	if a.updated {
		f.leave()
		resp, err := t.serve(req, q, a.record, params, now)
		if err != nil {
			return nil, errAgain
		}
		return resp, nil
	}
	resp := &http.Response{
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, StatusCode: a.record.Status,
		Header: a.record.Header.Clone(), ContentLength: f.length, Uncompressed: a.record.Uncompressed, Request: req,
	}
	note(resp.Header, params)
	resp.Body = f.attach(req.Context())
	return finish(resp), nil
}

// refresh revalidates a stored response in the background, unless that is under
// way, or too much is.
func (t *transport) refresh(req *http.Request, q *query, found *Record) {
	select {
	case t.tokens <- struct{}{}:
	default:
		return
	}
	if !t.startRefresh(req, q, found) {
		<-t.tokens
	}
}

func (t *transport) startRefresh(req *http.Request, q *query, found *Record) bool {
	key := flightKey(q)
	plain := req.Clone(req.Context())
	plain.Method = http.MethodGet // the one that was answered may be a HEAD
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Cache-Control", "Pragma"} {
		delete(plain.Header, name)
	}
	t.flights.mu.Lock()
	defer t.flights.mu.Unlock()
	if t.closed.Load() || t.open[key] != nil {
		return false
	}
	f := t.newFlight(req.Context(), plain, readQuery(plain), found)
	timer := time.AfterFunc(t.opts.BackgroundTimeout, func() { f.abort(context.DeadlineExceeded) })
	t.open[key] = f
	t.start(f, func() {
		defer func() { <-t.tokens }()
		defer timer.Stop()
		f.unattended()
	})
	return true
}

// unattended runs a flight that nobody waits for: its own user reads the body.
func (f *flight) unattended() {
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		<-f.done
		if f.answer.streamed {
			_, _ = io.Copy(io.Discard, f.attach(context.Background()))
		} else {
			f.leave()
		}
	}()
	f.run()
	<-drained
}

// adopt stores a response that came by other means, while it is read.
func (t *transport) adopt(req *http.Request, resp *http.Response, requested, received time.Time) *http.Response {
	q := readQuery(req)
	get := *req
	get.Body = nil
	t.flights.mu.Lock()
	if t.closed.Load() {
		t.flights.mu.Unlock()
		return resp
	}
	f := t.newFlight(req.Context(), &get, q, nil)
	t.start(f, func() {
		<-f.done
		f.finish()
	})
	t.flights.mu.Unlock()
	f.settle(resp, requested, received)
	// The caller gets a copy, since the flight reads what came.
	out := *resp
	out.Header = resp.Header.Clone()
	note(out.Header, fwdParams(fwdMethod, resp.StatusCode, f.answer.streamed, false))
	close(f.done)
	out.Body = f.attach(req.Context())
	return &out
}
