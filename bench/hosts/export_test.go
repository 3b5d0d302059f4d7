package hosts

import (
	"time"

	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Made gives a result with two clients.
func Made() *Result {
	of := func(user time.Duration) []rounds.Outcome[Sample] {
		return []rounds.Outcome[Sample]{{Sample: Sample{
			Requests: 1000, InFlight: 10, Wall: 2 * time.Second, User: user, Peak: 2 << 20, Heap: 10_000, Stacks: 2000, Sockets: 12,
		}}}
	}
	return &Result{locks: "locks\n", tables: []table{{1000, []row{
		{Name: Session, What: "ours", Rounds: of(30 * time.Millisecond)},
		{Name: NetHTTP, What: "std", Rounds: of(60 * time.Millisecond)},
	}}}}
}
