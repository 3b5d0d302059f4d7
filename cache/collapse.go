package cache

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

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
	member := fwdMember(why, a.resp.StatusCode, a.streamed, false)
	if a.updated {
		f.leave()
		resp, err := t.serve(req, q, a.record, member, now)
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
	note(resp.Header, member)
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
	member := fwdMember(why, a.status, a.streamed, true)
	if a.updated {
		f.leave()
		resp, err := t.serve(req, q, a.record, member, now)
		if err != nil {
			return nil, errAgain
		}
		return resp, nil
	}
	resp := &http.Response{
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, StatusCode: a.record.Status,
		Header: a.record.Header.Clone(), ContentLength: f.length, Uncompressed: a.record.Uncompressed, Request: req,
	}
	resp.Header["Age"] = []string{a.record.ageField(now)}
	note(resp.Header, member)
	resp.Body = f.attach(req.Context())
	return finish(resp), nil
}

// ended tells why a context ended, in a way that errors.Is finds.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
