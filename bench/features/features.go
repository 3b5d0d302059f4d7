package features

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/aiohttp-go/aiohttp/middleware"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// Feature is something that a session can have.
type Feature struct {
	Name string
	Free bool // it is there and not used: it is to cost nothing
	set  func(o *aiohttp.Options) io.Closer
}

// nothing has to be closed.
var nothing = io.NopCloser(nil)

func with(all ...aiohttp.Middleware) func(*aiohttp.Options) io.Closer {
	return func(o *aiohttp.Options) io.Closer { o.Middleware = all; return nothing }
}

func traced(t *tracing.Trace) func(*aiohttp.Options) io.Closer {
	return func(o *aiohttp.Options) io.Closer { o.Trace = []*tracing.Trace{t}; return nothing }
}

func jar(own, other int) func(*aiohttp.Options) io.Closer {
	return func(o *aiohttp.Options) io.Closer {
		j := cookie.New()
		fill := func(host string, n int) {
			for i := range n {
				name := host
				if host == "" {
					name = fmt.Sprintf("host%d.test", i)
				}
				j.SetCookies(&url.URL{Scheme: "http", Host: name, Path: "/"}, []*http.Cookie{{Name: fmt.Sprintf("name%d", i), Value: "value"}})
			}
		}
		fill("origin.test", own)
		fill("", other)
		o.Jar = j
		return nothing
	}
}

func pass(next aiohttp.Handler) aiohttp.Handler { return next }

func call(next aiohttp.Handler) aiohttp.Handler {
	return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) { return next(ctx, req) }
}

// every gives a trace that hears of everything which a request on a connection that
// rested can tell.
func every() *tracing.Trace {
	return &tracing.Trace{
		OnRequestStart:          func(*tracing.Call, tracing.RequestStart) {},
		OnRequestEnd:            func(*tracing.Call, tracing.RequestEnd) {},
		OnExchangeStart:         func(*tracing.Call, tracing.ExchangeStart) {},
		OnExchangeEnd:           func(*tracing.Call, tracing.ExchangeEnd) {},
		OnRequestHeadersSent:    func(*tracing.Call, tracing.RequestHeadersSent) {},
		OnRequestSent:           func(*tracing.Call, tracing.RequestSent) {},
		OnResponseStart:         func(*tracing.Call, tracing.ResponseStart) {},
		OnResponseHead:          func(*tracing.Call, tracing.ResponseHead) {},
		OnResponseChunkReceived: func(*tracing.Call, tracing.ResponseChunkReceived) {},
		OnConnectionReuse:       func(*tracing.Call, tracing.ConnectionReuse) {},
		OnConnectionRelease:     func(*tracing.Call, tracing.ConnectionRelease) {},
	}
}

func discard(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: level}))
}

// Features are those that are measured; the first is a session with none.
var Features = []Feature{
	{"nothing (the base)", true, func(*aiohttp.Options) io.Closer { return nothing }},
	{"Middleware: an empty list", true, with()},
	{"Trace: an empty list", true, func(o *aiohttp.Options) io.Closer { o.Trace = []*tracing.Trace{}; return nothing }},
	{"cookies: DisableCookies", true, func(o *aiohttp.Options) io.Closer { o.DisableCookies = true; return nothing }},
	{"cookies: an empty jar", true, jar(0, 0)},
	{"cookies: 100 of other hosts", true, jar(0, 100)},
	{"har: a recorder that is not attached", true, func(*aiohttp.Options) io.Closer { return har.New(io.Discard) }},

	{"cookies: 1 of this host", false, jar(1, 0)},
	{"cookies: 10 of this host, 100 of others", false, jar(10, 100)},
	{"Trace: one that hears of nothing", false, traced(&tracing.Trace{})},
	{"Trace: OnRequestEnd", false, traced(&tracing.Trace{OnRequestEnd: func(*tracing.Call, tracing.RequestEnd) {}})},
	{"Trace: everything", false, traced(every())},
	{"har: a recorder", false, func(o *aiohttp.Options) io.Closer {
		r := har.New(io.Discard)
		o.Trace = []*tracing.Trace{r.Trace()}
		return r
	}},
	{"Middleware: one that is gone when the session is made", false, with(pass)},
	{"Middleware: one that only calls the next", false, with(call)},
	{"Middleware: five of them", false, with(call, call, call, call, call)},
	{"middleware.Retry", false, with(middleware.Retry())},
	{"middleware.Retry, BodyBytes 64 KiB", false, with(middleware.Retry(middleware.RetryOptions{BodyBytes: 64 << 10}))},
	{"middleware.Hedge, Delay learned", false, with(middleware.Hedge())},
	{"middleware.Hedge, Delay 1 h", false, with(middleware.Hedge(middleware.HedgeOptions{Delay: time.Hour}))},
	{"middleware.RateLimit, no limit", false, with(middleware.RateLimit())},
	{"middleware.RateLimit, Rate and Concurrent", false, with(middleware.RateLimit(middleware.RateLimitOptions{Rate: 1e9, Burst: 1e6, Concurrent: 10}))},
	{"middleware.CircuitBreaker", false, with(middleware.CircuitBreaker())},
	{"middleware.RaiseForStatus", false, with(middleware.RaiseForStatus(nil))},
	{"middleware.Log, below the level", false, with(middleware.Log(middleware.LogOptions{Logger: discard(slog.LevelError)}))},
	{"middleware.Log, text to nowhere", false, with(middleware.Log(middleware.LogOptions{Logger: discard(slog.LevelInfo)}))},
	{"auth.Basic", false, with(auth.Basic("user", "password"))},
	{"auth.Bearer", false, with(auth.Bearer("token"))},
	{"auth.Digest, not asked for", false, with(auth.Digest("user", "password"))},
}

// answer is what the server says: eight fields and a short body.
const answer = "HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 12:00:00 GMT\r\nServer: test\r\nContent-Type: text/plain\r\n" +
	"Cache-Control: no-cache\r\nETag: \"abc\"\r\nVary: Accept-Encoding\r\nX-Request-Id: 0123456789\r\nContent-Length: 5\r\n\r\nhello"

// Client sends requests with one feature.
type Client struct {
	session   *aiohttp.Session
	connector *connector.Connector
	feature   io.Closer
}

// Client makes one.
func (f *Feature) Client() *Client {
	c := &Client{connector: connector.New(connector.Options{DialContext: Dial(answer)})}
	o := aiohttp.Options{Connector: c.connector}
	c.feature = f.set(&o)
	c.session = aiohttp.NewSession(o)
	return c
}

// Close ends it.
func (c *Client) Close() {
	c.session.Close()
	c.feature.Close()
	c.connector.Close()
}

// Get sends one request and reads the answer.
func (c *Client) Get() error {
	resp, err := c.session.Get(context.Background(), "http://origin.test/path")
	if err != nil {
		return err
	}
	var buf [64]byte
	n, err := resp.Read(buf[:])
	if err == nil && n < 5 {
		err = fmt.Errorf("a body of %d bytes", n)
	}
	if err != nil && err != io.EOF {
		return err
	}
	_, err = resp.Read(buf[:])
	if err == io.EOF {
		err = nil
	}
	return err
}
