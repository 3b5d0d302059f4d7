package har_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/tracing"
	"github.com/aiohttp-go/aiohttp/tracing/har"
)

// silent is a resolver that never answers.
type silent struct{}

func (silent) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// mute gives connections whose other end reads and never answers, after two
// seconds.
func mute(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		time.Sleep(2 * time.Second)
		ours, theirs := testnet.Pipe()
		go io.Copy(io.Discard, theirs)
		t.Cleanup(func() { theirs.Close() })
		return ours, nil
	}
}

func never(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// The time of a failure is where it was spent, as browsers show it.
func TestRecorderTellsWhereTheTimeOfAFailureWent(t *testing.T) {
	limits := connector.Timeouts{DNS: 3 * time.Second, Connect: 4 * time.Second, TLS: 5 * time.Second, Head: 6 * time.Second}
	for _, test := range []struct {
		name, url string
		err       string
		opts      func(*testing.T) connector.Options
		want      object
	}{
		{"dns", "http://a.test/", "dns a.test:80: dns timeout of 3s exceeded",
			func(*testing.T) connector.Options { return connector.Options{Resolver: silent{}} },
			object{"blocked": 0.0, "dns": 3000.0, "connect": -1.0, "ssl": -1.0, "send": 0.0, "wait": 0.0, "receive": 0.0}},
		{"connect", "http://a.test/", "connect a.test:80: connect timeout of 4s exceeded",
			func(*testing.T) connector.Options { return connector.Options{DialContext: never} },
			object{"blocked": 0.0, "dns": -1.0, "connect": 4000.0, "ssl": -1.0, "send": 0.0, "wait": 0.0, "receive": 0.0}},
		{"tls", "https://a.test/", "tls a.test:443 (198.18.0.1:80): tls timeout of 5s exceeded",
			func(t *testing.T) connector.Options { return connector.Options{DialContext: mute(t)} },
			object{"blocked": 0.0, "dns": -1.0, "connect": 7000.0, "ssl": 5000.0, "send": 0.0, "wait": 0.0, "receive": 0.0}},
		{"head", "http://a.test/", "head a.test:80 (198.18.0.1:80): head timeout of 6s exceeded",
			func(t *testing.T) connector.Options { return connector.Options{DialContext: mute(t)} },
			object{"blocked": 0.0, "dns": -1.0, "connect": 2000.0, "ssl": -1.0, "send": 0.0, "wait": 6000.0, "receive": 0.0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := test.opts(t)
				opts.Timeouts = limits
				conns := connector.New(opts)
				defer conns.Close()
				var out bytes.Buffer
				recorder := har.New(&out)
				session := aiohttp.NewSession(aiohttp.Options{Connector: conns, Trace: []*tracing.Trace{recorder.Trace()}})
				defer session.Close()
				if _, err := session.Get(t.Context(), test.url); err == nil {
					t.Fatal("no error")
				}
				recorder.Close()
				e := entries(parse(t, out.Bytes()))[0]
				if d := cmp.Diff(test.want, e["timings"]); d != "" {
					t.Errorf("-want +got:\n%s", d)
				}
				if e["comment"] != test.err || e["response"].(object)["_error"] != test.err {
					t.Errorf("the comment is %v, the error %v, want %s", e["comment"], e["response"].(object)["_error"], test.err)
				}
			})
		})
	}
}

func TestRecorderNamesTheAddressThatRefused(t *testing.T) {
	e := entries(record(t, har.Options{}, nil, aiohttp.Request{URL: "http://127.0.0.1:1/"}))[0]
	if e["serverIPAddress"] != "127.0.0.1" || e["connection"] != "1" || e["_connectionId"] != nil {
		t.Errorf("got %v", e)
	}
}

// A cache goes on with a request that its caller has given up: nothing of it is
// told any more.
func TestRecorderKeepsWhatACallLetsGoOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conns := connector.New(connector.Options{DialContext: mute(t), Timeouts: connector.Timeouts{Head: time.Hour}})
		defer conns.Close()
		var out bytes.Buffer
		recorder := har.New(&out)
		var over = make(chan struct{})
		detach := func(next aiohttp.Handler) aiohttp.Handler {
			return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
				req.Go(func() {
					defer close(over)
					if _, err := next(context.WithoutCancel(ctx), req); err == nil {
						t.Error("no error")
					}
				})
				<-ctx.Done()
				return nil, ctx.Err()
			}
		}
		session := aiohttp.NewSession(aiohttp.Options{Connector: conns, Middleware: []aiohttp.Middleware{detach}, Trace: []*tracing.Trace{recorder.Trace()}})
		defer session.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := session.Get(ctx, "http://a.test/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		<-over
		recorder.Close()
		all := entries(parse(t, out.Bytes()))
		if len(all) != 1 {
			t.Fatalf("%d entries", len(all))
		}
		if all[0]["comment"] == nil || all[0]["time"] != 3000.0 || all[0]["timings"].(object)["wait"] != 1000.0 {
			t.Errorf("got %v", all[0])
		}
	})
}

// "connection ... Unique ID of the parent TCP/IP connection, can be the client or
// server port number." Both browsers show it as the latter.
func TestRecorderTellsOfConnections(t *testing.T) {
	hello := aiohttp.Request{URL: "/", Header: http.Header{"Connection": nil}}
	log := record(t, har.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Last") != "" {
			w.Header().Set("Connection", "close")
		}
		w.Header()["Date"] = nil
		io.WriteString(w, "hello")
	}, hello, aiohttp.Request{URL: "/", Header: http.Header{"X-Last": {"1"}}}, hello)
	var ids []any
	for _, e := range entries(log) {
		_, port, _ := net.SplitHostPort(values(e["request"].(object)["headers"])["Host"])
		if e["serverIPAddress"] != "127.0.0.1" || e["connection"] != port {
			t.Errorf("got %v:%v, want port %s", e["serverIPAddress"], e["connection"], port)
		}
		ids = append(ids, e["_connectionId"])
	}
	if ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("connections %v", ids)
	}
	resp := entries(log)[0]["response"].(object)
	head := len("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
	if resp["headersSize"] != float64(head) || resp["_transferSize"] != float64(head+5) {
		t.Errorf("head %v, transfer %v, want %d and 5 more", resp["headersSize"], resp["_transferSize"], head)
	}
}

// Chrome takes JSON for a script unless it is told.
func TestRecorderTellsOfTheKindOfResource(t *testing.T) {
	for media, want := range map[string]string{
		"text/html; charset=utf-8": "document", "text/css": "stylesheet", "text/javascript": "script", "application/javascript": "script",
		"image/png": "image", "font/woff2": "font", "video/mp4": "media", "text/event-stream": "eventsource",
		"application/json": "fetch", "text/plain": "fetch",
	} {
		h := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", media) }
		if got := entries(record(t, har.Options{}, h, aiohttp.Request{}))[0]["_resourceType"]; got != want {
			t.Errorf("%s: got %v, want %s", media, got, want)
		}
	}
}

func TestRecorderReckonsMaxAge(t *testing.T) {
	before := time.Now().Truncate(time.Second)
	h := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "a=b; Max-Age=3600; Expires=Mon, 02 Jan 2040 03:04:05 GMT")
	}
	c := entries(record(t, har.Options{}, h, aiohttp.Request{}))[0]["response"].(object)["cookies"].(list)[0].(object)
	got, err := time.Parse(time.RFC3339, c["expires"].(string))
	if err != nil || got.Before(before.Add(time.Hour)) || got.After(time.Now().Add(time.Hour)) {
		t.Errorf("got %v, %v", c, err)
	}
}
