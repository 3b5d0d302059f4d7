package idle

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/rounds"
)

// Plan says what to measure.
type Plan struct {
	rounds.Conditions
	Peers []peer.Peer
	Conns int
	TLS   []bool
}

// Result is all that was measured.
type Result struct {
	Plan   Plan
	When   time.Time
	tables []table
}

// table is all clients over one transport.
type table struct {
	secure bool
	rows   []row
	held   []row // by site, one sample of each of ours
}

type row = rounds.Row[Sample]

// Run measures all of a plan, and then once more the live objects of our clients
// by the place where they were allocated, which takes memory of its own.
func Run(ctx context.Context, p Plan) (*Result, error) {
	r := &Result{Plan: p, When: time.Now()}
	for _, secure := range p.TLS {
		t, err := measure(ctx, &p, secure)
		if err != nil {
			return nil, err
		}
		r.tables = append(r.tables, t)
	}
	return r, nil
}

// forSites is how many connections are enough to see what they consist of:
// recording every allocation is slow.
const forSites = 1000

func measure(ctx context.Context, p *Plan, secure bool) (t table, err error) {
	t.secure = secure
	server, err := p.Serve(ctx, "serve", "-gate", "-tls="+strconv.FormatBool(secure))
	if err != nil {
		return t, err
	}
	defer server.Stop()
	addr, control, _ := strings.Cut(server.Addr, " ")
	child := func(one peer.Peer, conns int) rounds.Contestant {
		return p.Child(one.Name, one.What, "rest", "-peer", one.Name, "-addr", addr, "-control", control,
			"-conns", strconv.Itoa(conns), "-tls="+strconv.FormatBool(secure))
	}
	var plain, sites []rounds.Contestant
	for _, one := range p.Peers {
		plain = append(plain, child(one, p.Conns))
		if one.Name == peer.Session || one.Name == peer.RoundTrip {
			sites = append(sites, withSites(child(one, min(p.Conns, forSites))))
		}
	}
	if t.rows, err = rounds.Play(ctx, &p.Conditions, server, title(secure), plain, describe); err != nil {
		return t, err
	}
	once := p.Conditions
	once.Rounds, once.Retries = 1, 0
	t.held, err = rounds.Play(ctx, &once, server, title(secure)+", by site", sites, describe)
	return t, err
}

// withSites has every allocation recorded.
func withSites(k rounds.Contestant) rounds.Contestant {
	command := k.Command
	k.Command = func(ctx context.Context) *exec.Cmd {
		cmd := command(ctx)
		cmd.Env = append(os.Environ(), "GODEBUG=memprofilerate=1")
		return cmd
	}
	return k
}

func describe(s Sample) string {
	return fmt.Sprintf("%.0f B resident, %.0f B heap, %.2f goroutines a connection",
		resident(s), heap(s), goroutines(s))
}
