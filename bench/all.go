package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// step is one command of "bench all", with its defaults.
type step struct {
	name string
	run  func(context.Context, []string) error
	args []string

	// about is how long it takes on two cores on which nothing else runs: the
	// number of samples times the length of one.
	about time.Duration
}

// steps lists everything that is measured.
func steps() []step {
	return []step{
		{name: "client", run: runClient, about: 11 * time.Minute},
		{name: "bulk", run: runBulk, about: 5 * time.Minute},
		{name: "idle", run: runIdle, about: 4 * time.Minute},
		{name: "hosts", run: runHosts, about: 4 * time.Minute},
		{name: "profile", run: runProfile, about: time.Minute},
		{name: "fetch", run: runFetch, about: 6 * time.Minute},
		{name: "fetch-tmpfs", run: runFetch, args: []string{"-tmpfs", "/dev/shm"}, about: 4 * time.Minute},
	}
}

// runAll is "bench all".
func runAll(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench all", flag.ExitOnError)
	only := flags.String("only", "", "comma-separated `names` of what to run; default all")
	estimate := flags.Bool("n", false, "say how long it takes, and run nothing")
	python := flags.Bool("python", false, "measure aiohttp for Python too")
	note := flags.String("note", "", "`text` to stand above the results, e.g. what else ran")
	output := flags.String("o", "RESULTS.md", "put the results into this `file`")
	flags.Parse(args)

	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	forecast(chosen)
	if *estimate {
		return nil
	}
	var failures []error
	for _, s := range chosen {
		args := append(slices.Clone(s.args), "-o", *output, "-note", *note)
		if s.name == "client" && *python {
			args = append(args, "-python")
		}
		began := time.Now()
		if err := s.run(ctx, args); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
		}
		if ctx.Err() != nil {
			break
		}
		fmt.Fprintf(os.Stderr, "%s took %v\n", s.name, time.Since(began).Round(time.Second))
	}
	return errors.Join(failures...)
}

// choose gives the steps named in a list with commas, or all if it is empty.
func choose(list string) ([]step, error) {
	all := steps()
	if list == "" {
		return all, nil
	}
	var chosen []step
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(s step) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("nothing is called %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// forecast says how long the steps take.
func forecast(chosen []step) {
	var whole time.Duration
	for _, s := range chosen {
		fmt.Fprintf(os.Stderr, "%-12s about %v\n", s.name, s.about)
		whole += s.about
	}
	fmt.Fprintf(os.Stderr, "%-12s about %v while nothing else runs; up to four times that where measurements are disturbed and repeated\n", "all", whole)
}
