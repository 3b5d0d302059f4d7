package connector_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/connector"
)

// BenchmarkPoolHandOver gives a connection back that many wait for, whose host is
// at its own limit. The time of an operation must not grow with their number.
func BenchmarkPoolHandOver(b *testing.B) {
	for _, waiting := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			p := connector.NewPool(100, 1, time.Minute, time.Hour)
			ctx, cancel := context.WithCancel(context.Background())
			leases := make(chan *connector.Lease, waiting)
			open := func(o *connector.Opening) { go o.Open(&poolConn{play: new(poolPlay)}) }
			get := func() {
				if l, err := p.Get(ctx, "h", false, -1, open); err == nil {
					leases <- l
				}
			}
			get()
			held := <-leases
			for range waiting {
				go get()
			}
			for p.Stats().Waiting < waiting {
				time.Sleep(time.Millisecond)
			}
			b.ReportAllocs()
			for b.Loop() {
				go get()
				held.Put()
				held = <-leases
			}
			cancel()
			p.Close()
		})
	}
}

// BenchmarkPoolEvict closes the longest idle connection of a host, to open one to
// another. The time of an operation must not grow with the number at rest.
func BenchmarkPoolEvict(b *testing.B) {
	for _, idle := range []int{1, 100, 20_000} {
		b.Run(fmt.Sprint(idle), func(b *testing.B) {
			p := connector.NewPool(idle, idle, time.Hour, 10*time.Hour)
			open := func(o *connector.Opening) { go o.Open(&poolConn{play: new(poolPlay)}) }
			get := func(fresh bool) *connector.Lease {
				l, err := p.Get(context.Background(), "h", fresh, -1, open)
				if err != nil {
					b.Fatal(err)
				}
				return l
			}
			leases := make([]*connector.Lease, idle)
			for i := range leases {
				leases[i] = get(true)
			}
			for _, l := range leases {
				l.Put()
			}
			b.ReportAllocs()
			for b.Loop() {
				get(true).Put() // in the place of the one that has rested longest
			}
			p.Close()
		})
	}
}
