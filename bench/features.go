package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/aiohttp-go/aiohttp/bench/features"
)

// runFeatures is "bench features".
func runFeatures(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("bench features", flag.ExitOnError)
	rounds := flags.Int("rounds", 31, "`number` of rounds")
	each := flags.Duration("for", 20*time.Millisecond, "`time` that a feature is measured in a round")
	output := flags.String("o", "", "write the table into this `file`, in place of what is there")
	flags.Parse(args)
	if *rounds < 1 {
		return fmt.Errorf("%d rounds", *rounds)
	}
	results, err := features.Measure(*rounds, *each)
	if err != nil {
		return err
	}
	text := featuresMethod(*rounds, *each) + features.Table(results)
	if *output == "" {
		_, err = os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(*output, []byte(text), 0o644)
}

// featuresMethod says how the figures came about.
func featuresMethod(rounds int, each time.Duration) string {
	return fmt.Sprintf(`# What a feature adds to a request

Written by "go build -o bench . && ./bench features -o FEATURES.md" in this folder, on %s with
%s/%s, %s.

One goroutine sends a GET and reads its answer, eight fields and five bytes, over a connection that is memory:
no network and no scheduler is in it, so that these figures are the client's own, and a request over a socket
takes some 25 us more. %d rounds, in each of which each feature has %v of the processor, and a session without
one as much just before it: the first column is the median of the ratios of the two, ns more are made of it and of
the base's median. Ratios hold for other machines better than ns do, and a tenth may be noise; allocations are
exact, but for what the runtime does meanwhile.

Features with a star are there and not used. They are to allocate nothing, which the test of the package
features holds them to. A list of middleware that is not empty makes a Request of its own, with all its fields,
for each exchange: that is most of what the first one costs, and the others share it.

`, time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.Version(), rounds, each)
}
