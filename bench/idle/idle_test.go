package idle_test

import (
	"net"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/gate"
	"github.com/aiohttp-go/aiohttp/bench/idle"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// TestMeasureOpensAConnectionForEachRequest is a smoke test: it says nothing of
// sizes, since the server runs in the same process.
func TestMeasureOpensAConnectionForEachRequest(t *testing.T) {
	for _, p := range peer.All() {
		if p.Name == peer.Raw {
			continue // it has no pool: its connections end with the requests
		}
		t.Run(p.Name, func(t *testing.T) {
			l, control := listen(t), listen(t)
			g := gate.New()
			go origin.ServeAfter(l, g.Wait)
			go g.Control(control)
			const conns = 60 // more than are opened at once
			s, err := idle.Measure(p, peer.Target{Addr: l.Addr().String(), Conns: conns}, control.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if s.Conns != conns || s.Sockets != 2*conns { // both ends
				t.Errorf("got %+v", s)
			}
		})
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestMeasureReportsTheFailureOfARequest(t *testing.T) {
	l, control := listen(t), listen(t)
	go gate.New().Control(control)
	l.Close()
	for _, p := range peer.All() {
		if _, err := idle.Measure(p, peer.Target{Addr: l.Addr().String(), Conns: 2}, control.Addr().String()); err == nil {
			t.Errorf("%s: no error", p.Name)
		}
	}
}

func TestSitesNameThePlaceAndLeaveOutWhatWasThere(t *testing.T) {
	got := idle.Grown(map[string]int64{"a": 10, "b": 5}, map[string]int64{"a": 10, "b": 7, "c": 9})
	if len(got) != 2 || got[0] != (idle.Site{Where: "c", Bytes: 9}) || got[1] != (idle.Site{Where: "b", Bytes: 2}) {
		t.Errorf("got %v", got)
	}
	if got := idle.Grown(nil, nil); got != nil {
		t.Errorf("got %v of nothing", got)
	}
}

func TestTableNamesWhatOursConsistOf(t *testing.T) {
	const want = `### plain

| client | resident B | heap B | stacks B | goroutines | net/http / this | fasthttp / this | sockets |
|---|--:|--:|--:|--:|--:|--:|--:|
| ours (session) | **20** [10-30] | 8 | 0 | 0.00 | 2.67 | - | 10 |
| std (net/http) | **40** [40-40] | 8 | 0 | 2.00 | 1.00 | - | 10 |

<details><summary>session: what the heap of a connection consists of</summary>

| B | allocated by |
|--:|---|
| 9 | ` + "`a.f (a.go:1)`" + ` |

</details>

`
	if got := idle.Made().Table(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
