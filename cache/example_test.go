package cache_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/cache"
)

// news is a site whose page may be kept for a minute.
func news() *httptest.Server {
	served := 0
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served++
		w.Header().Set("Cache-Control", "max-age=60")
		fmt.Fprintf(w, "served %d times", served)
	}))
}

// A session with a cache: the second request is answered from it.
func Example() {
	srv := news()
	defer srv.Close()
	c := cache.New()
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{
		Middleware: []aiohttp.Middleware{aiohttp.RoundTripper(c.Transport)},
	})
	defer session.Close()

	for range 2 {
		resp, err := session.Get(context.Background(), srv.URL)
		if err != nil {
			log.Fatal(err)
		}
		text, err := resp.Text()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(cache.OutcomeOf(resp.Headers()), text)
	}
	// Output:
	// miss served 1 times
	// hit served 1 times
}

// A client of net/http's with a cache in a folder, which outlives the process.
func ExampleOpenDisk() {
	srv := news()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "cache")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	for range 2 { // as if in two processes
		store, err := cache.OpenDisk(dir, 100<<20)
		if err != nil {
			log.Fatal(err)
		}
		c := cache.New(cache.Options{Store: store})
		client := &http.Client{Transport: c.Transport(http.DefaultTransport)}
		resp, err := client.Get(srv.URL)
		if err != nil {
			log.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Println(cache.OutcomeOf(resp.Header), string(text))
		if err := c.Close(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// miss served 1 times
	// hit served 1 times
}
