package connector_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// heldDial is a dial that waits to be let through.
type heldDial struct {
	pass chan error // nil lets it go on
	over chan error // why its context has ended before
}

func (d *heldDial) fail(err error) { d.pass <- err }
func (d *heldDial) let()           { d.pass <- nil }

// withHeldDials runs f with a connector whose dials it gets, one by one.
func withHeldDials(t *testing.T, o connector.Options, f func(e *env, dials <-chan *heldDial)) {
	t.Helper()
	var network *testnet.Network
	var dials chan *heldDial
	o.DialContext = func(ctx context.Context, nw, addr string) (net.Conn, error) {
		d := &heldDial{make(chan error), make(chan error, 1)}
		dials <- d
		select {
		case err := <-d.pass:
			if err != nil {
				return nil, err
			}
			return network.DialContext(ctx, nw, addr)
		case <-ctx.Done():
			d.over <- context.Cause(ctx)
			return nil, ctx.Err()
		}
	}
	inBubble(t, o, func(e *env) {
		network, dials = e.net, make(chan *heldDial, 100)
		f(e, dials)
	})
}

// busy gives the server's end of a connection on which a request waits for its
// answer.
func (e *env) busy(dials <-chan *heldDial) (*testnet.Script, <-chan answer) {
	e.t.Helper()
	out := e.get()
	(<-dials).let()
	s := e.accept()
	s.WantHead()
	return s, out
}

func TestRequestThatDialsTakesWhatComesFree(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		second, third := e.get(), e.get()
		a, b := <-dials, <-dials
		e.wantStats(connector.Stats{Open: 3, Hosts: 1})
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		serve(s)
		want(t, <-second, 200, "hello")
		want(t, <-third, 200, "hello")
		e.wantStats(connector.Stats{Open: 3, Idle: 1, Hosts: 1})
		a.let() // its connection rests
		e.accept()
		e.wantStats(connector.Stats{Open: 3, Idle: 2, Hosts: 1})
		b.fail(io.ErrClosedPipe) // which nobody has to know
		e.wantStats(connector.Stats{Open: 2, Idle: 2, Hosts: 1})
	})
}

func TestRequestsThatDialAreServedInTheirOrder(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		var outs []<-chan answer
		for i := range 3 {
			outs = append(outs, e.getHost(fmt.Sprint("example.com/", i)))
			<-dials
			synctest.Wait()
		}
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		for i, out := range outs {
			if got := strings.Fields(s.WantHead())[1]; got != fmt.Sprintf("/%d/", i) {
				t.Errorf("%s was served at place %d", got, i)
			}
			s.Write(okHello)
			want(t, <-out, 200, "hello")
		}
	})
}

func TestFinishedDialIsItsOwnRequestsFirst(t *testing.T) {
	// The second of two hears of its own dial: of the time-outs, errors and hooks
	// that are its own, too. The first gets the connection when it comes free.
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		first := e.getHost("example.com/1")
		a := <-dials
		synctest.Wait()
		second := e.getHost("example.com/2")
		(<-dials).let()
		s := e.accept()
		for _, path := range []string{"/2/", "/1/"} {
			if got := strings.Fields(s.WantHead())[1]; got != path {
				t.Errorf("%s was served, want %s", got, path)
			}
			s.Write(okHello)
		}
		want(t, <-first, 200, "hello")
		want(t, <-second, 200, "hello")
		<-a.over // the first of a host's is left for good: it runs in its request's goroutine
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestFailedDialFailsTheRequestThatHasNoOther(t *testing.T) {
	withHeldDials(t, connector.Options{MaxConnsPerHost: 3}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		second := e.get()
		a := <-dials
		synctest.Wait()
		third := e.get()
		b := <-dials
		synctest.Wait()
		queued := e.get() // by the limit
		e.wantStats(connector.Stats{Open: 3, Waiting: 1, Hosts: 1})
		a.fail(io.ErrClosedPipe)
		if err := wantError(t, (<-second).err, connector.PhaseConnect); !errors.Is(err, io.ErrClosedPipe) || err.Sent {
			t.Errorf("got %v", err)
		}
		c := <-dials // of who was in the queue
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		want(t, <-third, 200, "hello")
		b.fail(io.ErrClosedPipe) // of the third, which does not need it
		serve(s)
		want(t, <-queued, 200, "hello")
		c.fail(io.ErrClosedPipe)
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

func TestDialThatNobodyWaitsForServesTheQueue(t *testing.T) {
	withHeldDials(t, connector.Options{MaxConnsPerHost: 2}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		second := e.get()
		d := <-dials
		synctest.Wait()
		third := e.get()
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		s.WantHead() // of the second
		e.wantStats(connector.Stats{Open: 2, Waiting: 1, Hosts: 1})
		d.let()
		serve(e.accept())
		want(t, <-third, 200, "hello")
		s.Write(okHello)
		want(t, <-second, 200, "hello")
		e.wantStats(connector.Stats{Open: 2, Idle: 2, Hosts: 1})
	})
}

func TestCancelEndsTheDialThatWasWaitedFor(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		ctx, cancel := cancelable()
		out := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		d := <-dials
		cancel()
		if err := wantError(t, (<-out).err, connector.PhaseConnect); !errors.Is(err, errWhim) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-d.over
		e.wantStats(connector.Stats{})
	})
}

func TestDialsOutliveRequestsThatTookOthers(t *testing.T) {
	// Neither the context of the request nor its total time-out concern what it has
	// left behind. What has no limit of its own ends with the rest.
	for _, end := range []string{"let", "idle", "shutdown", "close"} {
		withHeldDials(t, connector.Options{Timeouts: never}, func(e *env, dials <-chan *heldDial) {
			s, first := e.busy(dials)
			ctx, cancel := cancelable()
			second := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
			d := <-dials
			s.Write(okHello)
			want(t, <-first, 200, "hello")
			serve(s)
			want(t, <-second, 200, "hello")
			cancel()
			time.Sleep(time.Hour)
			synctest.Wait()
			if len(d.over) > 0 {
				t.Fatalf("dial ended: %v", <-d.over)
			}
			switch end {
			case "let":
				d.let()
				third := e.get()
				serve(e.accept())
				want(t, <-third, 200, "hello")
				return
			case "idle":
				e.c.CloseIdleConnections()
			case "shutdown":
				if err := e.c.Shutdown(context.Background()); err != nil {
					t.Errorf("Shutdown: %v", err)
				}
			case "close":
				e.c.Close()
			}
			<-d.over
			e.wantStats(connector.Stats{})
		})
	}
}

func TestDialsThatNobodyWaitsForAreBounded(t *testing.T) {
	// golang/go#76784: a host that answers, and takes no new connections.
	withHeldDials(t, connector.Options{MaxConns: 40, Timeouts: never}, func(e *env, dials <-chan *heldDial) {
		s, out := e.busy(dials)
		for range 30 {
			next := e.get()
			<-dials
			s.Write(okHello)
			want(t, <-out, 200, "hello")
			s.WantHead()
			out = next
		}
		e.wantStats(connector.Stats{Open: 1 + 10, Hosts: 1})
		s.Write(okHello)
		want(t, <-out, 200, "hello")
	})
}

func TestRestedUnusedConnectionMayBeStale(t *testing.T) {
	// What was opened in vain has rested when it is used first: the server may have
	// closed it like any other.
	for _, method := range []string{"GET", "POST"} {
		withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
			s, first := e.busy(dials)
			second := e.get()
			d := <-dials
			s.Write(okHello)
			want(t, <-first, 200, "hello")
			s.WantHead()
			d.let()
			unused := e.accept()
			e.wantStats(connector.Stats{Open: 2, Idle: 1, Hosts: 1})
			out := e.send(request(t, method, "http://example.com/", nil))
			unused.WantHead()
			unused.Close()
			if method == "POST" {
				if err := wantError(t, (<-out).err, connector.PhaseHead); !err.Reused || !err.Sent {
					t.Errorf("got %+v", err)
				}
			} else {
				(<-dials).let()
				serve(e.accept())
				want(t, <-out, 200, "hello")
			}
			s.Write(okHello)
			want(t, <-second, 200, "hello")
		})
	}
}

func TestRequestThatIsSentAgainTakesNoRestingConnection(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		second := e.get()
		(<-dials).let()
		t2 := e.accept()
		serve(t2)
		want(t, <-second, 200, "hello")
		third := e.get()
		t2.WantHead()
		t2.Close() // it is sent once more, on a new one
		d := <-dials
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		e.wantStats(connector.Stats{Open: 2, Idle: 1, Hosts: 1})
		d.let()
		serve(e.accept())
		want(t, <-third, 200, "hello")
	})
}

func TestTunnelsAreBoundLate(t *testing.T) {
	for _, scheme := range []string{"http", "socks5h"} {
		throughProxy(t, scheme, connector.Options{ProxyTunnel: true}, func(e *env) {
			tunnel := func() *testnet.Script {
				s := e.accept()
				if scheme == "http" {
					s.WantHead()
					s.Write("HTTP/1.1 200 OK\r\n\r\n")
					return s
				}
				s.WantRead("\x05\x02\x00\x02")
				s.Write("\x05\x00")
				s.WantRead("\x05\x01\x00\x03\x0borigin.test\x00\x50")
				s.Write("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
				return s
			}
			get := func() <-chan answer { return e.getHost("origin.test") }
			first := get()
			s := tunnel()
			s.WantHead()
			second := get()
			silent := e.accept() // the second one's way to the proxy, which takes its time
			synctest.Wait()
			s.Write(okHello)
			want(t, <-first, 200, "hello")
			serve(s)
			want(t, <-second, 200, "hello")
			e.wantStats(connector.Stats{Open: 2, Idle: 1, Hosts: 1})
			silent.Close()
			e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
		})
	}
}

func TestHooksHearNothingOfADialThatWasLeft(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		s, first := e.busy(dials)
		over := false
		var got httptrace.GotConnInfo
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			GotConn: func(i httptrace.GotConnInfo) { got = i },
			ConnectStart: func(string, string) {
				if over {
					t.Error("a hook was called after the end")
				}
			},
		})
		second := e.send(request(t, "GET", "http://example.com/", nil).WithContext(ctx))
		d := <-dials
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		want(t, <-second, 200, "hello")
		over = true
		if !got.Reused || !got.WasIdle {
			t.Errorf("got %+v", got)
		}
		d.let()
		e.accept()
	})
}

// An opening whose goroutine comes when its request has another connection, and
// nobody else waits, does not begin.
func TestOpeningThatComesTooLateDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connector.NewPool(10, 10, time.Minute, time.Minute)
		defer p.Close()
		openings := make(chan *connector.Opening, 3)
		leases := make(chan *connector.Lease, 3)
		get := func() *connector.Opening {
			go func() {
				l, err := p.Get(t.Context(), "a.test:80", false, -1, func(o *connector.Opening) { openings <- o })
				if err != nil {
					t.Error(err)
				}
				leases <- l
			}()
			return <-openings
		}
		first, second, third := get(), get(), get()
		conn, far := net.Pipe()
		defer far.Close()
		first.Open(conn)
		l := <-leases
		l.Put() // the second request has it now
		l = <-leases
		if !second.Wanted() {
			t.Error("an opening is not wanted while a request waits that it could serve")
		}
		l.Put()
		l = <-leases
		if second.Wanted() || third.Wanted() {
			t.Error("an opening is wanted though nobody waits")
		}
		for _, o := range []*connector.Opening{second, third} {
			o.Fail(nil, io.ErrClosedPipe)
		}
		l.Discard()
	})
}
