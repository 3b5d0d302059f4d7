package connector_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// do sends a call that may have been sent before, and gives the status.
func (e *env) do(ctx context.Context, call *connector.Call) <-chan string {
	out := make(chan string, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				out <- fmt.Sprint("panic: ", v)
			}
		}()
		var reply connector.Reply
		if err := e.c.Do(ctx, call, &reply); err != nil {
			out <- err.Error()
			return
		}
		reply.Close()
		out <- reply.StatusText()
	}()
	return out
}

func (e *env) wantStatus(out <-chan string, want string) {
	e.t.Helper()
	if got := <-out; got != want {
		e.t.Errorf("got %s, want %s", got, want)
	}
}

// callOf is one for http://origin.test/, as sessions make it.
func callOf() *connector.Call {
	return &connector.Call{Method: "GET", Host: "origin.test:80", Head: []byte("GET / HTTP/1.1\r\nHost: origin.test\r\n"), Repeatable: true}
}

// What one proxy was told of its user is not for the next request, which may go
// through another proxy.
func TestCallSentAgainTellsNoProxyWhatAnotherWasTold(t *testing.T) {
	inBubble(t, connector.Options{ProxyAuth: connector.ProxyDigestOnly}, func(e *env) {
		call := callOf()
		call.Proxy = by(t, "http://me:secret@example.com:80")
		out := e.do(context.Background(), call)
		s := e.accept()
		s.WantHead()
		s.Write(unproved(askedDigest))
		wantDigest(t, s.WantHead(), "GET", "http://origin.test/", "n1", "00000001")
		s.Write(okHello)
		e.wantStatus(out, "200 OK")

		call.Proxy = by(t, "http://other:password@example.com:80")
		out = e.do(context.Background(), call)
		s = e.accept()
		if head := s.WantHead(); digestOf(head) != nil {
			t.Errorf("the second proxy was told %v", digestOf(head))
		}
		s.Write(okHello)
		e.wantStatus(out, "200 OK")
	})
}

// Each request may be asked anew, however often those before it were.
func TestCallSentAgainProvesItsUserAsOftenAsAnother(t *testing.T) {
	inBubble(t, connector.Options{ProxyAuth: connector.ProxyDigestOnly, Proxy: by(t, "http://me:secret@example.com:80")}, func(e *env) {
		call := callOf()
		out := e.do(context.Background(), call)
		s := e.accept()
		for i := range 8 {
			if i > 0 {
				out = e.do(context.Background(), call)
			}
			s.WantHead()
			nonce := fmt.Sprint("n", i)
			s.Write(unproved(`Digest realm="p", nonce="` + nonce + `", qop="auth", algorithm=SHA-256, stale=true`))
			wantDigest(t, s.WantHead(), "GET", "http://origin.test/", nonce, "00000001")
			s.Write(okHello)
			e.wantStatus(out, "200 OK")
		}
	})
}

// A hook that has panicked hears nothing of the next request.
func TestCallSentAgainAfterAPanicTellsNoHookOfBefore(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		call := callOf()
		call.Host = "example.com:80"
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			GotConn:        func(httptrace.GotConnInfo) { panic("hook") },
			Got100Continue: func() { t.Error("a hook of the request before was called") },
		})
		out := e.do(ctx, call)
		e.accept()
		e.wantStatus(out, "panic: hook")

		out = e.do(context.Background(), call)
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 100 Continue\r\n\r\n" + okHello)
		e.wantStatus(out, "200 OK")
	})
}

// A function that panics while another's panic is cleared up leaves nothing to the
// next request, which would take what was left for its own answer.
func TestCallSentAgainAfterTwoPanicsTakesNothingOfBefore(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		call := callOf()
		call.Host = "example.com:80"
		call.Trace = tracing.Begin(context.Background(), nil, []*tracing.Trace{{
			OnResponseStart:     func(*tracing.Call, tracing.ResponseStart) { panic("start") },
			OnConnectionRelease: func(*tracing.Call, tracing.ConnectionRelease) { panic("release") },
		}}).Exchange()
		out := e.do(context.Background(), call)
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
		e.wantStatus(out, "panic: release")

		call.Trace = nil
		out = e.do(context.Background(), call)
		s = e.accept()
		s.WantHead()
		s.Write(okHello)
		e.wantStatus(out, "200 OK")
	})
}

// blocks is a body that gives nothing, and whose Close panics.
type blocks chan struct{}

func (b blocks) Read([]byte) (int, error) { <-b; return 0, io.EOF }
func (b blocks) Close() error             { close(b); panic("close") }

func TestPanicOfABodysCloseGivesTheConnectionBack(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		call := callOf()
		call.Host, call.Body, call.Length = "example.com:80", make(blocks), -1
		out := e.do(context.Background(), call)
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n")
		e.wantStatus(out, "panic: close")
		e.wantStats(connector.Stats{})
	})
}

// The total time-out of a call is no other's on the same connection, nor that of the
// rest of a body which the connector reads for nothing.
func TestCallSentAgainHasNoTotalTimeoutOfBefore(t *testing.T) {
	for name, first := range map[string]string{"whole": "", "rest": "hello"} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{}, func(e *env) {
				connector.DrainFor(e.c, time.Minute)
				call := callOf()
				call.Host, call.Timeouts = "example.com:80", &connector.Timeouts{Total: time.Second}
				out := e.do(context.Background(), call)
				s := e.accept()
				s.WantHead()
				s.Write(strings.TrimSuffix(okHello, first))
				e.wantStatus(out, "200 OK")
				time.Sleep(2 * time.Second)
				s.Write(first)
				e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})

				call.Timeouts = nil
				out = e.do(context.Background(), call)
				s.WantHead()
				time.Sleep(2 * time.Second)
				s.Write(okHello)
				e.wantStatus(out, "200 OK")
			})
		})
	}
}

// closes is a body that tells of its end.
type closes struct{ ended chan<- string }

func (closes) Read([]byte) (int, error) { return 0, nil }
func (c closes) Close() error           { c.ended <- "closed"; return nil }

func TestPanicOfAHookClosesTheBody(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { panic("hook") },
		})
		call := callOf()
		ended := make(chan string, 2)
		call.Host, call.Body, call.Length = "example.com:80", closes{ended}, -1
		out := e.do(ctx, call)
		e.accept()
		e.wantStatus(out, "panic: hook")
		if len(ended) != 1 {
			t.Errorf("the body was closed %d times", len(ended))
		}
	})
}
