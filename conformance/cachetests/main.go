// Command cachetests runs the suite for HTTP caches of cache-tests.fyi against
// package cache.
//
//	go run ./cachetests                             # in conformance: all, to the terminal
//	go run ./cachetests -o cachetests/RESULTS.md    # the same, to the file
//	go run ./cachetests -id freshness-max-age       # one test, with what went over the wire
//
// The suite is the npm package http-cache-tests, installed in a temporary folder.
// It needs node and npm. Its client asks a proxy of ours that does nothing but hand
// each request to the cache's round tripper, with connector.Connector below it, and
// its server answers that. It is run twice, with the cache as a client has it and
// with Options.Shared; what the suite has for browsers only is run by its own
// runner as if it were in one.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	out := flag.String("o", "", "write the results to this `file`, in Markdown")
	id := flag.String("id", "", "run this `test` only, and show its exchanges")
	shared := flag.Bool("shared", false, "with -id, use a shared cache")
	dir := flag.String("dir", "", "install the suite in this `folder` and leave it there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *id, *shared, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "cachetests:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, id string, shared bool, dir string) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "cachetests")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	s, err := install(ctx, dir)
	if err != nil {
		return err
	}
	origin, stop, err := s.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if id != "" {
		return s.show(ctx, origin, id, shared)
	}
	all, err := s.play(ctx, origin)
	if err != nil {
		return err
	}
	text := report(all)
	if out == "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}
