package connector_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
	"github.com/aiohttp-go/aiohttp/tracing"
)

func TestDialFunctionThatEndsItsGoroutineFails(t *testing.T) {
	for _, secure := range []bool{false, true} {
		o := connector.Options{Timeouts: never}
		dial := func(context.Context, string, string) (net.Conn, error) {
			runtime.Goexit()
			return nil, nil
		}
		url := "http://example.com/"
		o.DialContext = dial
		if secure {
			url, o.DialTLSContext = "https://example.com/", dial
		}
		inBubble(t, o, func(e *env) {
			out := e.send(request(t, "GET", url, nil))
			synctest.Wait()
			select {
			case a := <-out:
				wantError(t, a.err, connector.PhaseConnect)
			default:
				t.Error("the request hangs")
			}
			e.wantStats(connector.Stats{})
		})
	}
}

// exits is a resolver, and a body, that ends the goroutine.
type exits struct{}

func (exits) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	runtime.Goexit()
	return nil, nil
}

func (exits) Read([]byte) (int, error) {
	runtime.Goexit()
	return 0, nil
}

func TestResolverThatEndsItsGoroutineFails(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: never, Resolver: exits{}}, func(e *env) {
		for range 2 {
			wantError(t, (<-e.get()).err, connector.PhaseDNS)
		}
	})
}

func TestBodyThatEndsItsGoroutineFails(t *testing.T) {
	inBubble(t, connector.Options{Timeouts: never}, func(e *env) {
		for _, length := range []int64{-1, 100} {
			req := request(t, "PUT", "http://example.com/", exits{})
			req.ContentLength = length
			out := e.send(req)
			s := e.accept()
			s.WantHead()
			wantError(t, (<-out).err, connector.PhaseWrite)
			s.WantEOF()
		}
	})
}

// What is ended while its connection is being opened is not sent, even where the
// opening comes to a good end.
func TestRequestThatIsCanceledWhileItsConnectionComesIsNotSent(t *testing.T) {
	var cancel func()
	var network *testnet.Network
	o := connector.Options{
		DialContext: func(ctx context.Context, nw, addr string) (net.Conn, error) {
			return network.DialContext(ctx, nw, addr)
		},
		Guard: func(netip.AddrPort) error { cancel(); return nil },
	}
	inBubble(t, o, func(e *env) {
		network = e.net
		for _, method := range []string{"GET", "POST"} {
			var ctx context.Context
			ctx, cancel = cancelable()
			out := e.send(request(t, method, "http://example.com/", nil).WithContext(ctx))
			s := e.accept()
			var failure *connector.Error
			if a := <-out; !errors.Is(a.err, errWhim) || !errors.As(a.err, &failure) || failure.Sent {
				t.Errorf("%s: got %v", method, a.err)
			}
			e.c.CloseIdleConnections()
			s.WantEOF()
		}
	})
}

// A host that takes no new connections must not keep the places from others.
func TestDialsThatNobodyWaitsForGiveWay(t *testing.T) {
	withHeldDials(t, connector.Options{MaxConns: 3, Timeouts: never}, func(e *env, dials <-chan *heldDial) {
		other := e.listen("other.test:80")
		defer other.Close()
		s, first := e.busy(dials)
		second, third := e.get(), e.get()
		a, b := <-dials, <-dials
		synctest.Wait()
		s.Write(okHello)
		want(t, <-first, 200, "hello")
		serve(s)
		serve(s)
		want(t, <-second, 200, "hello")
		want(t, <-third, 200, "hello")
		held := e.get()
		s.WantHead()
		e.wantStats(connector.Stats{Open: 3, Hosts: 1}) // one in use, two that nobody waits for
		out := e.getHost("other.test")
		synctest.Wait()
		if len(a.over)+len(b.over) != 1 {
			t.Fatalf("%d openings gave way, want 1", len(a.over)+len(b.over))
		}
		(<-dials).let()
		serve(testnet.Accept(e.t, other))
		want(t, <-out, 200, "hello")
		s.Write(okHello)
		want(t, <-held, 200, "hello")
	})
}

// What a request has been given while it opened a connection itself does not get
// lost with its goroutine.
func TestGoexitOfAHookLosesNoConnection(t *testing.T) {
	withHeldDials(t, connector.Options{}, func(e *env, dials <-chan *heldDial) {
		tracer := tracing.Begin(context.Background(), nil, []*tracing.Trace{{
			OnConnectionCreateEnd: func(*tracing.Call, tracing.ConnectionCreateEnd) { runtime.Goexit() },
		}}, nil)
		call := callOf()
		call.Host, call.Trace = "example.com:80", tracer.Exchange()
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			e.c.Do(context.Background(), call, new(connector.Reply))
		}()
		first := <-dials
		synctest.Wait()
		second := e.get()
		(<-dials).let()
		serve(e.accept())
		want(t, <-second, 200, "hello")
		<-first.over
		<-gone
		e.wantStats(connector.Stats{Open: 1, Idle: 1, Hosts: 1})
	})
}

// addresses is a resolver that knows one name.
type addresses []netip.Addr

func (a addresses) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return a, nil }

// What the program gives is called by a goroutine for each address: its panic is the
// request's all the same.
func TestPanicWhileAddressesAreTriedComesOut(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.1")
	for _, goexit := range []bool{false, true} {
		c := connector.New(connector.Options{Resolver: addresses{local, netip.MustParseAddr("127.0.0.2")}, Guard: func(netip.AddrPort) error {
			if goexit {
				runtime.Goexit()
			}
			panic("guard")
		}})
		defer c.Close()
		func() {
			defer func() {
				if v := recover(); !goexit && v != "guard" {
					t.Errorf("recovered %v", v)
				}
			}()
			_, err := c.RoundTrip(request(t, "GET", "http://a.test/", nil))
			wantError(t, err, connector.PhaseConnect)
		}()
	}
}
