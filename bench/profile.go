package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/profile"
	"github.com/aiohttp-go/aiohttp/bench/report"
)

// runProfile is "bench profile".
func runProfile(ctx context.Context, args []string) error {
	set := newSettings("profile", 1)
	peers := set.flags.String("peers", "session,roundtrip,net/http", "comma-separated `names` of the clients")
	conns := set.flags.Int("conns", 64, "`number` of connections")
	length := set.flags.Duration("for", 3*time.Second, "`time` of each profile")
	requests := set.flags.Int("requests", 20_000, "`number` of requests whose system calls are counted")
	set.flags.Parse(args)

	if *conns < 1 || *requests < 1 {
		return fmt.Errorf("%d requests over %d connections", *requests, *conns)
	}
	plan := profile.Plan{Conns: *conns, For: *length, Requests: *requests}
	chosen, err := peer.Select(*peers)
	if err != nil {
		return err
	}
	for _, p := range chosen {
		plan.Subjects = append(plan.Subjects, profile.Subject{Name: p.Name, What: p.What})
	}
	if plan.Conditions, err = set.conditions(); err != nil {
		return err
	}
	result, err := profile.Run(ctx, plan)
	if err != nil {
		return err
	}
	return set.put(report.Section{Title: "Where the time goes", When: result.When, Text: profileMethod(result) + result.Text()})
}

// profileMethod says how the figures came about.
func profileMethod(r *profile.Result) string {
	return fmt.Sprintf(`Plain HTTP over %d connections; server on core %d, client on core %d; %v a profile, each in a run of its
own, that of the locks ("mutex") on all cores. "flat" is what a function used itself, "cum" what it and those it called used. System calls are
counted by strace over %d requests, those that failed (EAGAIN as a rule) in brackets; it slows the client
down, so that it finds more answers waiting than it does else.

`, r.Plan.Conns, r.Plan.ServerCore, r.Plan.ClientCore, r.Plan.For, r.Plan.Requests)
}
