package connector

import (
	"bytes"
	"net"
	"net/netip"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// headersSent makes the event of a head that was sent, from its octets.
func headersSent(at tracing.Moment, head []byte, call *Call) tracing.RequestHeadersSent {
	line, fields, _ := bytes.Cut(head[:len(head)-len("\r\n")], []byte("\r\n"))
	_, target, _ := bytes.Cut(line, []byte(" "))
	target, _, _ = bytes.Cut(target, []byte(" "))
	return tracing.RequestHeadersSent{
		Moment: at, Method: call.Method, Target: string(target),
		Header: http1.Fields(fields).Header(nil, nil), Bytes: len(head), HasBody: call.hasBody(),
	}
}

// headSent tells that the head was written, and the body where that came with it.
func (t *callTrace) headSent(x *exchange) {
	if !x.sent {
		return
	}
	now := t.own.Now()
	if at := x.conn.wire.socket.sentAt; !at.IsZero() {
		now.Time = at // the answer was waited for in the same call
	}
	head := x.out
	if x.inline() {
		head = head[:len(head)-len(x.call.Payload)]
	}
	if t.own.Wants(func(tr *tracing.Trace) bool { return tr.OnRequestHeadersSent != nil }) {
		tracing.Tell(t.own.Tracer, headersSent(now, head, x.call))
	}
	if x.inline() && len(x.call.Payload) > 0 {
		tracing.Tell(t.own.Tracer, tracing.RequestChunkSent{Moment: now, Data: x.call.Payload})
	}
}

// chunkSent tells that a piece of the body was written.
func (t *callTrace) chunkSent(p []byte) {
	if t.traced() && len(p) > 0 {
		tracing.Tell(t.own.Tracer, tracing.RequestChunkSent{Moment: t.own.Now(), Data: p})
	}
}

// seesBody reports whether somebody wants the pieces of the body, so that they
// cannot go from a file to the socket unseen.
func (t *callTrace) seesBody() bool {
	return t.traced() && t.own.Wants(func(tr *tracing.Trace) bool { return tr.OnRequestChunkSent != nil })
}

// answeredBy tells of the head of the answer.
func (t *callTrace) answeredBy(x *exchange) {
	if !t.traced() || !t.own.Wants(func(tr *tracing.Trace) bool { return tr.OnResponseHead != nil }) {
		return
	}
	h := &x.head
	e := tracing.ResponseHead{
		Moment: t.own.Now(), Status: h.Status, Reason: string(h.Reason), Proto: "HTTP/1.1",
		Header: h.Fields.Header(nil, nil), Length: h.ContentLength, Bytes: h.Size,
	}
	if h.Minor == 0 {
		e.Proto = "HTTP/1.0"
	}
	if h.Chunked {
		e.Length = -1
	}
	tracing.Tell(t.own.Tracer, e)
}

// release is what is told when an exchange has let go of its connection.
type release struct {
	trace *callTrace // may be nil
	id    uint64
}

// releasing takes the trace from a connection of which the exchange lets go.
func (cn *conn) releasing() release {
	t := cn.trace
	cn.trace = nil
	return release{t, cn.id}
}

// tell tells whether the connection rests, or is closed. It comes last, since a
// function that panics must take nothing with it.
func (r release) tell(rests bool) {
	t := r.trace
	if t == nil {
		return
	}
	if rests && t.hooks.PutIdleConn != nil {
		t.hooks.PutIdleConn(nil)
	}
	if t.own != nil {
		tracing.Tell(t.own.Tracer, tracing.ConnectionRelease{Moment: t.own.Now(), Host: t.addr, ID: r.id, Reused: rests})
	}
}

// tellDrained tells that the connection is kept, and does not rest yet: of that
// httptrace's PutIdleConn has nothing to say.
func (r release) tellDrained() {
	if t := r.trace; t != nil && t.own != nil {
		tracing.Tell(t.own.Tracer, tracing.ConnectionRelease{Moment: t.own.Now(), Host: t.addr, ID: r.id, Reused: true})
	}
}

// known tells that the addresses of a name are in the cache, or not.
func (t *callTrace) known(name string, hit bool) {
	switch {
	case !t.traced():
	case hit:
		report(t, tracing.DNSCacheHit{Moment: t.own.Now(), Name: name})
	default:
		report(t, tracing.DNSCacheMiss{Moment: t.own.Now(), Name: name})
		report(t, tracing.DNSResolveStart{Moment: t.own.Now(), Name: name})
	}
}

// resolved ends a resolution that known has told of.
func (t *callTrace) resolved(name string, hit bool, addrs []netip.Addr, err error) {
	if t.traced() && !hit {
		report(t, tracing.DNSResolveEnd{Moment: t.own.Now(), Name: name, Addrs: addrs, Err: err})
	}
}

// connecting and connected frame the opening of a connection to one address.
func (t *callTrace) connecting(addr netip.AddrPort) {
	if t.traced() {
		report(t, tracing.ConnectStart{Moment: t.own.Now(), Addr: addr})
	}
}

func (t *callTrace) connected(addr netip.AddrPort, conn net.Conn, err error) {
	if !t.traced() {
		return
	}
	told := false
	defer func() {
		if !told && conn != nil {
			conn.Close()
		}
	}()
	report(t, tracing.ConnectEnd{Moment: t.own.Now(), Addr: addr, Err: err})
	told = true
}
