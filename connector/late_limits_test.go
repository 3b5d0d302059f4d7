package connector_test

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// heldResolver holds up all lookups but the first.
type heldResolver struct {
	n          atomic.Int32
	held, free chan bool
}

func (r *heldResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.n.Add(1) > 1 {
		r.held <- true
		<-r.free
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// TestLeftOpeningKeepsItsTimeouts has a Call used again, with other time-outs, while an
// opening goes on that its first request has begun, and has left.
func TestLeftOpeningKeepsItsTimeouts(t *testing.T) {
	ln := listenTCP(t)
	defer ln.Close()
	r := &heldResolver{held: make(chan bool), free: make(chan bool)}
	c := connector.New(connector.Options{Resolver: r, DNSCacheTTL: -1})
	defer c.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	call := func() *connector.Call {
		call := callOf()
		call.Host = "origin.test:" + port
		return call
	}
	e := &env{t: t, c: c}
	first := make(chan *connector.Reply)
	go func() {
		reply := new(connector.Reply)
		if err := c.Do(context.Background(), call(), reply); err != nil {
			t.Error(err)
		}
		first <- reply
	}()
	s := testnet.Accept(t, ln)
	s.WantHead()
	s.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
	reply := <-first

	again := call()
	again.Timeouts = &connector.Timeouts{Connect: time.Minute}
	out := e.do(context.Background(), again)
	<-r.held // it opens a connection
	s.Write("hello")
	reply.Close() // and gets this one
	s.WantHead()
	s.Write(okHello)
	e.wantStatus(out, "200 OK")

	again.Timeouts = &connector.Timeouts{Connect: 1}
	out = e.do(context.Background(), again)
	s.WantHead()
	s.Write(okHello)
	e.wantStatus(out, "200 OK")
	r.free <- true
	atRest(t, c)
	if got := c.Stats(); got.Open != 2 {
		t.Errorf("the opening has failed: %+v", got)
	}
}
