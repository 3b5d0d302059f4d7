package connector

import (
	"errors"
	"io"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// continueWait is how long a body is held back for a "100 Continue".
//
// RFC 9110, section 10.1.1: "A client that sends a 100-continue expectation is
// not required to wait for any specific length of time; such a client MAY
// proceed to send the content even if it has not yet received a response."
// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1-11.3
const continueWait = time.Second

// continuePhase is the name of that wait.
const continuePhase = "continue"

// errExpectationFailed says that the server refused the expectation and the
// request is to be sent without it.
var errExpectationFailed = errors.New("expectation failed")

// awaitContinue waits for the server's word on the body. A final answer leaves
// the body unsent; silence sends it. Whatever else happens is found by readHead.
func (x *exchange) awaitContinue() error {
	w := &x.conn.wire
	w.begin(&w.reads, continueWait, continuePhase)
	x.call.trace.wait100()
	for {
		err := x.nextHead()
		var late *limitError
		switch {
		case errors.As(err, &late) && late.name == continuePhase:
			return x.startUpload()
		case err != nil:
			x.readErr = err
			return nil
		case !x.interim():
			return nil
		}
		status := x.head.Status
		if err := x.passInterim(); err != nil {
			x.readErr = err
			return nil
		}
		if status == 100 {
			return x.startUpload()
		}
	}
}

// refused ends an attempt whose expectation the server refused.
//
// RFC 9110, section 10.1.1: "A client that receives a 417 (Expectation Failed)
// status code in response to a request containing a 100-continue expectation
// SHOULD repeat that request without a 100-continue expectation".
// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1-11.4
func (x *exchange) refused() error {
	x.trade()
	x.expect = false
	return errExpectationFailed
}

// switched reports whether an answer turns the connection over to another
// protocol.
//
// RFC 9110, section 9.3.6: "Any 2xx (Successful) response indicates that the
// sender (and all inbound proxies) will switch to tunnel mode immediately after
// the response header section".
// https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6-7
func switched(method string, status int) bool {
	return status == 101 || method == "CONNECT" && status/100 == 2
}

// errEarlySwitch is a server's change of protocol in the middle of a request.
//
// RFC 9110, section 7.8: "A client cannot begin using an upgraded protocol on
// the connection until it has completely sent the request message".
// https://www.rfc-editor.org/rfc/rfc9110#section-7.8-15
var errEarlySwitch = errors.New("server switched protocols before the request was sent whole")

// acceptSwitch hands the connection over for good: neither the context nor the
// time-outs of the request govern it any more.
func (x *exchange) acceptSwitch() error {
	if x.upload != nil && !x.upload.settled(lastWords) || x.upload == nil && x.expect {
		return x.fail(PhaseHead, errEarlySwitch)
	}
	if x.head.Status == 101 && !x.call.Tunnel && x.call.box == nil {
		return x.acceptUnasked()
	}
	if !x.conn.unwatch() {
		return x.fail(PhaseHead, errCanceled)
	}
	r, cn := x.reply, x.conn
	r.start(x, http1.NoBody)
	cn.wire.bound(0, 0)
	cn.wire.begin(&cn.wire.reads, -1, "")
	cn.wire.begin(&cn.wire.writes, -1, "")
	r.bind(x)
	r.err = io.EOF
	r.extend().tunnel = newUpgraded(x.c.pool, cn)
	return nil
}

// acceptUnasked takes a change of protocol that nobody asked for as an answer
// without a body, the connection's last. Who reads the body of an ordinary answer
// must not be left to a server that says nothing, without a time-out. RoundTrip hands
// the connection over nevertheless, since the users of net/http know it so, but not
// for longer than the request's context lasts.
//
// RFC 9110, section 7.8: "A server MUST NOT switch to a protocol that was not
// indicated by the client in the corresponding request's Upgrade header field."
// https://www.rfc-editor.org/rfc/rfc9110#section-7.8
func (x *exchange) acceptUnasked() error {
	x.head.Close = true
	x.reply.start(x, http1.NoBody)
	x.reply.body.Reset(&x.conn.rd, http1.NoBody, 0, &x.c.limits)
	x.release(false)
	return nil
}
