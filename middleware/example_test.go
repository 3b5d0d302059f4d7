package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/middleware"
)

// flaky is a server that fails as often as it is told to, and then answers.
func flaky(failures int32) *httptest.Server {
	var n atomic.Int32
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) <= failures {
			http.Error(w, "come back later", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "hello")
	}))
}

func ExampleRetry() {
	srv := flaky(2)
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.Retry(middleware.RetryOptions{
			BaseDelay: time.Millisecond,
			OnRetry: func(_ context.Context, e middleware.RetryEvent) {
				fmt.Println("attempt", e.Attempt, "gave", e.Status)
			},
		}),
	}})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, text)
	// Output:
	// attempt 1 gave 503
	// attempt 2 gave 503
	// 200 hello
}

func ExampleRateLimit() {
	srv := flaky(0)
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.RateLimit(middleware.RateLimitOptions{Rate: 200, Burst: 1, Concurrent: 4}),
	}})
	defer session.Close()

	for range 3 { // 5 ms apart
		resp, err := session.Get(context.Background(), srv.URL)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(resp.Status)
		resp.Close()
	}
	// Output:
	// 200
	// 200
	// 200
}

func ExampleCircuitBreaker() {
	srv := flaky(1000)
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.CircuitBreaker(middleware.CircuitBreakerOptions{MinRequests: 2, OpenFor: time.Minute}),
	}})
	defer session.Close()

	for range 3 {
		resp, err := session.Get(context.Background(), srv.URL)
		if open, ok := errors.AsType[*middleware.CircuitOpenError](err); ok {
			fmt.Println("not asked:", open.Failed, "of", open.Requests, "failed")
			continue
		} else if err != nil {
			log.Fatal(err)
		}
		fmt.Println(resp.Status)
		resp.Close()
	}
	// Output:
	// 503
	// 503
	// not asked: 2 of 2 failed
}

func ExampleHedge() {
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			<-r.Context().Done() // the first request hangs
			return
		}
		fmt.Fprint(w, "hello from the copy")
	}))
	defer srv.Close()
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.Hedge(middleware.HedgeOptions{Delay: 5 * time.Millisecond}),
	}})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	text, err := resp.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output: hello from the copy
}

func ExampleLog() {
	srv := flaky(0)
	defer srv.Close()
	stable := func(_ []string, a slog.Attr) slog.Attr { // what is the same in every run
		switch a.Key {
		case slog.TimeKey, "duration", "url":
			return slog.Attr{}
		}
		return a
	}
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
		middleware.Log(middleware.LogOptions{
			Logger: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: stable})),
		}),
	}})
	defer session.Close()

	resp, err := session.Get(context.Background(), srv.URL+"/?token=secret")
	if err != nil {
		log.Fatal(err)
	}
	resp.Close()
	// Output: level=INFO msg="http request" method=GET status=200 bytes=5
}

func ExampleRaiseForStatus() {
	srv := flaky(0)
	defer srv.Close()
	onlyJSON := func(_ context.Context, resp *aiohttp.Response) error {
		if kind := resp.Header("Content-Type"); kind != "application/json" {
			return fmt.Errorf("not JSON but %s", kind)
		}
		return nil
	}
	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{middleware.RaiseForStatus(onlyJSON)}})
	defer session.Close()

	_, err := session.Get(context.Background(), srv.URL)
	fmt.Println(errors.Unwrap(err))
	// Output: not JSON but text/plain; charset=utf-8
}
