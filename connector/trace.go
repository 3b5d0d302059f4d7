package connector

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// callTrace tells of an exchange those who want to know: the net/http/httptrace
// hooks of its context, and package tracing. A nil *callTrace does nothing. All
// hooks of httptrace are called while RoundTrip runs, so that they cannot race
// with what comes after it: WroteRequest is left out when the answer overtakes the
// body. Only PutIdleConn may come later, in the Read or Close of the body that
// gives the connection back. All are called by the request's own goroutine but
// WroteRequest, by the one that sends a streamed body, and those of the opening of
// a connection, while the request waits for it: see gate. Package tracing sees to
// its own promises.
type callTrace struct {
	hooks *httptrace.ClientTrace // never nil
	own   *tracing.Exchange      // nil when there is none
	addr  string
	gate  *gate // of what opens a connection; else nil
}

// noHooks stands for those of a context without any.
var noHooks = &httptrace.ClientTrace{}

// traceOf gives who wants to know of call, or nil.
func traceOf(ctx context.Context, call *Call) *callTrace {
	hooks := httptrace.ContextClientTrace(ctx)
	if hooks == nil {
		if call.Trace == nil {
			return nil
		}
		hooks = noHooks
	}
	if hooks.GetConn != nil {
		hooks.GetConn(call.Host)
	}
	return &callTrace{hooks: hooks, own: call.Trace, addr: call.Host}
}

// traced reports whether package tracing is to be told.
func (t *callTrace) traced() bool { return t != nil && t.own != nil }

func (t *callTrace) tlsStart() {
	if t == nil {
		return
	}
	if t.hooks.TLSHandshakeStart != nil {
		t.hooks.TLSHandshakeStart()
	}
	if t.own != nil {
		report(t, tracing.TLSStart{Moment: t.own.Now(), Host: t.addr})
	}
}

func (t *callTrace) tlsDone(state *tls.ConnectionState, err error) {
	if t == nil {
		return
	}
	if state == nil {
		state = new(tls.ConnectionState)
	}
	if t.hooks.TLSHandshakeDone != nil {
		t.hooks.TLSHandshakeDone(*state, err)
	}
	if t.own != nil {
		report(t, tracing.TLSEnd{Moment: t.own.Now(), Host: t.addr, State: *state, Err: err})
	}
}

func (t *callTrace) gotConn(cn *conn) {
	if t == nil {
		return
	}
	info := httptrace.GotConnInfo{Conn: cn.top, Reused: cn.uses > 1, WasIdle: cn.uses > 1}
	if info.WasIdle {
		info.IdleTime = time.Duration(clock() - cn.restedAt)
	}
	if t.hooks.GotConn != nil {
		t.hooks.GotConn(info)
	}
	if t.own != nil && info.Reused {
		tracing.Tell(t.own.Tracer, tracing.ConnectionReuse{Moment: t.own.Now(), Host: t.addr, ID: cn.id, Addr: cn.addr, Idle: info.IdleTime})
	}
}

// wroteHead tells that the head was written, and what was written with it.
func (t *callTrace) wroteHead(x *exchange, err error) {
	if t == nil || err != nil {
		return
	}
	if t.hooks.WroteHeaderField != nil {
		t.wroteFields(x.out)
	}
	if t.hooks.WroteHeaders != nil {
		t.hooks.WroteHeaders()
	}
	if t.own != nil {
		t.headSent(x)
	}
}

// wroteFields tells of each field of a head, which sent begins with, the lines of
// one name together.
func (t *callTrace) wroteFields(sent []byte) {
	head, _, _ := bytes.Cut(sent, []byte("\r\n\r\n"))
	_, fields, _ := strings.Cut(string(head), "\r\n")
	var name string
	var values []string
	for line := range strings.SplitSeq(fields, "\r\n") {
		next, value, _ := strings.Cut(line, ": ")
		if next != name && values != nil {
			t.hooks.WroteHeaderField(name, values)
			values = nil
		}
		name, values = next, append(values, value)
	}
	t.hooks.WroteHeaderField(name, values)
}

// wrote tells that the request was written, at a time that is zero for now.
func (t *callTrace) wrote(at time.Time, err error) {
	if t == nil {
		return
	}
	if t.hooks.WroteRequest != nil {
		t.hooks.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
	if t.own != nil {
		if at.IsZero() {
			at = time.Now()
		}
		tracing.Tell(t.own.Tracer, tracing.RequestSent{Moment: t.own.At(at), Err: err})
	}
}

func (t *callTrace) wait100() {
	if t == nil {
		return
	}
	if t.hooks.Wait100Continue != nil {
		t.hooks.Wait100Continue()
	}
	if t.own != nil {
		tracing.Tell(t.own.Tracer, tracing.ContinueWait{Moment: t.own.Now()})
	}
}

func (t *callTrace) firstByte() {
	if t == nil {
		return
	}
	if t.hooks.GotFirstResponseByte != nil {
		t.hooks.GotFirstResponseByte()
	}
	if t.own != nil {
		tracing.Tell(t.own.Tracer, tracing.ResponseStart{Moment: t.own.Now()})
	}
}

// interim passes a 1xx response on.
func (t *callTrace) interim(h *http1.ResponseHead) error {
	if h.Status == 100 && t.hooks.Got100Continue != nil {
		t.hooks.Got100Continue()
	}
	if t.own != nil {
		tracing.Tell(t.own.Tracer, tracing.InterimResponse{Moment: t.own.Now(), Status: h.Status, Header: h.Fields.Header(nil, nil)})
	}
	if t.hooks.Got1xxResponse == nil {
		return nil
	}
	return t.hooks.Got1xxResponse(h.Status, textproto.MIMEHeader(h.Fields.Header(nil, nil)))
}

// dialTraceKey is the context key under which what opens a connection finds the
// trace of the exchange that it is for.
type dialTraceKey struct{}

// dialTrace gives the trace for what happens while a connection is opened; nil
// when nobody wants to know. httptrace's ConnectStart and ConnectDone are package
// net's affair.
func dialTrace(ctx context.Context) *callTrace {
	if t, ok := ctx.Value(dialTraceKey{}).(*callTrace); ok {
		return t
	}
	if hooks := httptrace.ContextClientTrace(ctx); hooks != nil {
		return &callTrace{hooks: hooks}
	}
	return nil
}

// dnsStart and dnsDone frame the wait for a name's addresses, known or not.
func (t *callTrace) dnsStart(name string) {
	if t != nil && t.hooks.DNSStart != nil {
		t.hooks.DNSStart(httptrace.DNSStartInfo{Host: name})
	}
}

func (t *callTrace) dnsDone(ips []netip.Addr, err error) {
	if t == nil || t.hooks.DNSDone == nil {
		return
	}
	info := httptrace.DNSDoneInfo{Err: err} // Coalesced is not told
	for _, ip := range ips {
		info.Addrs = append(info.Addrs, net.IPAddr{IP: ip.AsSlice(), Zone: ip.Zone()})
	}
	t.hooks.DNSDone(info)
}
