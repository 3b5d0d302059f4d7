package versus

import (
	"errors"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Made gives a result with two clients, of which the second failed once.
func Made() *Result {
	type outcome = rounds.Outcome[measure.Sample]
	sample := func(cpu time.Duration) outcome {
		return outcome{Sample: measure.Sample{Requests: 1000, Wall: time.Second, User: cpu, Mallocs: 2000, Bytes: -1}}
	}
	return &Result{tables: []table{{setting{conns: 64}, []row{
		{Name: "net/http", What: "slow", Rounds: []outcome{sample(30 * time.Millisecond), sample(90 * time.Millisecond), sample(40 * time.Millisecond)}},
		{Name: "ours", What: "fast", Rounds: []outcome{sample(10 * time.Millisecond), {Err: errors.New("refused")}, sample(20 * time.Millisecond)}},
	}}}}
}
