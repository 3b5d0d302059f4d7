package connector

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/internal/http1"
)

// callTrace passes events on to the net/http/httptrace hooks of a context. A
// nil *callTrace does nothing. All hooks are called while RoundTrip runs, so that
// they cannot race with what comes after it: WroteRequest is left out when the
// answer overtakes the body. Only PutIdleConn may come later, in the Read or Close
// of the body that gives the connection back. All are called by the request's
// own goroutine but WroteRequest, by the one that sends a streamed body, and
// ConnectStart and ConnectDone, which package net calls for each address.
type callTrace struct {
	hooks *httptrace.ClientTrace
	addr  string
}

// traceOf gives the hooks that ctx carries, or nil.
func traceOf(ctx context.Context, addr string) *callTrace {
	hooks := httptrace.ContextClientTrace(ctx)
	if hooks == nil {
		return nil
	}
	if hooks.GetConn != nil {
		hooks.GetConn(addr)
	}
	return &callTrace{hooks, addr}
}

func (t *callTrace) tlsStart() {
	if t != nil && t.hooks.TLSHandshakeStart != nil {
		t.hooks.TLSHandshakeStart()
	}
}

func (t *callTrace) tlsDone(state *tls.ConnectionState, err error) {
	if t != nil && t.hooks.TLSHandshakeDone != nil {
		if state == nil {
			state = new(tls.ConnectionState)
		}
		t.hooks.TLSHandshakeDone(*state, err)
	}
}

func (t *callTrace) gotConn(cn *conn) {
	if t == nil || t.hooks.GotConn == nil {
		return
	}
	info := httptrace.GotConnInfo{Conn: cn.top, Reused: cn.uses > 1, WasIdle: cn.uses > 1}
	if info.WasIdle {
		info.IdleTime = time.Duration(clock() - cn.restedAt)
	}
	t.hooks.GotConn(info)
}

// wroteHead tells of the head, which sent begins with.
func (t *callTrace) wroteHead(sent []byte, err error) {
	if t == nil || err != nil {
		return
	}
	if t.hooks.WroteHeaderField != nil {
		t.wroteFields(sent)
	}
	if t.hooks.WroteHeaders != nil {
		t.hooks.WroteHeaders()
	}
}

// wroteFields tells of each field of a head, the lines of one name together.
func (t *callTrace) wroteFields(head []byte) {
	head, _, _ = bytes.Cut(head, []byte("\r\n\r\n"))
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

func (t *callTrace) wrote(err error) {
	if t != nil && t.hooks.WroteRequest != nil {
		t.hooks.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
}

// putIdle tells that the connection rests again.
func (t *callTrace) putIdle() {
	if t != nil && t.hooks.PutIdleConn != nil {
		t.hooks.PutIdleConn(nil)
	}
}

func (t *callTrace) wait100() {
	if t != nil && t.hooks.Wait100Continue != nil {
		t.hooks.Wait100Continue()
	}
}

func (t *callTrace) firstByte() {
	if t != nil && t.hooks.GotFirstResponseByte != nil {
		t.hooks.GotFirstResponseByte()
	}
}

// interim passes a 1xx response on.
func (t *callTrace) interim(h *http1.ResponseHead) error {
	if h.Status == 100 && t.hooks.Got100Continue != nil {
		t.hooks.Got100Continue()
	}
	if t.hooks.Got1xxResponse == nil {
		return nil
	}
	return t.hooks.Got1xxResponse(h.Status, textproto.MIMEHeader(h.Fields.Header(nil, nil)))
}
