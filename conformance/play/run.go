package play

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

const (
	defaultTimeout = 3 * time.Second
	// settle is what the loopback interface needs at most to bring what was sent.
	settle = 60 * time.Millisecond
)

// Run plays a vector as often as it says, at least once with each way to read a
// body, and gives the worst outcome.
func Run(t *Target, v *vector.Client) Outcome {
	if !t.able(v) {
		return Outcome{Fail, fmt.Sprintf("the client lacks %v", v.Caps), "not played", false}
	}
	worst := once(t, v, false)
	for i := 1; i < max(v.Repeat, 2); i++ {
		if o := once(t, v, i%2 == 1); o.Verdict > worst.Verdict {
			worst = o
		}
	}
	return worst
}

// once plays a vector with a server and a client of its own.
func once(t *Target, v *vector.Client, direct bool) Outcome {
	s, err := startServer(v)
	if err != nil {
		return Outcome{Fail, "starting the server: " + err.Error(), "not played", false}
	}
	defer s.stop()
	client := t.Open(s.dial, v.Request.Jar)
	defer client.Close()

	timeout := defaultTimeout
	if v.TimeoutMS > 0 {
		timeout = time.Duration(v.TimeoutMS) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := newRequest(ctx, v, s.port)
	if err != nil {
		return Outcome{Fail, "making the request: " + err.Error(), "not played", false}
	}
	var e *exchange
	grown := growth(v.MaxHeapMB > 0, func() { e = send(client, req, v.Via == "client", reading{v.ReadLimit, direct}) })
	j := judge{vector: v, server: s, exchange: e, outcome: Outcome{Got: e.String(), Accepted: e.err == nil}}
	j.answer()
	j.memory(grown)
	j.wire()
	if v.Follow != nil {
		j.follow(client)
	}
	return j.outcome
}

// dial leads every name at the server's port to the server.
func (s *server) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	if _, port, err := net.SplitHostPort(addr); err != nil || port != s.port {
		return nil, fmt.Errorf("unexpected dial to %s", addr)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.listener.Addr().String())
	if err == nil && s.vector.OnAccept != nil {
		time.Sleep(settle) // what the server says first is to be in the socket
	}
	return conn, err
}
