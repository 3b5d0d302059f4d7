package idle

import "github.com/aiohttp-go/aiohttp/bench/rounds"

// Grown is grown, for tests.
var Grown = grown

// Made gives a result with two clients.
func Made() *Result {
	type outcome = rounds.Outcome[Sample]
	of := func(resident int64, goroutines int) outcome {
		return outcome{Sample: Sample{Conns: 10, Sockets: 10, Resident: resident, Heap: 80, Goroutines: goroutines}}
	}
	sites := outcome{Sample: Sample{Conns: 10, Sites: []Site{{"a.f (a.go:1)", 90}, {"b.g (b.go:2)", 70}}}}
	return &Result{tables: []table{{
		rows: []row{
			{Name: "session", What: "ours", Rounds: []outcome{of(100, 0), of(300, 0)}},
			{Name: "net/http", What: "std", Rounds: []outcome{of(400, 20), of(400, 20)}},
		},
		held: []row{{Name: "session", Rounds: []outcome{sites}}},
	}}}
}
