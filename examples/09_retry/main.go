// Retry asks a site that is down at first until it answers: aiohttp's
// retry_middleware. The waits are random, double each time, and never go beyond
// what the caller's context allows.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func main() {
	err := aio.Run(func(ctx context.Context) error { return run(ctx, os.Stdout, 200*time.Millisecond) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "retry:", err)
		os.Exit(1)
	}
}

// down answers with 503 as often as that, and then with a greeting.
func down(times int32) http.Handler {
	var asked atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= times {
			http.Error(w, "come back later", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "hello")
	})
}

// run asks a site in this process that fails twice. The first wait is at most
// delay.
func run(ctx context.Context, out io.Writer, delay time.Duration) error {
	site := connector.New(connector.Options{Handler: down(2)})
	defer site.Close()
	session := aiohttp.NewSession(aiohttp.Options{
		Connector: site,
		Middleware: []aiohttp.Middleware{middleware.Retry(middleware.RetryOptions{
			Attempts:  4,
			BaseDelay: delay,
			OnRetry: func(_ context.Context, e middleware.RetryEvent) {
				fmt.Fprintf(out, "attempt %d gave %d, the next one follows\n", e.Attempt, e.Status)
			},
		})},
	})
	defer session.Close()

	resp, err := session.Get(ctx, "http://site.test/")
	if err != nil {
		return err
	}
	text, err := resp.Text()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, resp.Status, text)
	return nil
}
