// Command bench measures aiohttp side by side with its peers, in one run.
//
//	go build -o bench . && ./bench all
//
// "bench client" measures requests to a server on another core: ours against
// net/http, fasthttp, hertz, resty and a loop on raw sockets; "bench bulk" large
// bodies, "bench idle" what connections at rest hold, "bench hosts" a crawl of
// many hosts, "bench profile" where the time goes. "bench fetch" measures
// downloads to disk: "aiohttp fetch" against curl, wget2, aria2c, a raw-socket
// downloader and net/http. With -o the results go into RESULTS.md; "bench all"
// runs everything and does that. "bench features" stands apart: it measures our own
// client alone, with each of its features, over memory, into FEATURES.md.
//
// Ratios are taken inside a round in which all ran one after the other; an
// absolute figure is that of one machine on one day. Nothing here is a test:
// no figure makes it fail.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage:
  bench all [flags]      everything, into RESULTS.md
  bench client [flags]   requests to a server on another core
  bench bulk [flags]     large bodies over one connection
  bench idle [flags]     what connections at rest hold
  bench hosts [flags]    a crawl of many hosts
  bench profile [flags]  where the time goes
  bench fetch [flags]    downloads to disk
  bench features [flags] what each feature adds to a request
  bench client -h        the flags

`

// comparisons are what a user runs.
var comparisons = map[string]func(context.Context, []string) error{
	"all":      runAll,
	"client":   runClient,
	"bulk":     runBulk,
	"idle":     runIdle,
	"hosts":    runHosts,
	"profile":  runProfile,
	"fetch":    runFetch,
	"features": runFeatures,
}

// processes are what comparisons run: a server, or one client that is measured.
// A signal ends them.
var processes = map[string]func([]string) error{
	"serve":   runServe, // of client, idle and profile
	"measure": runMeasure,
	"rest":    runRest,
	"pour":    runPour, // of bulk
	"haul":    runHaul,
	"crowd":   runCrowd, // of hosts
	"crawl":   runCrawl,
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func run(name string, args []string) error {
	if process, ok := processes[name]; ok {
		return process(args)
	}
	compare, ok := comparisons[name]
	if !ok {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	// The first signal ends a comparison in order; a second one ends it at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return compare(ctx, args)
}

// command gives the command line that repeats a measurement: with the flags that
// were set, but for those that only say where the results go.
func command(name string, flags *flag.FlagSet) string {
	line := "bench " + name
	flags.Visit(func(f *flag.Flag) {
		if f.Name != "note" && f.Name != "o" {
			line += fmt.Sprintf(" -%s=%s", f.Name, f.Value)
		}
	})
	return line
}
