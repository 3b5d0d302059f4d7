// Command gostd runs Go's own tests of the client in net/http over
// connector.Connector, without writing anything under GOROOT.
//
//	go run ./gostd                          # in conformance: all, to the terminal
//	go run ./gostd -o gostd/RESULTS.md      # the same, to the file
//	go run ./gostd -run 'TestTransportGzip' -v -race
//
// The go command is shown, by -overlay, a net/http whose Transport hands its
// requests to package adapter, and our packages as net/http/internal/...: a test
// of the standard library can import nothing else. What is shown is made from
// the installed Go. Each test then runs in a process of its own, in its HTTP/1
// modes, with net/http's own check for goroutines that are left behind.
//
// A test that does not pass stands in reasons.go, with the reason; the run fails
// when another one does not pass, when one that stands there does, and when what
// can be checked of a reason is not so.
//
// A request that needs HTTP/2, a protocol of RegisterProtocol's, a proxy or
// DialTLS is left to the Transport. A test all of whose requests are says nothing
// about us, and is counted apart, as is one that sends none.
//
// Limitations: it needs the sources of the standard library, which a Go
// installation has, and it follows the shape of Go 1.26's net/http: when that
// changes it says so and stops.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
)

func main() {
	out := flag.String("o", "", "write the results to this `file`, in Markdown")
	only := flag.String("run", "", "run the tests whose name matches this `regexp`")
	keep := flag.String("dir", "", "put the overlay and the test binary into this `folder` and leave them there")
	race := flag.Bool("race", false, "with the race detector")
	atOnce := flag.Int("p", 4, "run this `many` tests at a time")
	verbose := flag.Bool("v", false, "print the output of what does not pass")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *only, *keep, max(*atOnce, 1), *race, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "gostd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, only, dir string, atOnce int, race, verbose bool) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "gostd"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	std, err := findStd(ctx)
	if err != nil {
		return err
	}
	binary, err := build(ctx, std, dir, race)
	if err != nil {
		return err
	}
	tests, err := std.tests(pattern)
	if err != nil {
		return err
	}
	results, err := playAll(ctx, std, binary, tests, atOnce)
	if err != nil {
		return err
	}
	unexpected := 0
	for _, r := range results {
		fmt.Printf("%-8s %s\n", r.verdict, r.test.name)
		if !r.asExpected() {
			unexpected++
		}
		if verbose && r.verdict.bad() {
			fmt.Println(r.output)
		}
	}
	text := report(std, results)
	if out != "" {
		err = os.WriteFile(out, []byte(text), 0o644)
	} else {
		fmt.Print("\n", text)
	}
	if err == nil && unexpected > 0 {
		err = fmt.Errorf("%d results are not as reasons.go says: see \"Unexpected\" in the report", unexpected)
	}
	return err
}
