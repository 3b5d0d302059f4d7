package gate_test

import (
	"net"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/gate"
)

func TestGateLetsPassWhoWaitsAndHoldsTheNext(t *testing.T) {
	g := gate.New()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go g.Control(l)
	keeper, err := gate.Dial(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close()
	for range 2 { // it closes again
		var passing sync.WaitGroup
		for range 5 {
			passing.Go(g.Wait)
		}
		await(t, keeper, 5)
		if n, err := keeper.Open(); n != 5 || err != nil {
			t.Errorf("Open = %d, %v", n, err)
		}
		passing.Wait()
		await(t, keeper, 0)
	}
}

func await(t *testing.T, keeper *gate.Keeper, want int64) {
	t.Helper()
	for {
		n, err := keeper.Waiting()
		if err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
	}
}
