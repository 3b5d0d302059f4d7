package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/gate"
	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/profile"
	"github.com/aiohttp-go/aiohttp/bench/report"
	"github.com/aiohttp-go/aiohttp/bench/versus"
)

// runClient is "bench client".
func runClient(ctx context.Context, args []string) error {
	set := newSettings("client", 7)
	peers := set.flags.String("peers", "", "comma-separated `names` of the clients; default all")
	conns := set.flags.String("conns", "1,64,512", "comma-separated `numbers` of connections")
	transports := set.flags.String("transports", "plain,tls", "plain, tls or both")
	length := set.flags.Duration("for", time.Second, "`time` of one measurement")
	warm := set.flags.Duration("warm", 200*time.Millisecond, "`time` before a measurement")
	python := set.flags.Bool("python", false, "measure aiohttp for Python too")
	set.flags.Parse(args)

	plan := versus.Plan{Python: *python, Time: measure.Options{Warm: *warm, For: *length}}
	var err error
	if plan.Peers, err = peer.Select(*peers); err != nil {
		return err
	}
	if plan.Conns, err = numbers(*conns); err != nil {
		return err
	}
	if plan.TLS, err = secured(*transports); err != nil {
		return err
	}
	if plan.Conditions, err = set.conditions(); err != nil {
		return err
	}
	result, err := versus.Run(ctx, plan)
	if err != nil {
		return err
	}
	return set.put(report.Section{Title: "Client", When: result.When, Text: clientMethod(result) + result.Table()})
}

// secured takes a list of transports: whether each is TLS.
func secured(list string) ([]bool, error) {
	var all []bool
	for name := range strings.SplitSeq(list, ",") {
		if name != "plain" && name != "tls" {
			return nil, fmt.Errorf("unknown transport %q", name)
		}
		all = append(all, name == "tls")
	}
	return all, nil
}

// clientMethod says how the figures came about.
func clientMethod(r *versus.Result) string {
	text := fmt.Sprintf(`%d-byte bodies, eight response fields, keep-alive, loopback; server on core %d, client on
core %d; %d rounds of %v a client. CPU is user and system time of the client's
process; [least-most] over the rounds. "net/http / this" is how many times less CPU a
request takes than with net/http, as the median of the ratios inside the rounds.
"Noisy" counts rounds in which others used more than %.0f %% of the machine. github.com/imroc/req
is not among the clients: the module proxy refuses its versions (403).

`, origin.BodyBytes, r.Plan.ServerCore, r.Plan.ClientCore, r.Plan.Rounds, r.Plan.Time.For, 100*r.Plan.MaxForeign)
	if r.Python != "" {
		text += r.Python + "\n\n"
	}
	return text
}

func numbers(list string) ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("not a number of connections: %q", text)
		}
		all = append(all, n)
	}
	return all, nil
}

// runServe is the server of "bench client" and "bench idle": it prints its
// address, and its gate's, and serves until it is killed.
func runServe(args []string) error {
	flags := flag.NewFlagSet("bench serve", flag.ExitOnError)
	secure := flags.Bool("tls", false, "serve over TLS")
	gated := flags.Bool("gate", false, "hold the requests back at a gate")
	flags.Parse(args)
	l, err := origin.Listen(*secure)
	if err != nil {
		return err
	}
	if !*gated {
		fmt.Println(l.Addr())
		return origin.Serve(l)
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	g := gate.New()
	go g.Control(control)
	fmt.Println(l.Addr(), control.Addr())
	return origin.ServeAfter(l, g.Wait)
}

// runMeasure measures one client and prints the sample.
func runMeasure(args []string) error {
	flags := flag.NewFlagSet("bench measure", flag.ExitOnError)
	target, name := targetFlags(flags)
	options := measure.Options{}
	flags.DurationVar(&options.Warm, "warm", 0, "`time` before the measurement")
	flags.DurationVar(&options.For, "for", time.Second, "`time` of the measurement")
	options.Profile = &profile.Recording{}
	flags.Var(options.Profile, "profile", "record a profile: `kind=file`")
	requests := flags.Int("requests", 0, "send this `number` of requests, and measure nothing")
	flags.Parse(args)
	chosen, err := peer.Select(*name)
	if err != nil {
		return err
	}
	if *requests > 0 {
		return measure.Exactly(chosen[0], *target, *requests)
	}
	sample, err := measure.Run(chosen[0], *target, options)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}

// targetFlags are the flags of a measured process: which client, and to where.
func targetFlags(flags *flag.FlagSet) (target *peer.Target, name *string) {
	name = flags.String("peer", "", "`name` of the client")
	target = &peer.Target{}
	flags.StringVar(&target.Addr, "addr", "", "`host:port` of the server")
	flags.BoolVar(&target.Secure, "tls", false, "over TLS")
	flags.IntVar(&target.Conns, "conns", 1, "`number` of connections")
	return target, name
}
