package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/measure"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/bench/peer"
	"github.com/aiohttp-go/aiohttp/bench/report"
	"github.com/aiohttp-go/aiohttp/bench/versus"
)

// runClient is "bench client".
func runClient(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench client", flag.ExitOnError)
	peers := flags.String("peers", "", "comma-separated `names` of the clients; default all")
	conns := flags.String("conns", "1,64,512", "comma-separated `numbers` of connections")
	transports := flags.String("transports", "plain,tls", "plain, tls or both")
	rounds := flags.Int("rounds", 7, "`number` of rounds")
	length := flags.Duration("for", time.Second, "`time` of one measurement")
	warm := flags.Duration("warm", 200*time.Millisecond, "`time` before a measurement")
	foreign := flags.Float64("foreign", 0.12, "`share` of the machine that others may use before a measurement is repeated")
	retries := flags.Int("retries", 3, "how often a disturbed measurement is repeated")
	python := flags.Bool("python", false, "measure aiohttp for Python too")
	note := flags.String("note", "", "`text` to stand above the results, e.g. what else ran")
	out := flags.String("o", "", "put the results into this `file`")
	flags.Parse(args)

	plan := versus.Plan{
		Python: *python, Rounds: *rounds, Time: measure.Options{Warm: *warm, For: *length},
		MaxForeign: *foreign, Retries: *retries, Progress: os.Stderr, ServerCore: -1, ClientCore: -1,
	}
	if runtime.NumCPU() > 1 {
		plan.ServerCore, plan.ClientCore = 0, 1
	}
	var err error
	if plan.Peers, err = peer.Select(*peers); err != nil {
		return err
	}
	if plan.Conns, err = numbers(*conns); err != nil {
		return err
	}
	for name := range strings.SplitSeq(*transports, ",") {
		if name != "plain" && name != "tls" {
			return fmt.Errorf("unknown transport %q", name)
		}
		plan.TLS = append(plan.TLS, name == "tls")
	}
	if plan.Program, err = os.Executable(); err != nil {
		return err
	}
	result, err := versus.Run(ctx, plan)
	if err != nil {
		return err
	}
	return report.Put(*out, report.Section{
		Name: "client", Title: "Client", When: result.When, Note: *note,
		Command: command("client", flags), Text: clientMethod(result) + result.Table(),
	})
}

// clientMethod says how the figures came about.
func clientMethod(r *versus.Result) string {
	text := fmt.Sprintf(`%d-byte bodies, eight response fields, keep-alive, loopback; server on core %d, client on
core %d; %d rounds of %v a client. CPU is user and system time of the client's
process; [least-most] over the rounds. "net/http / this" is how many times less CPU a
request takes than with net/http, as the median of the ratios inside the rounds.
"Noisy" counts rounds in which others used more than %.0f %% of the machine.

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

// runServe is the server of "bench client": it prints its address and serves
// until it is killed.
func runServe(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("bench serve", flag.ExitOnError)
	secure := flags.Bool("tls", false, "serve over TLS")
	flags.Parse(args)
	l, err := origin.Listen(*secure)
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return origin.Serve(l)
}

// runMeasure measures one client and prints the sample.
func runMeasure(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("bench measure", flag.ExitOnError)
	name := flags.String("peer", "", "`name` of the client")
	target := peer.Target{}
	flags.StringVar(&target.Addr, "addr", "", "`host:port` of the server")
	flags.BoolVar(&target.Secure, "tls", false, "over TLS")
	flags.IntVar(&target.Conns, "conns", 1, "`number` of connections")
	options := measure.Options{}
	flags.DurationVar(&options.Warm, "warm", 0, "`time` before the measurement")
	flags.DurationVar(&options.For, "for", time.Second, "`time` of the measurement")
	flags.Parse(args)
	chosen, err := peer.Select(*name)
	if err != nil {
		return err
	}
	sample, err := measure.Run(chosen[0], target, options)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}
