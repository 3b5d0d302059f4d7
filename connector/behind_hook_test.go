package connector_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// TestAnswerThatCameWhileTheProgramWasAskedIsNeverTaken lets an unasked answer come
// while a function of the program's is called, between the connection's rest and the
// next request on it: by the time that this is sent the rest was long.
func TestAnswerThatCameWhileTheProgramWasAskedIsNeverTaken(t *testing.T) {
	for name, tt := range map[string]struct {
		rested time.Duration // for which a request is sent blind
		asked  string        // what is asked before the second request has a connection, which the first has then
		first  *httptrace.ClientTrace
		second *httptrace.ClientTrace
	}{
		"proxy":      {1, "proxy", nil, nil}, // no time at all
		"context":    {1, "context", nil, nil},
		"got-conn":   {time.Hour, "", nil, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {}}},
		"first-byte": {time.Hour, "", &httptrace.ClientTrace{GotFirstResponseByte: func() {}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			poison, sent := make(chan bool), make(chan bool)
			ln := listenTCP(t)
			go func() {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				for r := bufio.NewReader(conn); ; {
					req, err := http.ReadRequest(r)
					if err != nil {
						break
					}
					if req.URL.Path == "/" {
						io.WriteString(conn, okHello)
						<-poison
						io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")
						sent <- true
					}
				}
				for { // the second request is sent again
					conn, err := ln.Accept()
					if err != nil {
						return
					}
					if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
						io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nfollow")
					}
					conn.Close()
				}
			}()
			defer ln.Close()
			spoil := sync.OnceFunc(func() {
				poison <- true
				<-sent
			})
			address := "http://" + ln.Addr().String()
			var c *connector.Connector
			get := func(path string, trace *httptrace.ClientTrace) answer {
				ctx := context.Background()
				if trace != nil {
					hooks := *trace
					if hooks.GotConn != nil {
						hooks.GotConn = func(httptrace.GotConnInfo) { spoil() }
					} else {
						hooks.GotFirstResponseByte = spoil
					}
					ctx = httptrace.WithClientTrace(ctx, &hooks)
				}
				return exchange(c, request(t, "GET", address+path, nil).WithContext(ctx))
			}
			var asked atomic.Bool
			ask := func(what string) {
				if tt.asked == what && asked.CompareAndSwap(false, true) {
					want(t, get("/", nil), 200, "hello")
					spoil()
				}
			}
			var o connector.Options
			if tt.asked == "proxy" {
				o.Proxy = func(string, string) (*url.URL, error) {
					ask("proxy")
					return nil, nil
				}
			}
			c = connector.New(o)
			defer c.Close()
			connector.RestedFor(c, tt.rested)
			if tt.asked == "" {
				want(t, get("/", tt.first), 200, "hello")
			}
			if tt.asked == "context" {
				req := request(t, "GET", address+"/follow", nil)
				want(t, exchange(c, req.WithContext(askedContext{req.Context(), func() { ask("context") }})), 200, "follow")
				return
			}
			want(t, get("/follow", tt.second), 200, "follow")
		})
	}
}

// askedContext is one that tells when it is asked whether it has ended.
type askedContext struct {
	context.Context
	asked func()
}

func (c askedContext) Err() error {
	c.asked()
	return c.Context.Err()
}

// TestTimeoutsBeginBehindWhatTheProgramIsAsked has a function of the program's take
// longer than the request may.
func TestTimeoutsBeginBehindWhatTheProgramIsAsked(t *testing.T) {
	const limit = time.Second
	slow := func() { time.Sleep(2 * limit) }
	for name, tt := range map[string]struct {
		proxy connector.Proxy
		trace *httptrace.ClientTrace
	}{
		"proxy":    {proxy: func(string, string) (*url.URL, error) { slow(); return nil, nil }},
		"got-conn": {trace: &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { slow() }}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{Proxy: tt.proxy, Timeouts: connector.Timeouts{Write: limit}}, func(e *env) {
				ctx := context.Background()
				if tt.trace != nil {
					ctx = httptrace.WithClientTrace(ctx, tt.trace)
				}
				get := func() <-chan answer { return e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx)) }
				out := get()
				s := e.accept()
				for i := range 2 { // the second one finds a connection at rest
					if i > 0 {
						out = get()
					}
					s.WantHead()
					s.Write(okHello)
					want(t, <-out, 200, "hello")
				}
			})
		})
	}
}
