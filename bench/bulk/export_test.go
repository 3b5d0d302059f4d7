package bulk

import (
	"time"

	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Made gives a result with two clients.
func Made() *Result {
	of := func(s Sample) []rounds.Outcome[Sample] { return []rounds.Outcome[Sample]{{Sample: s}} }
	return &Result{tables: []table{{Discard, []row{
		{Name: Raw, What: "sockets", Rounds: of(Sample{Bytes: 1e9, Wall: time.Second / 4, System: 100 * time.Millisecond})},
		{Name: NetHTTP, What: "std", Rounds: of(Sample{Bytes: 1e9, Wall: time.Second / 2, User: 200 * time.Millisecond, System: 300 * time.Millisecond, Mallocs: 7})},
	}}}}
}
