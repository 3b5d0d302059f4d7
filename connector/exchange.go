package connector

import (
	"context"
	"io"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// exchange is one request and the head of its answer, on one connection. It
// stands in the Call and is in use as long as Do; what outlasts Do is in the Reply.
type exchange struct {
	c      *Connector
	ctx    context.Context
	call   *Call
	reply  *Reply
	limits *Timeouts
	own    Timeouts // limits, when they are the call's own
	whole  int64    // when the total time-out ends, by clock; 0 is none
	now    int64    // the clock's last reading: when this attempt began

	out    []byte  // what is sent in one write: the head, and a small body
	via    *route  // the way of this attempt; nil is the direct one
	proof  proof   // what the proxy was told of its user
	joint  []byte  // where the two are put together
	right  *host   // of the pool's rights to open a connection, the one in hand
	conn   *conn   // the connection of this attempt
	held   bool    // conn is neither given back nor handed over
	upload *upload // the body being sent by another goroutine; nil when none
	head   http1.ResponseHead

	readErr error // of the read that came with the sending
	status
}

// status is how far an exchange has come.
type status struct {
	expect   bool // wait for 100 Continue
	last     bool // the connection is not to be used again
	started  bool // Body has been handed out to be read
	sent     bool // an octet may have reached the peer
	before   bool // the same, of an earlier attempt
	answered bool // an octet of an answer was read
	interims int  // how many 1xx answers were read
	retried  bool
	ended    bool // it has come to a result, and no function of the user's has panicked
}

// finish ends the exchange, and makes it ready for another. What is still in its
// hands, because a function of the user's panicked, it gives back.
func (x *exchange) finish() {
	defer x.clear() // even when another function panics
	if x.right != nil {
		x.c.pool.giveUp(x.right)
	}
	if x.held {
		if x.upload != nil {
			defer x.upload.cease()
		}
		x.release(false)
	}
	if !x.ended && !x.started {
		defer x.call.closeBody()
	}
	if cap(x.joint) > 64<<10 {
		x.joint = nil
	}
}

// clear lets go of all that does not serve the next exchange. It does so word by
// word, as a whole struct is dear to clear while the garbage collector runs.
func (x *exchange) clear() {
	if x.call.trace != nil {
		x.call.trace, x.call.interim = nil, nil
	}
	if x.proof != (proof{}) { // by whatever way it was made
		x.proof = proof{} // the next one may go through another proxy
	}
	x.c, x.ctx, x.call, x.reply = nil, nil, nil, nil
	x.limits, x.whole, x.now = nil, 0, 0
	x.out, x.via, x.right, x.conn, x.upload = nil, nil, nil, nil, nil
	x.head.Release()
	x.held, x.readErr, x.status = false, nil, status{}
}

// renew makes the exchange ready for another attempt.
func (x *exchange) renew() {
	x.before = x.before || x.sent
	x.conn, x.upload = nil, nil
	x.head = http1.ResponseHead{}
	x.started, x.sent, x.answered, x.readErr, x.interims = false, false, false, nil, 0
	x.now = clock()
}

// run sends the request, reads the head of the answer, and gives the rest to
// the reply.
func (x *exchange) run() error {
	cn := x.conn
	fused := x.inline() && cn.wire.socket.canFuse()
	cn.sends(fused && x.blind())
	x.c.watcher.watch(x.ctx, cn)
	cn.trace = x.call.trace
	if cn.trace != nil {
		cn.trace.gotConn(cn)
		x.now = clock() // it may have taken its time
	}
	started := x.stamp()
	cn.wire.socket.timeSend(fused && (x.call.Timings != nil || x.call.trace.traced()))
	x.render()
	cn.wire.beginAt(x.now, &cn.wire.reads, x.limits.Head, "head")
	var writeErr error
	switch {
	case !fused:
		writeErr = x.send()
	case cn.tls != nil:
		writeErr = x.sendRecord()
	default:
		writeErr = x.sendFused()
	}
	sentAt := x.stamp()
	if at := cn.wire.socket.sentAt; !at.IsZero() {
		sentAt = at // the answer was waited for in the same call
	}
	if x.upload == nil {
		x.call.trace.wrote(sentAt, writeErr)
	}
	if writeErr != nil && !isGone(writeErr) {
		return x.fail(PhaseWrite, writeErr)
	}
	if err := x.readHead(); err != nil {
		if writeErr != nil && (isGone(err) || err == io.ErrUnexpectedEOF) {
			return x.fail(PhaseWrite, writeErr)
		}
		return x.failHead(err)
	}
	if x.via.asks() {
		if err := x.proxied(); err != nil {
			return err
		}
	}
	if x.expect && x.upload == nil && x.head.Status == 417 {
		return x.refused()
	}
	if x.upload != nil && (x.call.trace != nil || x.call.Timings != nil) {
		sentAt = x.uploaded()
	}
	x.note(started, sentAt)
	x.call.trace.answeredBy(x)
	return x.accept()
}

// uploaded waits a moment for the end of the body, and tells when that was: now,
// when the answer has overtaken it.
func (x *exchange) uploaded() time.Time {
	now := x.stamp()
	if !x.upload.settled(lastNews) {
		return now
	}
	return x.upload.ended
}

// note fills the timings in.
func (x *exchange) note(started, sentAt time.Time) {
	t := x.call.Timings
	if t == nil {
		return
	}
	t.Send = sentAt.Sub(started)
	t.Wait = time.Since(sentAt)
	t.Reused = x.conn.uses > 1
	t.Addr, t.Proxy = x.conn.addr, x.via.String()
}
