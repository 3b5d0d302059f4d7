package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/aiohttp-go/aiohttp/httpbin"
	"github.com/aiohttp-go/aiohttp/internal/cli/exit"
)

func (a *app) httpbinCommand() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "httpbin",
		Short: "Serve the site that answers with what it was asked",
		Long: `httpbin serves a site to try and to test a client against, with no internet.
Its page at / lists what it can do. The URL of the site is printed to stdout
as soon as it can be asked; Ctrl-C ends it.

It listens on the loopback address only unless told otherwise: it answers
anybody with whatever they ask for, so do not put it on the internet.`,
		Example: `  aiohttp httpbin &
  aiohttp get http://127.0.0.1:8080/get`,
		Args: noArgs,
		RunE: a.action(func(ctx context.Context, _ []string) error { return a.httpbin(ctx, addr) }),
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 takes a free one")
	return cmd
}

// httpbin serves until the user ends it, which is no failure.
func (a *app) httpbin(ctx context.Context, addr string) error {
	srv, err := httpbin.Start(ctx, addr)
	if err != nil {
		return &exit.Error{Code: exit.Connect, Err: err, Hint: "choose another address with --addr, or port 0 for a free one"}
	}
	a.stdout.Printf("%s\n", srv.URL())
	err = errors.Join(srv.Wait(), srv.Close())
	a.log.note("httpbin: ended")
	return err
}
