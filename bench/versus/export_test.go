package versus

import (
	"errors"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
)

// Made gives a result with two clients, of which the second failed once.
func Made() *Result {
	sample := func(cpu time.Duration) round {
		return round{sample: measure.Sample{Requests: 1000, Wall: time.Second, User: cpu, Mallocs: 2000, Bytes: -1}}
	}
	s := setting{conns: 64}
	return &Result{cells: []cell{
		{s, "net/http", "slow", []round{sample(30 * time.Millisecond), sample(90 * time.Millisecond), sample(40 * time.Millisecond)}},
		{s, "ours", "fast", []round{sample(10 * time.Millisecond), {err: errors.New("refused")}, sample(20 * time.Millisecond)}},
	}}
}
