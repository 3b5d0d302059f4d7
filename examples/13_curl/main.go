// Curl is a small curl: it prints what a URL answers with, and with -i the head in
// front of it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
)

func main() {
	method := flag.String("X", "", "the method; empty means GET, or POST with -d")
	data := flag.String("d", "", "the body")
	head := flag.Bool("i", false, "print status and header fields too")
	header := http.Header{}
	flag.Func("H", "a header field, \"Name: value\"; may be given several times", func(line string) error {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("no colon in %q", line)
		}
		header.Add(name, strings.TrimSpace(value))
		return nil
	})
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: curl [flags] url")
		os.Exit(2)
	}
	req := aiohttp.Request{Method: *method, URL: flag.Arg(0), Header: header, Text: *data}
	if req.Method == "" && req.Text != "" {
		req.Method = http.MethodPost
	}
	err := aio.Run(func(ctx context.Context) error { return curl(ctx, os.Stdout, req, *head) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
		os.Exit(1)
	}
}

// curl sends a request and copies the answer to out, as it comes.
func curl(ctx context.Context, out io.Writer, req aiohttp.Request, head bool) error {
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Do(ctx, req)
	if err != nil {
		return err
	}
	defer resp.Close()
	if head {
		fmt.Fprintln(out, resp.Proto(), resp.Status, resp.Reason())
		fields := resp.Headers()
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			for _, value := range fields[name] {
				fmt.Fprintf(out, "%s: %s\n", name, value)
			}
		}
		fmt.Fprintln(out)
	}
	_, err = io.Copy(out, resp)
	return err
}
