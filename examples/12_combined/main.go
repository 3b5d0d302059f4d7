// Combined joins several middlewares: aiohttp's combined_middleware and
// basic_auth_middleware. The order says who wraps whom: a request is sent again
// by Retry, each attempt is authorized, waits for its turn, and has a record of
// its own in the log.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/middleware"
)

func main() {
	err := aio.Run(func(ctx context.Context) error {
		return run(ctx, os.Stdout, slog.NewTextHandler(os.Stdout, nil), 200*time.Millisecond)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "combined:", err)
		os.Exit(1)
	}
}

// site is busy at first, and answers only who has a password.
func site() http.Handler {
	var asked atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case user != "user" || password != "password":
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case asked.Add(1) == 1:
			http.Error(w, "come back later", http.StatusServiceUnavailable)
		default:
			fmt.Fprintf(w, "hello %s", user)
		}
	})
}

// own is middleware of the program's own: it is a function around a function.
func own(next aiohttp.Handler) aiohttp.Handler {
	return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
		req.Header.Set("X-Attempt", fmt.Sprint(middleware.Attempt(ctx)))
		return next(ctx, req)
	}
}

// run asks a site in this process.
func run(ctx context.Context, out io.Writer, records slog.Handler, delay time.Duration) error {
	c := connector.New(connector.Options{Handler: site()})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c, Middleware: []aiohttp.Middleware{
		middleware.RaiseForStatus(nil),
		middleware.Retry(middleware.RetryOptions{BaseDelay: delay}),
		auth.Basic("user", "password", auth.Options{Origins: []string{"http://site.test"}}),
		middleware.CircuitBreaker(),
		middleware.RateLimit(middleware.RateLimitOptions{Rate: 100, Burst: 10}),
		own,
		middleware.Log(middleware.LogOptions{Logger: slog.New(records), RequestFields: []string{"Authorization", "X-Attempt"}}),
	}})
	defer session.Close()

	resp, err := session.Get(ctx, "http://site.test/")
	if err != nil {
		return err
	}
	text, err := resp.Text()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, text)
	return nil
}
