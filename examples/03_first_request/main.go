// First_request is the first program of Python's aiohttp, as short: get a page,
// print its status and its text. It asks an httpbin of its own, so that it runs
// without an internet, or the page of -url.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

func main() {
	url := flag.String("url", "", "the page to get; empty means /get of an httpbin of its own")
	flag.Parse()
	err := aio.Run(func(ctx context.Context) error {
		if *url == "" {
			site, err := httpbin.Start(ctx, "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer site.Close()
			*url = site.URL() + "/get"
		}
		return run(ctx, os.Stdout, *url)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "first_request:", err)
		os.Exit(1)
	}
}

// run prints the status and the text of a page.
func run(ctx context.Context, out io.Writer, url string) error {
	session := aiohttp.NewSession()
	defer session.Close()

	resp, err := session.Get(ctx, url)
	if err != nil {
		return err
	}
	text, err := resp.Text()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, resp.Status)
	fmt.Fprintln(out, text)
	return nil
}
