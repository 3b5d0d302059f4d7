package connector_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// silentResolver never answers.
type silentResolver struct{}

func (silentResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// hanging are requests that hang, each in another phase.
var hanging = []struct {
	phase   connector.Phase
	options connector.Options
	limit   string
	set     func(t *connector.Timeouts, d time.Duration)
	prepare func(e *env)
	url     string
	upload  int
	sent    bool
	peer    bool // the address of the peer is known
}{
	{
		phase: connector.PhasePool, options: connector.Options{MaxConns: 1}, limit: "pool",
		set: func(t *connector.Timeouts, d time.Duration) { t.Pool = d },
		prepare: func(e *env) {
			go func() {
				call := &connector.Call{
					Method: "GET", Host: "example.com:80", Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\n"), Timeouts: &never,
				}
				e.c.Do(context.Background(), call, new(connector.Reply))
			}()
			e.accept()
			synctest.Wait()
		},
	},
	{
		phase: connector.PhaseDNS, options: connector.Options{Resolver: silentResolver{}}, limit: "dns",
		set: func(t *connector.Timeouts, d time.Duration) { t.DNS = d },
	},
	{
		phase: connector.PhaseConnect, limit: "connect",
		set:     func(t *connector.Timeouts, d time.Duration) { t.Connect = d },
		prepare: func(e *env) { e.net.Blackhole("example.com:80") },
	},
	{
		phase: connector.PhaseTLS, limit: "tls", url: "https://example.com:80/", peer: true,
		set:     func(t *connector.Timeouts, d time.Duration) { t.TLS = d },
		prepare: func(e *env) { go e.accept() },
	},
	{
		phase: connector.PhaseWrite, limit: "write", upload: 1 << 20, sent: true, peer: true,
		set:     func(t *connector.Timeouts, d time.Duration) { t.Write, t.Head = d, time.Nanosecond },
		prepare: func(e *env) { go e.accept() },
	},
	{
		phase: connector.PhaseHead, limit: "head", sent: true, peer: true,
		set:     func(t *connector.Timeouts, d time.Duration) { t.Head = d },
		prepare: func(e *env) { go e.accept() },
	},
	{
		phase: connector.PhaseBody, limit: "body stall", sent: true, peer: true,
		set: func(t *connector.Timeouts, d time.Duration) { t.BodyStall = d },
		prepare: func(e *env) {
			go func() {
				s := e.accept()
				s.WantHead()
				s.Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
			}()
		},
	},
}

// never are time-outs that do not end anything.
var never = connector.Timeouts{Pool: -1, DNS: -1, Connect: -1, TLS: -1, Write: -1, Head: -1, BodyStall: -1, Total: -1}

// eachHanging runs f once for each phase; begin sends the request that hangs.
func eachHanging(t *testing.T, set func(i int, o *connector.Options), f func(e *env, i int, begin func(ctx context.Context) <-chan answer)) {
	for i, h := range hanging {
		t.Run(h.phase.String(), func(t *testing.T) {
			o := h.options
			o.Timeouts = never
			set(i, &o)
			inBubble(t, o, func(e *env) {
				if h.prepare != nil {
					h.prepare(e)
				}
				f(e, i, func(ctx context.Context) <-chan answer {
					url, method, body := "http://example.com/", "GET", io.Reader(nil)
					if h.url != "" {
						url = h.url
					}
					if h.upload > 0 {
						method, body = "PUT", strings.NewReader(strings.Repeat("x", h.upload))
					}
					return e.send(request(t, method, url, body).WithContext(ctx))
				})
				// What hung is gone; the pool's other request is not.
				wantOpen := 0
				if h.phase == connector.PhasePool {
					wantOpen = 1
				}
				e.wantStats(connector.Stats{Open: wantOpen, Hosts: wantOpen})
			})
		})
	}
}

func TestEachPhaseHasItsTimeout(t *testing.T) {
	const limit = 7 * time.Second
	eachHanging(t, func(i int, o *connector.Options) { hanging[i].set(&o.Timeouts, limit) },
		func(e *env, i int, begin func(context.Context) <-chan answer) {
			h := hanging[i]
			start := time.Now()
			a := <-begin(context.Background())
			most := limit + time.Millisecond
			if h.phase == connector.PhaseWrite {
				most += limit
			}
			if d := time.Since(start); d < limit || d > most {
				e.t.Errorf("gave up after %v, want %v", d, limit)
			}
			err := wantError(e.t, a.err, h.phase)
			if want := h.limit + " timeout of 7s"; err.Limit != want {
				e.t.Errorf("got limit %q, want %q", err.Limit, want)
			}
			if !err.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) || err.Sent != h.sent || (err.Addr != "") != h.peer {
				e.t.Errorf("got %+v", err)
			}
			if !strings.Contains(err.Error(), ": "+h.limit+" timeout of 7s exceeded") {
				e.t.Errorf("got text %q", err)
			}
		})
}

func TestTotalTimeoutCoversEachPhase(t *testing.T) {
	const limit = 7 * time.Second
	eachHanging(t, func(_ int, o *connector.Options) { o.Timeouts.Total = limit },
		func(e *env, i int, begin func(context.Context) <-chan answer) {
			start := time.Now()
			a := <-begin(context.Background())
			if d := time.Since(start); d < limit || d > limit+time.Millisecond {
				e.t.Errorf("gave up after %v, want %v", d, limit)
			}
			if err := wantError(e.t, a.err, hanging[i].phase); err.Limit != "total timeout of 7s" {
				e.t.Errorf("got limit %q", err.Limit)
			}
		})
}

func TestCancellationEndsEachPhase(t *testing.T) {
	// fasthttp#965, fasthttp#2198: a request cannot be cancelled.
	eachHanging(t, func(int, *connector.Options) {},
		func(e *env, i int, begin func(context.Context) <-chan answer) {
			ctx, cancel := cancelable()
			out := begin(ctx)
			time.Sleep(time.Second)
			synctest.Wait()
			start := time.Now()
			cancel()
			a := <-out
			if d := time.Since(start); d != 0 {
				e.t.Errorf("ended %v after the cancellation", d)
			}
			err := wantError(e.t, a.err, hanging[i].phase)
			if !errors.Is(err, context.Canceled) || !errors.Is(err, errWhim) {
				e.t.Errorf("error tells neither context.Canceled nor its cause: %v", err)
			}
			if !strings.HasSuffix(err.Error(), ": context canceled: changed my mind") {
				e.t.Errorf("got text %q", err)
			}
			if err.Sent != hanging[i].sent || err.Timeout() {
				e.t.Errorf("got %+v", err)
			}
		})
}

func TestDeadlineOfContextEndsEachPhase(t *testing.T) {
	eachHanging(t, func(int, *connector.Options) {},
		func(e *env, i int, begin func(context.Context) <-chan answer) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			err := wantError(e.t, (<-begin(ctx)).err, hanging[i].phase)
			if !errors.Is(err, context.DeadlineExceeded) || !err.Timeout() {
				e.t.Errorf("got %v", err)
			}
		})
}

func TestCloseEndsEachPhase(t *testing.T) {
	for i := range hanging {
		t.Run(hanging[i].phase.String(), func(t *testing.T) {
			o := hanging[i].options
			o.Timeouts = never
			inBubble(t, o, func(e *env) {
				if hanging[i].prepare != nil {
					hanging[i].prepare(e)
				}
				url, method, body := "http://example.com/", "GET", io.Reader(nil)
				if hanging[i].url != "" {
					url = hanging[i].url
				}
				if hanging[i].upload > 0 {
					method, body = "PUT", strings.NewReader(strings.Repeat("x", hanging[i].upload))
				}
				out := e.send(request(t, method, url, body))
				time.Sleep(time.Second)
				e.c.Close()
				if a := <-out; !errors.Is(a.err, connector.ErrClosed) {
					t.Errorf("got %v, want ErrClosed", a.err)
				}
			})
		})
	}
}

func TestCallTimeoutsOverrideTheConnectors(t *testing.T) {
	// golang/go#29489: no time-out of a phase for one request.
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{Head: time.Hour}}, func(e *env) {
		go e.accept()
		var reply connector.Reply
		err := e.c.Do(context.Background(), &connector.Call{
			Method: "GET", Host: "example.com:80", Head: []byte("GET / HTTP/1.1\r\nHost: example.com\r\n"),
			Timeouts: &connector.Timeouts{Head: time.Second},
		}, &reply)
		if e1 := wantError(t, err, connector.PhaseHead); e1.Limit != "head timeout of 1s" {
			t.Errorf("got %v", err)
		}
	})
}

func TestDownloadThatMovesIsNeverCut(t *testing.T) {
	// golang/go#12852, aio-libs/aiohttp#2865: a total time-out kills large downloads although they move.
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{BodyStall: 10 * time.Second}}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
		for range 100 {
			time.Sleep(9 * time.Second)
			s.Write("x")
		}
		want(t, <-out, 200, strings.Repeat("x", 100))
	})
}

func TestUploadThatMovesIsNeverCut(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{Write: 10 * time.Second, Head: 15 * time.Second}}, func(e *env) {
		e.net.SetOptions("example.com:80", testnet.Options{BufferBytes: 1 << 10})
		out := e.send(request(t, "PUT", "http://example.com/", strings.NewReader(strings.Repeat("x", 64<<10))))
		s := e.accept()
		s.WantHead()
		for range 64 {
			time.Sleep(9 * time.Second)
			s.WantBytes(1 << 10)
		}
		s.Write("HTTP/1.1 204 No Content\r\n\r\n")
		want(t, <-out, 204, "")
	})
}

func TestUploadThatStallsIsCut(t *testing.T) {
	limits := never
	limits.Write = 10 * time.Second
	for name, body := range map[string]func() io.Reader{
		"in-memory": func() io.Reader { return strings.NewReader(strings.Repeat("x", 64<<10)) },
		"streamed":  func() io.Reader { return unread(strings.NewReader(strings.Repeat("x", 64<<10))) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, connector.Options{Timeouts: limits}, func(e *env) {
				e.net.SetOptions("example.com:80", testnet.Options{BufferBytes: 1 << 10})
				start := time.Now()
				out := e.send(request(t, "PUT", "http://example.com/", body()))
				e.accept().WantHead()
				err := wantError(t, (<-out).err, connector.PhaseWrite)
				if took := time.Since(start); took > 20*time.Second || !err.Timeout() {
					t.Errorf("after %v: %v", took, err)
				}
			})
		})
	}
}

func TestSlowReaderIsNoStall(t *testing.T) {
	for name, parts := range map[string][2]string{
		"length":                          {"Content-Length: 5\r\n\r\nhel", "lo"},
		"chunks":                          {"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", "2\r\nlo\r\n0\r\n\r\n"},
		"in-the-middle-of-a-chunk":        {"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "lo\r\n0\r\n\r\n"},
		"in-the-middle-of-a-chunk's-size": {"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n02", "\r\nlo\r\n0\r\n\r\n"},
		"behind-a-chunk's-size":           {"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\n", "lo\r\n0\r\n\r\n"},
		"in-the-middle-of-its-end":        {"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r", "\n2\r\nlo\r\n0\r\n\r\n"},
		"in-the-middle-of-a-trailer":      {"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrai", "ler: x\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) { playSlowReader(t, parts[0], parts[1]) })
	}
}

func playSlowReader(t *testing.T, begin, rest string) {
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{BodyStall: time.Second, Head: 2 * time.Second}}, func(e *env) {
		done := make(chan error, 1)
		go func() {
			resp, err := e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
			if err != nil {
				done <- err
				return
			}
			defer resp.Body.Close()
			one := make([]byte, 1)
			for range 6 { // the last one finds the end
				time.Sleep(time.Minute)
				if _, err = resp.Body.Read(one); err != nil {
					break
				}
			}
			done <- err
		}()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\n" + begin)
		time.Sleep(2 * time.Minute)
		s.Write(rest)
		if err := <-done; err != io.EOF {
			t.Errorf("got %v, want io.EOF", err)
		}
	})
}

// TestStallWithinAChunksSizeIsAStall holds that the body's own time-out is told,
// whatever has come last.
func TestStallWithinAChunksSizeIsAStall(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: connector.Timeouts{BodyStall: time.Minute, Head: time.Second}}, func(e *env) {
		start := time.Now()
		out := e.get()
		s := e.accept()
		s.WantHead()
		s.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1")
		err := wantError(t, (<-out).err, connector.PhaseBody)
		if took := time.Since(start); err.Limit != "body stall timeout of 1m0s" || took != time.Minute {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func TestClientTimeoutOfNetHTTP(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		client := &http.Client{Transport: e.c, Timeout: 3 * time.Second}
		go func() {
			s := e.accept()
			s.WantHead()
			s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
		}()
		resp, err := client.Get("http://example.com/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("got %v, want a time-out", err)
		}
	})
}

// http.Client ends a request at its Timeout by a context and by a channel, at the
// same moment. The error is that of the context, whichever comes first.
func TestClientTimeoutOfNetHTTPIsADeadline(t *testing.T) {
	for range 20 {
		inBubble(t, connector.Options{}, func(e *env) {
			go func() { e.accept().WantHead() }()
			client := &http.Client{Transport: e.c, Timeout: 3 * time.Second}
			_, err := client.Get("http://example.com/")
			if err == nil || !strings.Contains(err.Error(), "): context deadline exceeded") {
				t.Errorf("got %v", err)
			}
		})
	}
}
