// Command gostd runs Go's own tests of the client in net/http over
// connector.Connector, without writing anything under GOROOT.
//
//	go run ./gostd                          # in conformance: all, to the terminal
//	go run ./gostd -o gostd/RESULTS.md      # the same, to the file
//	go run ./gostd -run 'TestTransportGzip' -v
//
// The go command is shown, by -overlay, a net/http whose tests get their
// RoundTripper from package adapter, and our packages as net/http/internal/...:
// a test of the standard library can import nothing else. Each test then runs in
// a process of its own, in its HTTP/1 modes.
//
// A test that asserts that its RoundTripper is an *http.Transport, to look at
// its insides, says nothing about us: it is counted apart. So is one that makes
// a Transport of its own and never comes to our connector.
//
// Limitations: it needs the sources of the standard library, which a Go
// installation has, and it follows the shape of Go 1.26's
// clientserver_test.go: when that changes it says so and stops.
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
	verbose := flag.Bool("v", false, "print the output of what does not pass")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *only, *keep, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "gostd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, only, dir string, verbose bool) error {
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
	binary, err := build(ctx, std, dir)
	if err != nil {
		return err
	}
	tests, err := std.tests(pattern)
	if err != nil {
		return err
	}
	results := make([]result, 0, len(tests))
	for _, test := range tests {
		r, err := play(ctx, std, binary, test)
		if err != nil {
			return err
		}
		fmt.Printf("%-18s %s\n", r.verdict, test.name)
		if verbose && r.verdict.bad() {
			fmt.Println(r.output)
		}
		results = append(results, r)
	}
	text := report(std, results)
	if out == "" {
		fmt.Print("\n", text)
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}
