package connector_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// getHost sends a GET to a host.
func (e *env) getHost(host string) <-chan answer {
	return e.send(request(e.t, "GET", "http://"+host+"/", nil))
}

// serve answers one request.
func serve(s *testnet.Script) {
	s.WantHead()
	s.Write(okHello)
}

func TestPoolReusesTheConnectionThatRestedLeast(t *testing.T) {
	inBubble(t, connector.Options{}, func(e *env) {
		a, b := e.get(), e.get()
		first, second := e.accept(), e.accept()
		synctest.Wait() // neither request waits for the other's any more
		serve(first)
		synctest.Wait()
		time.Sleep(time.Second)
		serve(second)
		want(t, <-a, 200, "hello")
		want(t, <-b, 200, "hello")
		out := e.get()
		serve(second)
		want(t, <-out, 200, "hello")
		e.wantStats(connector.Stats{Open: 2, Idle: 2, Hosts: 1})
	})
}

func TestPoolServesWaitersInTheirOrder(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 1}, func(e *env) {
		other := e.listen("other.com:80")
		first := e.get()
		s := e.accept()
		s.WantHead()
		synctest.Wait()
		var order []string
		var all sync.WaitGroup
		for i, host := range []string{"example.com", "other.com", "example.com", "example.com"} {
			out := e.getHost(fmt.Sprint(host, "/", i))
			all.Go(func() { want(t, <-out, 200, "hello") })
			synctest.Wait()
		}
		serve := func(s *testnet.Script) {
			order = append(order, strings.Fields(s.WantHead())[1])
			s.Write(okHello)
		}
		e.wantStats(connector.Stats{Open: 1, Waiting: 4, Hosts: 2})
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		s.WantEOF() // it gave way to other.com
		serve(testnet.Accept(e.t, other))
		s = e.accept()
		serve(s)
		serve(s)
		all.Wait()
		diff(t, order, []string{"/0/", "/1/", "/2/", "/3/"})
		other.Close()
	})
}

func TestPoolKeepsTheTurnOfWhoGotADeadConnection(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 1}, func(e *env) {
		first := e.get()
		s := e.accept()
		s.WantHead()
		var outs []<-chan answer
		for _, path := range []string{"a", "b"} {
			outs = append(outs, e.getHost("example.com/"+path))
			synctest.Wait()
		}
		s.Write(okHello)
		s.Close() // it did not say so
		want(t, <-first, 200, "hello")
		s = e.accept()
		for _, path := range []string{"/a/", "/b/"} {
			if got := strings.Fields(s.WantHead())[1]; got != path {
				t.Errorf("%s was served, want %s", got, path)
			}
			s.Write(okHello)
		}
		for _, out := range outs {
			want(t, <-out, 200, "hello")
		}
	})
}

func TestPoolKeepsTheTurnOfWhoIsSentAgain(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 1}, func(e *env) {
		s := e.warm()
		var outs []<-chan answer
		for _, path := range []string{"a", "b"} {
			outs = append(outs, e.getHost("example.com/"+path))
			synctest.Wait()
		}
		s.WantHead()
		s.Close() // without an answer
		s = e.accept()
		for _, path := range []string{"/a/", "/b/"} {
			if got := strings.Fields(s.WantHead())[1]; got != path {
				t.Errorf("%s was served, want %s", got, path)
			}
			s.Write(okHello)
		}
		for _, out := range outs {
			want(t, <-out, 200, "hello")
		}
	})
}

func TestPoolLimitOfAHostDoesNotBlockOthers(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 2, MaxConnsPerHost: 1}, func(e *env) {
		other := e.listen("other.com:80")
		first := e.get()
		s := e.accept()
		s.WantHead()
		blocked := e.get()
		e.wantStats(connector.Stats{Open: 1, Waiting: 1, Hosts: 1})
		out := e.getHost("other.com")
		serve(testnet.Accept(e.t, other))
		want(t, <-out, 200, "hello")
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		want(t, <-blocked, 200, "hello")
		e.wantStats(connector.Stats{Open: 2, Idle: 2, Hosts: 2})
		other.Close()
	})
}

func TestPoolEvictsTheLongestIdle(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 2}, func(e *env) {
		var scripts []*testnet.Script
		for _, host := range []string{"a.com", "b.com", "c.com"} {
			ln := e.listen(host + ":80")
			out := e.getHost(host)
			s := testnet.Accept(e.t, ln)
			serve(s)
			want(t, <-out, 200, "hello")
			scripts = append(scripts, s)
			time.Sleep(time.Second)
			ln.Close()
		}
		scripts[0].WantEOF()
		scripts[1].WantSilence(time.Second)
		e.wantStats(connector.Stats{Open: 2, Idle: 2, Hosts: 2})
	})
}

func TestIdleTimeoutClosesConnections(t *testing.T) {
	inBubble(t, connector.Options{IdleTimeout: 15 * time.Second}, func(e *env) {
		a, b := e.get(), e.get()
		first, second := e.accept(), e.accept()
		synctest.Wait() // neither request waits for the other's any more
		serve(first)
		synctest.Wait()
		time.Sleep(10 * time.Second)
		serve(second)
		<-a
		<-b
		time.Sleep(5*time.Second + 1)
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
		time.Sleep(10 * time.Second)
		e.wantStats(connector.Stats{})
	})
}

func TestCloseWhileTheReaperIsDue(t *testing.T) {
	inBubble(t, connector.Options{IdleTimeout: time.Second}, func(e *env) {
		out := e.get()
		serve(e.accept())
		<-out
		time.Sleep(time.Second) // the reaper and Close run at the same moment
		e.c.Close()
		e.c.Close()
		if a := <-e.get(); !errors.Is(a.err, connector.ErrClosed) {
			t.Errorf("got %v", a.err)
		}
	})
}

func TestMaxConnAgeRenewsConnections(t *testing.T) {
	// golang/go#23427: a connection in steady use never sees a change in DNS.
	const age = 100 * time.Second
	inBubble(t, connector.Options{MaxConnAge: age, IdleTimeout: -1}, func(e *env) {
		dialed := time.Now()
		out := e.get()
		s := e.accept()
		for {
			serve(s)
			want(t, <-out, 200, "hello")
			time.Sleep(time.Second)
			synctest.Wait()
			out = e.get()
			synctest.Wait()
			if e.net.Dials() == 2 {
				break
			}
		}
		if d := time.Since(dialed); d < age*9/10 || d > age+time.Second {
			t.Errorf("renewed after %v, want up to a tenth before %v", d, age)
		}
		serve(e.accept())
		want(t, <-out, 200, "hello")
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestHungDialsAreBounded(t *testing.T) {
	// golang/go#76784: dials to a dead host pile up without end.
	inBubble(t, connector.Options{MaxConnsPerHost: 3, Timeouts: connector.Timeouts{Pool: 5 * time.Second, Connect: 10 * time.Second}}, func(e *env) {
		e.net.Blackhole("example.com:80")
		var outs []<-chan answer
		for range 1000 {
			outs = append(outs, e.get())
		}
		e.wantStats(connector.Stats{Open: 3, Waiting: 997, Hosts: 1})
		phases := map[connector.Phase]int{}
		for _, out := range outs {
			var err *connector.Error
			if a := <-out; errors.As(a.err, &err) {
				phases[err.Phase]++
			}
		}
		diff(t, phases, map[connector.Phase]int{connector.PhasePool: 997, connector.PhaseConnect: 3})
		if n := e.net.Dials(); n != 3 {
			t.Errorf("%d dials", n)
		}
	})
}

func TestHostThatIsDownLeavesRoomForOthers(t *testing.T) {
	// golang/go#76784, ClickHouse/ClickHouse#1517, imroc/req#495: hung dials to one
	// host take the places of all others, or pile up without end where there is
	// no limit.
	for _, tt := range []struct{ maxConns, dials int }{{0, 25}, {12, 8}, {40, 10}, {1000, 64}, {-1, 64}} {
		t.Run(fmt.Sprint(tt.maxConns), func(t *testing.T) {
			inBubble(t, connector.Options{MaxConns: tt.maxConns}, func(e *env) {
				e.net.Blackhole("down.com:80")
				ctx, cancel := cancelable()
				var outs []<-chan answer
				for range 200 {
					outs = append(outs, e.send(request(t, "GET", "http://down.com/", nil).WithContext(ctx)))
				}
				e.wantStats(connector.Stats{Open: tt.dials, Waiting: 200 - tt.dials, Hosts: 1})
				out := e.get()
				serve(e.accept())
				want(t, <-out, 200, "hello")
				cancel()
				for _, out := range outs {
					if a := <-out; !errors.Is(a.err, errWhim) {
						t.Errorf("got %v", a.err)
					}
				}
				e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
			})
		})
	}
}

func TestHostThatComesUpGetsAllItsConnections(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 40}, func(e *env) {
		e.net.SetOptions("example.com:80", testnet.Options{Latency: time.Second})
		var outs []<-chan answer
		for range 40 {
			outs = append(outs, e.get())
		}
		e.wantStats(connector.Stats{Open: 10, Waiting: 30, Hosts: 1})
		var peers []*testnet.Script
		for range 40 {
			peers = append(peers, e.accept())
		}
		e.wantStats(connector.Stats{Open: 40, Hosts: 1})
		for _, s := range peers {
			serve(s)
		}
		for _, out := range outs {
			want(t, <-out, 200, "hello")
		}
		e.wantStats(connector.Stats{Open: 40, Idle: 40, Hosts: 1})
	})
}

func TestDisableKeepAlivesAsksForTheEnd(t *testing.T) {
	inBubble(t, connector.Options{DisableKeepAlives: true}, func(e *env) {
		for range 2 {
			out := e.get()
			s := e.accept()
			if head := s.WantHead(); !strings.Contains(head, "\r\nConnection: close\r\n") {
				t.Errorf("got head %q", head)
			}
			s.Write(okHello)
			want(t, <-out, 200, "hello")
			s.WantEOF()
		}
	})
}

func TestShutdownWaitsForRequestsUnderWay(t *testing.T) {
	inBubble(t, connector.Options{MaxConns: 1}, func(e *env) {
		out := e.get()
		s := e.accept()
		s.WantHead()
		waiting := e.get()
		synctest.Wait()
		ended := make(chan error, 2)
		go func() { ended <- e.c.Shutdown(context.Background()) }()
		go func() { ended <- e.c.Shutdown(context.Background()) }()
		if a := <-waiting; !errors.Is(a.err, connector.ErrClosed) {
			t.Errorf("who waited got %v", a.err)
		}
		time.Sleep(time.Hour / 200)
		s.Write(okHello)
		want(t, <-out, 200, "hello")
		for range 2 {
			if err := <-ended; err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		}
	})
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	for _, url := range []string{"http://example.com/", "https://example.com:80/"} { // the latter hangs in its handshake
		inBubble(t, connector.Options{Timeouts: never}, func(e *env) {
			out := e.send(request(t, "GET", url, nil))
			e.accept()
			synctest.Wait()
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			if err := e.c.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown: %v", err)
			}
			if a := <-out; !errors.Is(a.err, connector.ErrClosed) {
				t.Errorf("got %v", a.err)
			}
		})
	}
}

func TestPanicOfAHookLosesNoConnection(t *testing.T) {
	inBubble(t, connector.Options{DialContext: func(context.Context, string, string) (net.Conn, error) { panic("ouch") }}, func(e *env) {
		func() {
			defer func() {
				if v := recover(); v != "ouch" {
					t.Errorf("recovered %v", v)
				}
			}()
			e.c.RoundTrip(request(t, "GET", "http://example.com/", nil))
		}()
		e.wantStats(connector.Stats{})
	})
	for _, hook := range []string{"got-conn", "interim"} {
		inBubble(t, connector.Options{}, func(e *env) {
			if hook == "got-conn" { // of a connection that was used
				s := e.warm()
				defer s.WantEOF()
			}
			done := make(chan any, 1)
			go func() {
				defer func() { done <- recover() }()
				e.c.RoundTrip(request(t, "GET", "http://example.com/", nil).WithContext(panickingTrace(hook)))
			}()
			if hook == "interim" {
				s := e.accept()
				s.WantHead()
				s.Write("HTTP/1.1 103 Early Hints\r\n\r\n")
			}
			if v := <-done; v != hook {
				t.Errorf("recovered %v", v)
			}
			e.wantStats(connector.Stats{})
		})
	}
}

// TestPoolModel lets many requests, with all that can happen to them, run under
// small limits, and checks that no limit is exceeded and nobody is forgotten
// (golang/go#32336: a limit of connections became a deadlock).
func TestPoolModel(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) { modelRun(t, seed) })
	}
}

func modelRun(t *testing.T, seed uint64) {
	const hosts, total, perHost, requests = 4, 6, 3, 300
	network := testnet.New()
	var inUse [hosts]atomic.Int32
	var served sync.WaitGroup
	var listeners []net.Listener
	for h := range hosts {
		ln, err := network.Listen(fmt.Sprintf("h%d.com:80", h))
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, ln)
		served.Go(func() {
			for n := uint64(0); ; n++ {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				r := rand.New(rand.NewPCG(seed, n*hosts+uint64(h)))
				served.Go(func() { modelServer(conn, r) })
			}
		})
	}
	c := connector.New(connector.Options{
		MaxConns: total, MaxConnsPerHost: perHost, IdleTimeout: 3 * time.Second, MaxConnAge: 10 * time.Second,
		Timeouts: connector.Timeouts{Pool: time.Minute, Head: 20 * time.Second, BodyStall: 20 * time.Second},
		DialContext: func(ctx context.Context, nw, addr string) (net.Conn, error) {
			conn, err := network.DialContext(ctx, nw, addr)
			if err != nil {
				return nil, err
			}
			h := addr[1] - '0'
			if n := inUse[h].Add(1); n > perHost {
				t.Errorf("%d connections to one host", n)
			}
			if n := network.OpenConns(); n > total {
				t.Errorf("%d connections in all", n)
			}
			return &counted{Conn: conn, open: &inUse[h]}, nil
		},
	})
	var ended atomic.Int32
	var clients sync.WaitGroup
	r := rand.New(rand.NewPCG(seed, 1<<32))
	for i := range requests {
		host, pause, act := r.IntN(hosts), time.Duration(r.IntN(3000))*time.Millisecond, r.IntN(10)
		clients.Go(func() {
			defer ended.Add(1)
			time.Sleep(pause)
			ctx := context.Background()
			if act == 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, time.Duration(i)*time.Millisecond)
				defer cancel()
			}
			req, _ := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("http://h%d.com/", host), nil)
			resp, err := c.RoundTrip(req)
			if err != nil {
				return
			}
			if act != 1 { // else it is closed unread
				io.Copy(io.Discard, resp.Body)
			}
			resp.Body.Close()
		})
		if s := c.Stats(); s.Open > total || s.Idle > s.Open || s.Hosts > hosts {
			t.Errorf("pool: %+v", s)
		}
		if i == requests/2 {
			c.CloseIdleConnections()
		}
	}
	clients.Wait()
	if n := ended.Load(); n != requests {
		t.Errorf("%d of %d requests ended", n, requests)
	}
	time.Sleep(2 * connector.DrainTime) // the rests of bodies are still on their way
	if s := c.Stats(); s.Waiting != 0 || s.Open != s.Idle {
		t.Errorf("at the end: %+v", s)
	}
	c.Close()
	for _, ln := range listeners {
		ln.Close()
	}
	served.Wait()
	if s := c.Stats(); s != (connector.Stats{}) || network.OpenConns() != 0 {
		t.Errorf("after Close: %+v, %d open", s, network.OpenConns())
	}
}

// counted counts itself out when it is closed.
type counted struct {
	net.Conn
	open *atomic.Int32
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// modelServer answers requests, each in one of many ways.
func modelServer(conn net.Conn, r *rand.Rand) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
		switch r.IntN(12) {
		case 0:
			return
		case 1:
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
			return
		case 2:
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
			return
		case 3:
			io.WriteString(conn, okHello+"extra")
		case 4:
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
			time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
			io.WriteString(conn, "0\r\n\r\n")
		case 5:
			io.WriteString(conn, okHello)
			time.Sleep(time.Duration(r.IntN(1000)) * time.Millisecond)
			return
		case 6:
			io.WriteString(conn, "garbage\r\n\r\n")
		default:
			io.WriteString(conn, okHello)
		}
	}
}

// slowClose is a connection whose Close takes a second.
type slowClose struct{ net.Conn }

func (c slowClose) Close() error {
	time.Sleep(time.Second)
	return c.Conn.Close()
}

// TestCloseClosesAllConnectionsTogether holds that connections which take their time
// to close do not do so one after the other.
func TestCloseClosesAllConnectionsTogether(t *testing.T) {
	var network *testnet.Network
	dial := func(ctx context.Context, name, addr string) (net.Conn, error) {
		conn, err := network.DialContext(ctx, name, addr)
		return slowClose{conn}, err
	}
	inBubble(t, connector.Options{DialContext: dial}, func(e *env) {
		network = e.net
		var all []<-chan answer
		for range 3 {
			all = append(all, e.get())
			e.accept().WantHead()
		}
		start := time.Now()
		e.c.Close()
		if took := time.Since(start); took > 2*time.Second { // each is closed twice
			t.Errorf("took %v", took)
		}
		for _, out := range all {
			wantError(t, (<-out).err, connector.PhaseHead)
		}
	})
}
