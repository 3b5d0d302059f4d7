package cache

import (
	"context"
	"errors"
	"fmt"
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
	if err == nil && f.mistaken(resp) {
		requested = time.Now()
		resp, err = f.askPlainly(resp)
	}
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

// mistaken tells whether a response is a 304 to a condition of ours that is about
// something else than what is stored. Where the caller has entity tags of its own it
// is the answer to those.
func (f *flight) mistaken(resp *http.Response) bool {
	return resp.StatusCode == http.StatusNotModified && f.ours &&
		len(f.q.header["If-None-Match"]) == 0 && !confirms(f.stored, f.q.header, resp.Header)
}

// askPlainly sends the request without our conditions, after a response that neither
// the caller nor what is stored has a use for.
func (f *flight) askPlainly(resp *http.Response) (*http.Response, error) {
	if resp.Body != nil {
		resp.Body.Close()
	}
	f.ours = false
	f.req = f.req.Clone(f.req.Context())
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since"} {
		delete(f.req.Header, name)
		if given := f.q.header[name]; len(given) > 0 {
			f.req.Header[name] = given
		}
	}
	return f.next.RoundTrip(f.req)
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
			c.refreshed(f.q.key, f.stored, f.answer.record)
		}
		c.sharable(f)
		return
	}
	if f.stored != nil && isError(resp.StatusCode) && c.helpsInError(f.stored, f.q, received) {
		return // what is stored is better than this, and must not make place for it
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
