package aiohttp

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// do sends the request of a job, and tells the traces of it where there are any.
func (s *Session) do(ctx context.Context, j *job) (*Response, error) {
	defer j.recycle()
	if len(s.opts.Trace)+len(j.hop.req.Trace) == 0 {
		return s.run(ctx, j)
	}
	j.plain = false
	return s.trace(ctx, j)
}

// trace is run, told of.
func (s *Session) trace(ctx context.Context, j *job) (*Response, error) {
	req, method, address := j.hop.req, j.hop.method, j.hop.url
	t := tracing.Begin(ctx, req.TraceValue, s.opts.Trace, req.Trace)
	ended, returned := true, false
	var resp *Response
	defer func() {
		if ended {
			t.End()
		}
		if !returned && resp != nil { // a function has panicked
			resp.Close()
		}
	}()
	j.tracer = t
	tracing.Tell(t, tracing.RequestStart{Moment: t.Now(), Method: method, URL: address, Header: req.Header})
	var err error
	if resp, err = s.run(ctx, j); err != nil {
		tracing.Tell(t, tracing.RequestException{Moment: t.Now(), Method: method, URL: address, Err: err})
		return nil, err
	}
	if t.Wants(func(tr *tracing.Trace) bool { return tr.OnRequestEnd != nil }) {
		tracing.Tell(t, tracing.RequestEnd{
			Moment: resp.moment(t), Method: resp.method, URL: resp.URL().String(), Status: resp.Status, Header: resp.Headers(),
		})
	}
	ended, returned = resp.probed(t), true
	return resp, nil
}

// probe watches over a response that is traced or timed.
type probe struct {
	timings *connector.Timings // which the connector fills in; nil when it has no part in it
	own     connector.Timings  // behind timings, unless the Request has some

	tracer   *tracing.Tracer   // of the call; nil when it is only timed
	exchange *tracing.Exchange // nil for a response that came over no connection
	noted    connector.Timings // as they were when the head had come
	headAt   time.Time
	body     atomic.Int64
	wire     atomic.Int64 // before decompression; counts only where that is other than body
	ending   sync.Once
	over     atomic.Bool // the exchange has ended
	final    atomic.Bool // the call ends with the exchange
}

// watched reports whether the hop's response needs a probe.
func (j *job) watched() bool {
	return j.tracer != nil || j.hop.req.Timings != nil || j.hop.session.opts.Timings
}

// watch puts a probe on a response that is to come.
func (j *job) watch(resp *Response) {
	j.plain = false
	p := &probe{tracer: j.tracer, timings: j.hop.req.Timings}
	if p.timings == nil {
		p.timings = &p.own
	}
	j.call.Timings = p.timings
	resp.probe = p
	if p.tracer != nil {
		p.exchange = p.tracer.Exchange()
		j.call.Trace = p.exchange
		tracing.Tell(p.tracer, tracing.ExchangeStart{Moment: p.exchange.Now(), Method: resp.method, URL: j.hop.address()})
	}
}

// begun says that the head has come. A response without a body is over with it.
func (p *probe) begun(resp *Response) {
	if p.exchange == nil {
		return
	}
	p.noted, p.headAt = *p.timings, time.Now()
	if resp.bodiless() || resp.reply.Length == 0 {
		p.end(nil, true)
	}
}

// received says what has been read of the body.
func (p *probe) received(piece []byte, err error) {
	if p.tracer == nil {
		return
	}
	if len(piece) > 0 && p.exchange != nil {
		p.body.Add(int64(len(piece)))
		tracing.Tell(p.tracer, tracing.ResponseChunkReceived{Moment: p.exchange.Now(), Data: piece})
	}
	switch err {
	case nil:
	case io.EOF:
		p.end(nil, true)
	default:
		p.end(err, false)
	}
}

// end ends the exchange, and the call with it where this is its last. A Close may
// come while another goroutine reads: whoever is second waits for the first.
func (p *probe) end(err error, complete bool) {
	if p.tracer == nil {
		return
	}
	p.ending.Do(func() {
		defer func() {
			p.over.Store(true)
			if p.final.Load() {
				p.tracer.End()
			}
		}()
		if p.exchange != nil {
			p.tellEnd(err, complete)
		}
	})
}

func (p *probe) tellEnd(err error, complete bool) {
	t := p.noted // the connector's own may just be written to
	if !p.headAt.IsZero() {
		t.Receive = time.Since(p.headAt)
	}
	e := tracing.ExchangeEnd{Moment: p.exchange.Now(), Err: err, Complete: complete, BodyBytes: p.body.Load(), Timings: t}
	if e.WireBytes = p.wire.Load(); e.WireBytes == 0 {
		e.WireBytes = e.BodyBytes
	} else {
		e.Decoded = true
	}
	tracing.Tell(p.tracer, e)
}

// failed ends an exchange that brought no response.
func (p *probe) failed(err error) {
	p.noted = *p.timings
	p.end(err, false)
}

// closed says that nobody reads on.
func (p *probe) closed(resp *Response) {
	p.end(nil, resp.ContentLength >= 0 && p.body.Load() == resp.ContentLength)
}

// keep takes the timings out of the Request, for a response that another one
// follows.
func (p *probe) keep() {
	p.own = *p.timings
	p.timings = &p.own
}

// count counts what is read of the body before it is decompressed.
func (p *probe) count(src io.Reader) io.Reader { return counter{src, &p.wire} }

// counter counts what is read.
type counter struct {
	src io.Reader
	n   *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// moment gives the moment for an event of the exchange that the response came
// of.
func (r *Response) moment(t *tracing.Tracer) tracing.Moment {
	if r.probe != nil && r.probe.exchange != nil {
		return r.probe.exchange.Now()
	}
	return t.Now()
}

// probed lets the call end with the response, and reports whether it has.
func (r *Response) probed(t *tracing.Tracer) (ended bool) {
	if r.probe == nil { // it came by another way than a connection
		r.probe = &probe{tracer: t}
		if r.bodiless() || r.ContentLength == 0 {
			r.probe.end(nil, true)
		}
	}
	r.probe.final.Store(true)
	return r.probe.over.Load()
}

// redirected tells of a redirect that is about to be followed.
func (j *job) redirected(from *Response) {
	if !j.tracer.Wants(func(tr *tracing.Trace) bool { return tr.OnRequestRedirect != nil }) {
		return
	}
	tracing.Tell(j.tracer, tracing.RequestRedirect{
		Moment: from.moment(j.tracer), Method: from.method, URL: from.URL().String(), Status: from.Status, Header: from.Headers(),
		NextMethod: j.hop.method, NextURL: j.hop.address(),
	})
}

// Timings tell where the time of the exchange went that the response came of, be
// it the last or one of History. They are taken for requests with Timings and for
// sessions with Options.Timings, and for those that are traced; else they are
// zero, as they are for a response that came over no connection. Receive is zero
// until the body was read to its end or closed.
func (r *Response) Timings() connector.Timings {
	if r.probe == nil || r.probe.timings == nil {
		return connector.Timings{}
	}
	return *r.probe.timings
}
