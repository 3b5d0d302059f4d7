package httpbin_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func ExampleStart() {
	srv, err := httpbin.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	resp, err := http.Get(srv.URL() + "/status/418")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode)
	// Output: 418
}

func ExampleNew() {
	site := httptest.NewServer(httpbin.New(httpbin.Options{MaxBodyBytes: 64 << 10}))
	defer site.Close()

	resp, err := http.Get(site.URL + "/bytes/100")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.ContentLength)
	// Output: 100
}
