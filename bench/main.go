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
// runs everything and does that.
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
  bench client -h        the flags

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	commands := map[string]func(context.Context, []string) error{
		"all":     runAll,
		"client":  runClient,
		"fetch":   runFetch,
		"idle":    runIdle,
		"bulk":    runBulk,
		"hosts":   runHosts,
		"profile": runProfile,
		"serve":   runServe,   // the server of client and idle, in its process
		"crowd":   runCrowd,   // the server of hosts, in its process
		"crawl":   runCrawl,   // one client's crawl, in its process
		"pour":    runPour,    // the server of bulk, in its process
		"measure": runMeasure, // one client, in its process
		"haul":    runHaul,    // one client with large bodies, in its process
		"rest":    runRest,    // one client's connections at rest, in its process
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err := commands[os.Args[1]](ctx, os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
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
