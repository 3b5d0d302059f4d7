package connector

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// Do sends call and reads the head of the answer into reply, which must be new.
// The body is then read from reply, and reply must be read to its end or
// closed. ctx governs the whole exchange, the reading of the body included.
//
// A request that failed on a connection which had served others, before
// anything of an answer was read, is sent once more on a new connection, if it
// may be repeated or was not sent at all. Every failure is an [*Error].
func (c *Connector) Do(ctx context.Context, call *Call, reply *Reply) error {
	x := &call.run
	defer x.finish()
	x.c, x.ctx, x.call, x.reply = c, ctx, call, reply
	x.expect = call.Expect100 && call.hasBody()
	x.last = call.Close || c.opts.DisableKeepAlives
	x.now = clock()
	x.limits = &c.timeouts
	if call.Timeouts != nil || c.timeouts.Total > 0 {
		x.limit()
	}
	if call.Timings != nil {
		*call.Timings = Timings{}
		call.Timings.Start = time.Now()
	}
	if call.trace = traceOf(ctx, call); call.trace != nil {
		call.interim = call.trace.interim
	}
	err := x.attempts()
	x.ended = true
	if err != nil && !x.started {
		call.closeBody()
	}
	return err
}

// limit sets the time-outs of a call that has its own, or a total one.
func (x *exchange) limit() {
	x.own = x.c.timeouts
	if own := x.call.Timeouts; own != nil {
		x.own = own.withDefaults(x.own)
	}
	x.limits = &x.own
	if x.own.Total <= 0 {
		return
	}
	// What waits on a context (pool, name, connecting) is bounded by one, what
	// reads and writes by the wire's deadlines.
	x.whole = after(x.now, x.own.Total)
	if !x.call.Ends.IsZero() {
		x.whole = after(x.now, max(time.Until(x.call.Ends), 1))
	}
}

// attempts sends the request, and sends it again where that is called for.
func (x *exchange) attempts() error {
	if x.ctx.Err() != nil {
		return x.failed(PhasePrepare, errCanceled, false)
	}
	if x.call.Method == "TRACE" && x.call.hasBody() {
		return x.failed(PhasePrepare, errTraceBody, false)
	}
	for fresh := false; ; x.renew() {
		err := x.claim(fresh)
		if err == nil {
			err = x.run()
			if x.upload != nil {
				x.upload.hush()
			}
		}
		if err == nil || !x.again(err) {
			return err
		}
		wanted := err == errExpectationFailed || err == errProxyAsked
		x.retried = x.retried || !wanted
		if x.call.Body != nil && x.started && !x.rewind() {
			return err
		}
		fresh = err != errProxyAsked
	}
}

// errTraceBody is a request that must not be sent.
//
// RFC 9110, section 9.3.8: "A client MUST NOT send content in a TRACE request."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.8-4
var errTraceBody = errors.New("a TRACE request has no body")

// rewindPatience is how long a second attempt waits for a reader of the body
// that was told to stop.
const rewindPatience = time.Second

// rewind makes the body ready to be sent anew. It waits until nobody reads the
// old one, of which the new one may be a part.
func (x *exchange) rewind() bool {
	if u := x.upload; u != nil {
		patience := time.NewTimer(rewindPatience)
		defer patience.Stop()
		select {
		case <-u.done:
		case <-x.ctx.Done():
			return false
		case <-patience.C:
			return false
		}
	}
	body, err := x.call.Rewind()
	if err != nil {
		return false
	}
	x.call.Body = body
	return true
}

// again reports whether the request is to be sent once more after err.
//
// RFC 9110, section 9.2.2: "A client SHOULD NOT automatically retry a request
// with a non-idempotent method unless it has some means to know that the request
// semantics are actually idempotent, regardless of the method, or some means to
// detect that the original request was never applied." And: "A client SHOULD
// NOT automatically retry a failed automatic retry."
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2-4
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2-7
func (x *exchange) again(err error) bool {
	switch err {
	case errExpectationFailed:
		return true // at most once: there is no expectation any more
	case errProxyAsked:
		return true // mostProofs times at most
	}
	var e *Error
	if !errors.As(err, &e) || !e.Reused || x.answered || x.retried || x.ctx.Err() != nil || e.Timeout() {
		return false
	}
	if x.started && !x.call.rewindable() {
		return false
	}
	return !e.Sent || x.call.Repeatable && !x.upload.failedItself()
}

// claim gets the connection of an attempt. fresh asks for a new one.
func (x *exchange) claim(fresh bool) error {
	cn, err := x.connect(fresh)
	if err != nil {
		return err
	}
	x.conn, x.held = cn, true
	cn.uses++
	if x.whole != 0 {
		cn.wire.bound(x.whole, x.limits.Total)
		cn.bounded = true
	}
	return nil
}

// connect gives a connection of the pool that is alive, or opens one.
func (x *exchange) connect(fresh bool) (cn *conn, err error) {
	call := x.call
	start := x.stamp()
	if x.c.closed.Load() {
		return nil, x.failed(PhasePool, ErrClosed, false)
	}
	if x.right != nil {
		return x.await(x.right, true, start) // by the same way
	}
	via, err := x.route()
	if err != nil {
		return nil, x.failed(PhasePrepare, err, false)
	}
	x.via = via
	key := hostKey{tls: call.TLS, host: call.Host, via: via}
	if call.TLS {
		key.policy = x.c.policyOf(call.Policy)
	}
	var h *host
	if fresh = fresh || !call.Repeatable && via.doubtful(); !fresh {
		cn, h, err = x.c.pool.take(x.now, key)
	}
	for err == nil {
		if cn == nil {
			if h == nil {
				h = &host{pool: x.c.pool, key: key}
			}
			if cn, err = x.await(h, fresh, start); err != nil || cn.uses == 0 {
				return cn, err
			}
		}
		if t := call.Timings; t != nil {
			t.Pool = time.Since(start)
		}
		if x.inline() && cn.wire.socket.canFuse() || cn.alive() {
			return cn, nil // the fused exchange looks for itself
		}
		h = cn.host
		if cn, err = x.c.pool.replace(cn, fresh); cn == nil && err == nil {
			x.right = h
		}
	}
	return nil, x.failed(PhasePool, err, false)
}

// stamp gives the time, when timings are asked for.
func (x *exchange) stamp() time.Time {
	if x.call.Timings == nil {
		return time.Time{}
	}
	return time.Now()
}

// bounded gives the context for what precedes the exchange proper.
func (x *exchange) bounded() (context.Context, context.CancelFunc) {
	if x.whole == 0 {
		return x.ctx, func() {}
	}
	return context.WithTimeoutCause(x.ctx, time.Duration(x.whole-clock()), &limitError{name: "total", limit: x.limits.Total})
}

// failed makes the error of a phase.
func (x *exchange) failed(p Phase, err error, sent bool) *Error {
	e := &Error{
		Phase: p, Host: x.call.Host, Proxy: x.via.String(), Sent: sent || x.before, Err: err,
		Repeatable: x.call.Repeatable && x.call.rewindable(),
	}
	if cn := x.conn; cn != nil {
		e.Addr, e.Reused = cn.addr, cn.uses > 1
	}
	return e.explain(x.ctx)
}

// isGone reports whether err is how a connection looks whose peer is gone.
func isGone(err error) bool {
	return err == io.EOF || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}
