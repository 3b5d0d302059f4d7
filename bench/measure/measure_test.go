package measure_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// TestEveryPeerIsMeasured is a smoke test: it says nothing of speed.
func TestEveryPeerIsMeasured(t *testing.T) {
	for _, secure := range []bool{false, true} {
		l, err := origin.Listen(secure)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go origin.Serve(l)
		for _, p := range peer.All() {
			name := "plain/" + p.Name
			if secure {
				name = "tls/" + p.Name
			}
			t.Run(name, func(t *testing.T) {
				target := peer.Target{Addr: l.Addr().String(), Secure: secure, Conns: 3}
				s, err := measure.Run(p, target, measure.Options{For: 20 * time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				if err := measure.Exactly(p, target, 7); err != nil {
					t.Error(err)
				}
				if s.Requests < 3 || s.Wall <= 0 || s.Mallocs < 0 {
					t.Errorf("got %+v", s)
				}
			})
		}
	}
}

func TestRunReportsTheFailureOfAnExchange(t *testing.T) {
	broken := errors.New("broken")
	p := peer.Peer{Name: "p", Open: func(peer.Target) (peer.Client, error) {
		worker := func() (peer.Exchange, error) { return func() error { return broken }, nil }
		return peer.Client{Worker: worker, Close: func() {}}, nil
	}}
	_, err := measure.Run(p, peer.Target{Conns: 2}, measure.Options{})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "p: ") {
		t.Errorf("got %v", err)
	}
}

func TestExactlySendsSoManyRequests(t *testing.T) {
	for _, tt := range []struct{ conns, requests int }{{1, 0}, {3, 7}, {4, 2}} {
		var sent atomic.Int64
		p := peer.Peer{Open: func(peer.Target) (peer.Client, error) {
			worker := func() (peer.Exchange, error) { return func() error { sent.Add(1); return nil }, nil }
			return peer.Client{Worker: worker, Close: func() {}}, nil
		}}
		if err := measure.Exactly(p, peer.Target{Conns: tt.conns}, tt.requests); err != nil || sent.Load() != int64(tt.requests) {
			t.Errorf("%+v: sent %d, %v", tt, sent.Load(), err)
		}
	}
	broken := errors.New("broken")
	p := peer.Peer{Name: "p", Open: func(peer.Target) (peer.Client, error) {
		return peer.Client{Worker: func() (peer.Exchange, error) { return func() error { return broken }, nil }, Close: func() {}}, nil
	}}
	if err := measure.Exactly(p, peer.Target{Conns: 2}, 4); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
