package versus

import (
	"fmt"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Plan says what to measure.
type Plan struct {
	rounds.Conditions
	Peers  []peer.Peer
	Python bool  // Python's aiohttp as well
	Conns  []int // numbers of connections
	TLS    []bool
	Time   measure.Options
}

// setting is what one table is about.
type setting struct {
	conns  int
	secure bool
}

func (s setting) String() string {
	scheme := "plain"
	if s.secure {
		scheme = "TLS 1.3"
	}
	if s.conns == 1 {
		return scheme + ", 1 connection"
	}
	return fmt.Sprintf("%s, %d connections", scheme, s.conns)
}

// Result is all that was measured.
type Result struct {
	Plan   Plan
	When   time.Time
	Python string // its version and aiohttp's; empty if it was not measured
	tables []table
}

// table is all clients at one setting.
type table struct {
	setting setting
	rows    []row
}

type row = rounds.Row[measure.Sample]
