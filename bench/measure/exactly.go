package measure

import (
	"fmt"
	"sync"

	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// Exactly opens a client and sends n requests, shared out evenly over t.Conns
// goroutines.
func Exactly(p peer.Peer, t peer.Target, n int) error {
	client, err := p.Open(t)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	defer client.Close()
	failures := make(chan error, t.Conns)
	var running sync.WaitGroup
	for i := range t.Conns {
		exchange, err := client.Worker()
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		share := n / t.Conns
		if i < n%t.Conns {
			share++
		}
		running.Go(func() {
			for range share {
				if err := exchange(); err != nil {
					failures <- fmt.Errorf("%s: %w", p.Name, err)
					return
				}
			}
		})
	}
	running.Wait()
	close(failures)
	return <-failures
}
