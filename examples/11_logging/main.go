// Logging writes a record for each exchange with log/slog: aiohttp's
// logging_middleware. Secrets are masked, each hop of a redirect has its record,
// and an exchange without verification of TLS shows.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
	"github.com/aiohttp-go/aiohttp/trust"
)

func main() {
	err := aio.Run(func(ctx context.Context) error { return run(ctx, slog.NewTextHandler(os.Stdout, nil)) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "logging:", err)
		os.Exit(1)
	}
}

// site has a page that has moved, and none else.
func site() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/old", http.RedirectHandler("/new", http.StatusMovedPermanently))
	mux.HandleFunc("/new", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "here") })
	return mux
}

// run asks for some pages of a site in this process, and logs to records.
func run(ctx context.Context, records slog.Handler) error {
	c := connector.New(connector.Options{Handler: site()})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: []aiohttp.Middleware{
		middleware.Log(middleware.LogOptions{Logger: slog.New(records), ResponseFields: []string{"Location"}}),
	}})
	defer session.Close()

	// DANGER: such a session believes every server. That is in the log.
	careless, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for _, call := range []struct {
		ctx context.Context
		url string
		req aiohttp.Request
	}{
		{ctx, "http://site.test/old?token=secret", aiohttp.Request{}},
		{ctx, "http://site.test/missing", aiohttp.Request{}},
		{ctx, "https://site.test/new", aiohttp.Request{TLS: careless}},
		{gone, "http://site.test/new", aiohttp.Request{}},
	} {
		resp, err := session.Get(call.ctx, call.url, call.req)
		if errors.Is(err, context.Canceled) {
			continue // it is in the log
		} else if err != nil {
			return err
		}
		resp.Close()
	}
	return nil
}
