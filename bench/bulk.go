package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp/bench/bulk"
	"github.com/aiohttp-go/aiohttp/bench/origin"
	"github.com/aiohttp-go/aiohttp/bench/report"
)

// runBulk is "bench bulk".
func runBulk(ctx context.Context, args []string) error {
	set := newSettings("bulk", 7)
	peers := set.flags.String("peers", "", "comma-separated `names` of the clients; default all")
	kinds := set.flags.String("kinds", "discard,tls,file,upload", "comma-separated `kinds` of what is done")
	size := set.flags.Int64("bytes", 256<<20, "`length` of a body")
	times := set.flags.Int("times", 4, "`number` of bodies a measurement")
	folder := set.flags.String("dir", "/dev/shm", "`folder` for files")
	set.flags.Parse(args)

	plan := bulk.Plan{Names: *peers, Bytes: *size, Times: *times, Folder: *folder}
	for name := range strings.SplitSeq(*kinds, ",") {
		if !slices.Contains(bulk.Kinds[:], bulk.Kind(name)) {
			return fmt.Errorf("unknown kind %q", name)
		}
		plan.Kinds = append(plan.Kinds, bulk.Kind(name))
	}
	if *size < 1 || *times < 1 {
		return fmt.Errorf("%d bodies of %d bytes", *times, *size)
	}
	var err error
	if plan.Conditions, err = set.conditions(); err != nil {
		return err
	}
	result, err := bulk.Run(ctx, plan)
	if err != nil {
		return err
	}
	return set.put(report.Section{Title: "Large bodies", When: result.When, Text: bulkMethod(result) + result.Table()})
}

// bulkMethod says how the figures came about.
func bulkMethod(r *bulk.Result) string {
	return fmt.Sprintf(`Bodies of %d MiB over one connection, server on core %d, client on core %d; %d rounds of %d
bodies a client, after one that does not count; [least-most] over the rounds. A GB is 10^9 bytes. CPU
is user and system time of the client's process. Speeds and CPU are compared inside the rounds.

`, r.Plan.Bytes>>20, r.Plan.ServerCore, r.Plan.ClientCore, r.Plan.Rounds, r.Plan.Times)
}

// runPour is the server of "bench bulk".
func runPour(args []string) error {
	flags := flag.NewFlagSet("bench pour", flag.ExitOnError)
	secure := flags.Bool("tls", false, "serve over TLS")
	flags.Parse(args)
	l, err := origin.Listen(*secure)
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return bulk.Serve(l)
}

// runHaul measures one client with large bodies and prints the sample.
func runHaul(args []string) error {
	flags := flag.NewFlagSet("bench haul", flag.ExitOnError)
	name := flags.String("peer", "", "`name` of the client")
	job := bulk.Job{}
	flags.StringVar(&job.Addr, "addr", "", "`host:port` of the server")
	kind := flags.String("kind", "", "`kind` of what is done")
	flags.Int64Var(&job.Bytes, "bytes", 0, "`length` of a body")
	flags.StringVar(&job.Path, "file", "", "`path` of the file")
	times := flags.Int("times", 1, "`number` of bodies")
	flags.Parse(args)
	job.Kind = bulk.Kind(*kind)
	ways, err := bulk.Select(job.Kind, *name)
	if err != nil {
		return err
	}
	sample, err := bulk.Measure(ways[0], job, *times)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}
