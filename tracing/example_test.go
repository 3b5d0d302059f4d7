package tracing_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"path"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// A trace is a struct of functions; those that are nil cost nothing.
func ExampleTrace() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
		}
	}))
	defer site.Close()

	trace := &tracing.Trace{
		OnRequestStart:     func(c *tracing.Call, e tracing.RequestStart) { c.Value = path.Base(e.URL) },
		OnConnectionReuse:  func(c *tracing.Call, e tracing.ConnectionReuse) { fmt.Println("a kept connection") },
		OnRequestRedirect:  func(c *tracing.Call, e tracing.RequestRedirect) { fmt.Println(e.Status, "redirect") },
		OnRequestEnd:       func(c *tracing.Call, e tracing.RequestEnd) { fmt.Println(e.Status, "for", c.Value) },
		OnRequestException: func(c *tracing.Call, e tracing.RequestException) { fmt.Println(e.Err, "for", c.Value) },
	}
	session := aiohttp.NewSession(aiohttp.Options{Trace: []*tracing.Trace{trace}})
	defer session.Close()

	resp, err := session.Get(context.Background(), site.URL+"/old")
	if err != nil {
		log.Fatal(err)
	}
	resp.Close()
	// Output:
	// 302 redirect
	// a kept connection
	// 200 for old
}
