package cache

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

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
	timer := time.AfterFunc(t.opts.BackgroundTimeout, f.abortAlone)
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
	if v := f.answer.panicked; v != nil {
		f.cache.report(fmt.Errorf("cache: revalidation in the background panicked: %v", v))
	}
}

// abortAlone ends a flight in the background that takes too long, unless others
// wait for it by now.
func (f *flight) abortAlone() {
	f.mu.Lock()
	alone := f.users <= 1
	f.mu.Unlock()
	if alone {
		f.abort(context.DeadlineExceeded)
	}
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
	note(out.Header, fwdMember(fwdMethod, resp.StatusCode, f.answer.streamed, false))
	close(f.done)
	out.Body = f.attach(req.Context())
	return &out
}
