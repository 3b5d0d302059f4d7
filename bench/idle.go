package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/aiohttp-go/aiohttp/bench/idle"
	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/report"
)

// idlePeers are those whose connections at rest are looked at: the others stand
// on the same pools.
const idlePeers = "session,roundtrip,net/http,fasthttp,hertz"

// runIdle is "bench idle".
func runIdle(ctx context.Context, args []string) error {
	set := newSettings("idle", 3)
	peers := set.flags.String("peers", idlePeers, "comma-separated `names` of the clients")
	conns := set.flags.Int("conns", 5000, "`number` of connections")
	transports := set.flags.String("transports", "plain,tls", "plain, tls or both")
	set.flags.Parse(args)

	plan := idle.Plan{Conns: *conns}
	var err error
	if plan.Peers, err = peer.Select(*peers); err != nil {
		return err
	}
	if plan.TLS, err = secured(*transports); err != nil {
		return err
	}
	if plan.Conditions, err = set.conditions(); err != nil {
		return err
	}
	files, err := machine.OpenFiles()
	if err != nil {
		return err
	}
	const others = 100 // files that are no connections
	if *conns < 1 || *conns > files-others {
		return fmt.Errorf("%d connections with a limit of %d open files", *conns, files)
	}
	result, err := idle.Run(ctx, plan)
	if err != nil {
		return err
	}
	return set.put(report.Section{Title: "Connections at rest", When: result.When, Text: idleMethod(result) + result.Table()})
}

// idleMethod says how the figures came about.
func idleMethod(r *idle.Result) string {
	return fmt.Sprintf(`%d connections, each opened by a request of its own and then at rest; bytes a connection,
after the garbage was collected and freed memory given back to the system; medians of %d rounds,
[least-most] over them. "Resident" is anonymous memory of the client's process (RssAnon) on top of
what it had before; "net/http / this" compares that. "Sockets" are those that were open then.

`, r.Plan.Conns, r.Plan.Rounds)
}

// runRest measures one client's connections at rest and prints the sample.
func runRest(args []string) error {
	flags := flag.NewFlagSet("bench rest", flag.ExitOnError)
	target, name := targetFlags(flags)
	control := flags.String("control", "", "`host:port` of the server's gate")
	flags.Parse(args)
	chosen, err := peer.Select(*name)
	if err != nil {
		return err
	}
	if _, err := machine.OpenFiles(); err != nil {
		return err
	}
	sample, err := idle.Measure(chosen[0], *target, *control)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}
