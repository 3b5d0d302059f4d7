package sse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/sse"
	"github.com/aiohttp-go/aiohttp/trust"
	"github.com/google/go-cmp/cmp"
)

const (
	address = "http://a.test/events"
	head    = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	until   = head + "Connection: close\r\n\r\n" // the end of the connection
)

// log is what a subscription brought, with the times.
type log struct {
	begun time.Time
	lines []string
	err   error
}

func (l *log) add(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf("%v ", time.Since(l.begun))+fmt.Sprintf(format, args...))
}

// follow runs a subscription to its end, in a goroutine. The log may be read when
// the channel is closed.
func follow(ctx context.Context, session *aiohttp.Session, opts sse.Options) (*log, <-chan struct{}) {
	l := &log{begun: time.Now()}
	onOpen := opts.OnOpen
	opts.OnOpen = func(resp *aiohttp.Response) {
		l.add("open %d", resp.Status)
		if onOpen != nil {
			onOpen(resp)
		}
	}
	opts.OnRetry = func(cause error, wait time.Duration) { l.add("retry in %v: %v", wait, cause) }
	done := make(chan struct{})
	go func() {
		defer close(done)
		for event, err := range sse.Subscribe(ctx, session, address, opts) {
			if err != nil {
				l.err = err
				continue // the loop has to end by itself
			}
			l.add("%s %q %q", event.Type, event.Data, event.ID)
		}
		l.add("end")
	}()
	return l, done
}

func (l *log) want(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, l.lines); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// wantFields expects a request with these fields, and none of the others.
func wantFields(t *testing.T, peer *testnet.Script, want map[string]string) {
	t.Helper()
	request := peer.WantHead()
	for name, value := range want {
		line := "\r\n" + name + ": " + value + "\r\n"
		if value == "" {
			if strings.Contains(request, "\r\n"+name+":") {
				t.Errorf("request has the field %s:\n%s", name, request)
			}
		} else if !strings.Contains(request, line) {
			t.Errorf("request without %q:\n%s", line, request)
		}
	}
}

func listen(t *testing.T, n *testnet.Network) net.Listener {
	t.Helper()
	ln, err := n.Listen("a.test:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// The stream is asked for again when it has ended, after the time that the server
// has named, with the last event ID, until the server says 204.
func TestSubscribeReconnects(t *testing.T) {
	// resty#231: event streams are everybody's own.
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		l, done := follow(t.Context(), session, sse.Options{})

		peer := testnet.Accept(t, ln)
		wantFields(t, peer, map[string]string{"Accept": "text/event-stream", "Cache-Control": "no-store", "Last-Event-ID": "", "Last-Event-Id": ""})
		peer.Write(until + "data: a\n\n")
		time.Sleep(time.Second)
		peer.Write("id: 7\nevent: add\ndata: b\n\nid: 8\ndata: lost")
		peer.Close()

		peer = testnet.Accept(t, ln)
		wantFields(t, peer, map[string]string{"Last-Event-Id": "7"})
		peer.Write(until + "retry: 5000\n\ndata: c\n\n")
		peer.Close()

		peer = testnet.Accept(t, ln)
		wantFields(t, peer, map[string]string{"Last-Event-Id": "7"})
		peer.Write("HTTP/1.1 204 No Content\r\n\r\n")
		<-done
		if l.err != nil {
			t.Errorf("error %v", l.err)
		}
		l.want(t, `0s open 200`, `0s message "a" ""`, `1s add "b" "7"`, `1s retry in 3s: EOF`,
			`4s open 200`, `4s message "c" "7"`, `4s retry in 5s: EOF`, `9s end`)
	})
}

// A stream that is cut, or falls silent, has not ended: it is asked for again too.
func TestSubscribeReconnectsAfterErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		l, done := follow(t.Context(), session, sse.Options{
			Retry:   time.Second,
			Request: aiohttp.Request{Timeouts: connector.Timeouts{BodyStall: 20 * time.Second}},
		})
		peer := testnet.Accept(t, ln)
		peer.WantHead()
		peer.Write(head + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n")
		peer.Close() // in the middle of the chunks

		peer = testnet.Accept(t, ln)
		peer.WantHead()
		peer.Write(until)
		for range 4 { // comments keep it alive
			time.Sleep(15 * time.Second)
			peer.Write(": idle\n")
		}
		peer.Timeout = time.Minute
		peer.WantEOF()

		peer = testnet.Accept(t, ln)
		peer.WantHead()
		peer.Write("HTTP/1.1 204 No Content\r\n\r\n")
		<-done
		cut := "body a.test:80 (198.18.0.2:80): server closed the connection in the middle of the response's body"
		l.want(t, `0s open 200`, `0s message "a" ""`, `0s retry in 1s: `+cut,
			`1s open 200`, `1m21s retry in 1s: body a.test:80 (198.18.0.2:80): body stall timeout of 20s exceeded`, `1m22s end`)
	})
}

// While no stream can be had the waits grow, up to a limit; with the first stream
// they begin anew.
func TestSubscribeWaitsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		n.SetHost("a.test", netip.MustParseAddr("198.18.0.9"))
		var waits []time.Duration
		opts := sse.Options{
			Retry: time.Second, MaxRetry: 10 * time.Second, MaxFailures: 7,
			OnRetry: func(_ error, wait time.Duration) { waits = append(waits, wait) },
		}
		var last error
		for _, err := range sse.Subscribe(t.Context(), session, address, opts) {
			last = err // nobody listens
		}
		var failure *aiohttp.Error
		if !errors.As(last, &failure) || failure.Phase != connector.PhaseConnect {
			t.Errorf("error %v, want one of connecting", last)
		}
		for i, want := range []time.Duration{1, 2, 4, 8, 10, 10} {
			want *= time.Second
			if i >= len(waits) || waits[i] > want || waits[i] < max(want/2, time.Second) {
				t.Errorf("waits %v: number %d is not between %v and %v", waits, i, want/2, want)
				break
			}
		}
		if len(waits) != 6 || n.Dials() != 7 {
			t.Errorf("%d waits, %d dials, want 6 and 7", len(waits), n.Dials())
		}
	})
}

// A server that is down is not asked without a pause, though it wished for none.
func TestSubscribeNeverSpins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		n.SetHost("a.test", netip.MustParseAddr("198.18.0.9"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range sse.Subscribe(ctx, session, address, sse.Options{Retry: -1}) {
		}
		// 100 ms, doubled up to a minute, by chance as little as half of it.
		if n.Dials() < 60 || n.Dials() > 2*60+20 {
			t.Errorf("%d attempts in an hour", n.Dials())
		}
	})
}

// What is no event stream ends the loop, and says what it was.
func TestSubscribeRefusesOtherAnswers(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		status       int
		kind, want   string
	}{
		{"html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", 200, "text/html", `event stream "http://a.test/events": media type "text/html"`},
		{"no-type", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "", `event stream "http://a.test/events": media type ""`},
		{"created", "HTTP/1.1 201 Created\r\nContent-Type: text/event-stream\r\nContent-Length: 0\r\n\r\n", 201, "text/event-stream", `event stream "http://a.test/events": status 201`},
		{"not-modified", "HTTP/1.1 304 Not Modified\r\n\r\n", 304, "", `event stream "http://a.test/events": status 304`},
		{"server-error", "HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi", 500, "text/plain", `event stream "http://a.test/events": status 500`},
	} {
		for _, raise := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					session, n := network(t, aiohttp.Options{RaiseForStatus: raise})
					ln := listen(t, n)
					l, done := follow(t.Context(), session, sse.Options{})
					peer := testnet.Accept(t, ln)
					peer.WantHead()
					peer.Write(test.answer)
					<-done
					var refused *sse.ResponseError
					if !errors.As(l.err, &refused) || refused.Status != test.status || refused.MediaType != test.kind || l.err.Error() != test.want {
						t.Errorf("error %v (%+v), want %s", l.err, refused, test.want)
					}
					var status *aiohttp.StatusError
					if errors.As(l.err, &status) != (test.status >= 400) || status != nil && string(status.Body) != "hi" {
						t.Errorf("status error %+v in the error of status %d", status, test.status)
					}
					l.want(t, "0s end")
				})
			})
		}
	}
}

// Parameters and case of the media type do not matter.
func TestSubscribeTakesTypeWithParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		l, done := follow(t.Context(), session, sse.Options{MaxFailures: -1})
		peer := testnet.Accept(t, ln)
		peer.WantHead()
		peer.Write("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream;charset=latin1\r\nConnection: close\r\n\r\ndata: \xc3\xa4\n\n")
		peer.Close()
		<-done
		// "Event streams ... must always be encoded as UTF-8"
		// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
		l.want(t, `0s open 200`, `0s message "ä" ""`, `0s end`)
	})
}

// Statuses that the caller has named are asked again, as the server wishes.
func TestSubscribeRetriesStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		l, done := follow(t.Context(), session, sse.Options{Retry: time.Second, MaxFailures: 3, RetryStatus: []int{503}})
		after := []string{"Retry-After: 4\r\n", "Retry-After: " + time.Now().Add(12*time.Second).UTC().Format(http.TimeFormat) + "\r\n", ""}
		for _, field := range after {
			peer := testnet.Accept(t, ln)
			peer.WantHead()
			peer.Write("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n" + field + "\r\n")
		}
		<-done
		refused := `event stream "http://a.test/events": status 503`
		if l.err == nil || l.err.Error() != refused {
			t.Errorf("error %v, want %s", l.err, refused)
		}
		l.want(t, "0s retry in 4s: "+refused, "4s retry in 8s: "+refused, "12s end")
	})
}

// A stream ends the row of failures.
func TestSubscribeCountsFailuresAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		l, done := follow(t.Context(), session, sse.Options{Retry: time.Second, MaxFailures: 2, RetryStatus: []int{503}})
		for _, answer := range []string{"HTTP/1.1 503 Busy\r\n\r\n", until, "HTTP/1.1 503 Busy\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"} {
			peer := testnet.Accept(t, ln)
			peer.WantHead()
			peer.Write(answer)
			peer.Close()
		}
		<-done
		refused := `event stream "http://a.test/events": status 503`
		l.want(t, "0s retry in 1s: "+refused, "1s open 200", "1s retry in 1s: EOF", "2s retry in 1s: "+refused, "3s end")
	})
}

// The end of the context ends the loop, wherever it is, with the reason.
func TestSubscribeEndsWithContext(t *testing.T) {
	why := errors.New("had enough")
	for _, test := range []struct {
		name string
		peer func(*testnet.Script)
	}{
		{"asking", func(peer *testnet.Script) {}},
		{"listening", func(peer *testnet.Script) { peer.Write(until + "data: a\n\n") }},
		{"waiting", func(peer *testnet.Script) {
			peer.Write(until)
			peer.Close()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				session, n := network(t, aiohttp.Options{})
				ln := listen(t, n)
				ctx, cancel := context.WithCancelCause(t.Context())
				l, done := follow(ctx, session, sse.Options{})
				peer := testnet.Accept(t, ln)
				peer.WantHead()
				test.peer(peer)
				time.Sleep(time.Second)
				cancel(why)
				<-done
				if !errors.Is(l.err, context.Canceled) || !errors.Is(l.err, why) {
					t.Errorf("error %v", l.err)
				}
				if took := time.Since(l.begun); took != time.Second {
					t.Errorf("ended after %v", took)
				}
				if open := n.OpenConns(); open != 0 {
					t.Errorf("%d open connections", open)
				}
			})
		})
	}
}

// Leaving the loop closes the connection; running it again begins anew.
func TestSubscribeLeavingCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		stream := sse.Subscribe(t.Context(), session, address, sse.Options{LastEventID: "start"})
		for range 2 {
			done := make(chan struct{})
			go func() {
				defer close(done)
				for range stream {
					break
				}
			}()
			peer := testnet.Accept(t, ln)
			wantFields(t, peer, map[string]string{"Last-Event-Id": "start"})
			peer.Write(until + "id: 2\ndata: a\n\n")
			<-done
			peer.WantEOF()
			if open := n.OpenConns(); open != 0 {
				t.Errorf("%d open connections", open)
			}
		}
	})
}

// What another attempt does not mend is not tried again.
func TestSubscribeGivesUp(t *testing.T) {
	ask := func(t *testing.T, session *aiohttp.Session, url string, opts sse.Options) (last error) {
		t.Helper()
		opts.OnRetry = func(cause error, _ time.Duration) { t.Errorf("asks again after %v", cause) }
		for _, err := range sse.Subscribe(t.Context(), session, url, opts) {
			last = err
		}
		return last
	}
	t.Run("url", func(t *testing.T) {
		session, _ := network(t, aiohttp.Options{})
		if err := ask(t, session, "ftp://a.test/", sse.Options{}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("closed", func(t *testing.T) {
		session, _ := network(t, aiohttp.Options{})
		session.Close()
		if err := ask(t, session, address, sse.Options{}); !errors.Is(err, aiohttp.ErrClosed) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("limit", func(t *testing.T) {
		c := connector.New(connector.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: 12345678\n\n")
		})})
		defer c.Close()
		session := aiohttp.NewSession(aiohttp.Options{Connector: c})
		var limit *sse.LimitError
		if err := ask(t, session, address, sse.Options{Limits: sse.Limits{LineBytes: 8}}); !errors.As(err, &limit) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("body", func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		body := &closer{Reader: strings.NewReader("x")}
		err := ask(t, session, address, sse.Options{Request: aiohttp.Request{Method: "POST", Body: body}})
		if err == nil || !body.closed || n.Dials() != 0 {
			t.Errorf("error %v, body closed %v, %d dials", err, body.closed, n.Dials())
		}
	})
	t.Run("certificate", func(t *testing.T) {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
		srv.StartTLS()
		defer srv.Close()
		session := aiohttp.NewSession()
		defer session.Close()
		var bad *trust.CertificateError
		if err := ask(t, session, srv.URL, sse.Options{}); !errors.As(err, &bad) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("middleware", func(t *testing.T) {
		no := errors.New("no")
		session, _ := network(t, aiohttp.Options{Middleware: []aiohttp.Middleware{func(aiohttp.Handler) aiohttp.Handler {
			return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) { return nil, no }
		}}})
		if err := ask(t, session, address, sse.Options{}); !errors.Is(err, no) {
			t.Errorf("error %v", err)
		}
	})
}

// A network error of a middleware's own is one of the network.
func TestSubscribeRetriesErrorsOfMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		session, _ := network(t, aiohttp.Options{Middleware: []aiohttp.Middleware{func(aiohttp.Handler) aiohttp.Handler {
			return func(context.Context, *aiohttp.Request) (*aiohttp.Response, error) {
				asked++
				return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
			}
		}}})
		for range sse.Subscribe(t.Context(), session, address, sse.Options{MaxFailures: 3}) {
		}
		if asked != 3 {
			t.Errorf("%d attempts, want 3", asked)
		}
	})
}

// The caller's fields stand, whatever their spelling; but the last event ID is the
// stream's. One that cannot stand in a field is not sent.
func TestSubscribeFields(t *testing.T) {
	for _, test := range []struct {
		id   string
		want map[string]string
	}{
		{"9", map[string]string{"Last-Event-Id": "9", "Accept": "text/*", "Cache-Control": "no-store", "X-A": "b"}},
		{"a\tb ä", map[string]string{"Last-Event-Id": "a\tb ä"}},
		{"a\x01", map[string]string{"Last-Event-Id": "own"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			session, n := network(t, aiohttp.Options{})
			ln := listen(t, n)
			own := http.Header{"accept": {"text/*"}, "X-A": {"b"}, "last-event-id": {"own"}}
			_, done := follow(t.Context(), session, sse.Options{LastEventID: test.id, Request: aiohttp.Request{Header: own}})
			peer := testnet.Accept(t, ln)
			wantFields(t, peer, test.want)
			peer.Write("HTTP/1.1 204 No Content\r\n\r\n")
			<-done
			if len(own) != 3 {
				t.Errorf("the caller's header has become %v", own)
			}
		})
	}
}

// A POST with its body is sent anew each time, as servers of language models want.
func TestSubscribePosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session, n := network(t, aiohttp.Options{})
		ln := listen(t, n)
		_, done := follow(t.Context(), session, sse.Options{Request: aiohttp.Request{Method: "POST", JSON: map[string]bool{"stream": true}}})
		for _, answer := range []string{until + "data: a\n\n", "HTTP/1.1 204 No Content\r\n\r\n"} {
			peer := testnet.Accept(t, ln)
			wantFields(t, peer, map[string]string{"Content-Type": "application/json", "Content-Length": "15"})
			peer.WantRead(`{"stream":true}`)
			peer.Write(answer)
			peer.Close()
		}
		<-done
	})
}
