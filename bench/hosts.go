package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/hosts"
	"github.com/aiohttp-go/aiohttp/bench/machine"
	"github.com/aiohttp-go/aiohttp/bench/profile"
	"github.com/aiohttp-go/aiohttp/bench/report"
)

// runHosts is "bench hosts".
func runHosts(ctx context.Context, args []string) error {
	set := newSettings("hosts", 3)
	peers := set.flags.String("peers", "", "comma-separated `names` of the clients: session, net/http, fasthttp; default all")
	count := set.flags.Int("hosts", 1000, "`number` of hosts")
	inFlight := set.flags.Int("inflight", 10_000, "`number` of requests at a time")
	requests := set.flags.String("requests", "100000,20000,200000", "comma-separated `numbers` of requests; the first is profiled")
	delay := set.flags.Duration("delay", 50*time.Millisecond, "`time` that an answer takes")
	set.flags.Parse(args)

	plan := hosts.Plan{Hosts: *count, InFlight: *inFlight, Delay: *delay}
	var err error
	if plan.Clients, err = hosts.Select(*peers); err != nil {
		return err
	}
	if plan.Requests, err = numbers(*requests); err != nil {
		return err
	}
	if *count < 1 || *count > hosts.Most || *inFlight < 1 {
		return fmt.Errorf("%d hosts and %d requests at a time", *count, *inFlight)
	}
	if plan.Conditions, err = set.conditions(); err != nil {
		return err
	}
	files, err := machine.OpenFiles()
	if err != nil {
		return err
	}
	// Beside the busy connections a client has idle ones to other hosts, half as
	// many in net/http; and the server has the listeners.
	plan.InFlight = min(plan.InFlight, (files-*count)*5/9)
	if plan.InFlight < 1 {
		return fmt.Errorf("%d hosts with a limit of %d open files", *count, files)
	}
	result, err := hosts.Run(ctx, plan)
	if err != nil {
		return err
	}
	return set.put(report.Section{Title: "Many hosts", When: result.When, Text: hostsMethod(result, files) + result.Table()})
}

// hostsMethod says how the figures came about.
func hostsMethod(r *hosts.Result, files int) string {
	return fmt.Sprintf(`%d hosts in turn, %d requests in flight (a process may have %d files open here), each answered
after %v; server on core %d, client on core %d; %d rounds. Peak RSS is that of the client's process; heap and
stacks are the most that there was at a time, divided by the requests in flight, to which a goroutine each
belongs. Heap that grew from table to table would grow with what was asked; peak RSS comes near twice the heap and
the stacks with the number of collections. Profiles of locks run on all cores, and say how long all goroutines
together waited.

`, r.Plan.Hosts, r.Plan.InFlight, files, r.Plan.Delay, r.Plan.ServerCore, r.Plan.ClientCore, r.Plan.Rounds)
}

// runCrowd is the server of "bench hosts": it prints its port.
func runCrowd(args []string) error {
	flags := flag.NewFlagSet("bench crowd", flag.ExitOnError)
	count := flags.Int("hosts", 1, "`number` of hosts")
	delay := flags.Duration("delay", 0, "`time` that an answer takes")
	flags.Parse(args)
	if _, err := machine.OpenFiles(); err != nil {
		return err
	}
	o, err := hosts.Listen(*count)
	if err != nil {
		return err
	}
	fmt.Println(o.Port)
	return o.Serve(*delay)
}

// runCrawl measures one client's crawl and prints the sample.
func runCrawl(args []string) error {
	flags := flag.NewFlagSet("bench crawl", flag.ExitOnError)
	name := flags.String("peer", "", "`name` of the client")
	load := hosts.Load{}
	flags.IntVar(&load.Port, "port", 0, "`port` of the hosts")
	flags.IntVar(&load.Hosts, "hosts", 1, "`number` of hosts")
	flags.IntVar(&load.Requests, "requests", 1, "`number` of requests")
	flags.IntVar(&load.InFlight, "inflight", 1, "`number` of requests at a time")
	var recording profile.Recording
	flags.Var(&recording, "profile", "record a profile: `kind=file`")
	flags.Parse(args)
	chosen, err := hosts.Select(*name)
	if err != nil {
		return err
	}
	if _, err := machine.OpenFiles(); err != nil {
		return err
	}
	sample, err := hosts.Measure(chosen[0], load, &recording)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}
