package versus

import (
	"fmt"
	"io"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/peer"
)

// Plan says what to measure.
type Plan struct {
	Peers  []peer.Peer
	Python bool  // Python's aiohttp as well
	Conns  []int // numbers of connections
	TLS    []bool
	Rounds int
	Time   measure.Options

	// MaxForeign is the share of the machine, from 0 to 1, that other processes
	// may use during a measurement before it is repeated.
	MaxForeign float64
	// Retries is how often a measurement is repeated for that reason; the last
	// one counts whatever it was, and is said to be noisy.
	Retries int

	// Program is the path of this program, which the measured processes run.
	Program string
	// ServerCore and ClientCore are where the two run; negative means anywhere.
	ServerCore, ClientCore int

	// Progress gets a line for each measurement.
	Progress io.Writer
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
	cells  []cell
}

// cell is one client at one setting, with an entry for each round.
type cell struct {
	setting setting
	name    string
	what    string
	rounds  []round
}

// round is one measurement; err tells that it failed.
type round struct {
	sample measure.Sample
	noisy  bool
	err    error
}
