// Json_client sends a value as JSON and decodes the answer into a struct of its
// own, a status that is no success into an error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/httpbin"
)

func main() {
	err := aio.Run(func(ctx context.Context) error {
		site, err := httpbin.Start(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer site.Close()
		return run(ctx, os.Stdout, site.URL())
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "json_client:", err)
		os.Exit(1)
	}
}

// Post is what goes out.
type Post struct {
	Title string   `json:"title"`
	Tags  []string `json:"tags,omitempty"`
}

// Echo is the part of httpbin's answer that is of interest.
type Echo struct {
	JSON    Post                `json:"json"`
	Headers map[string][]string `json:"headers"`
}

// run posts a value, and asks for what is not there.
func run(ctx context.Context, out io.Writer, site string) error {
	session := aiohttp.NewSession(aiohttp.Options{BaseURL: site, RaiseForStatus: true})
	defer session.Close()

	resp, err := session.Post(ctx, "/post", aiohttp.Request{JSON: Post{Title: "Hello", Tags: []string{"go"}}})
	if err != nil {
		return err
	}
	echo, err := aiohttp.JSON[Echo](resp)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, echo.JSON.Title, echo.JSON.Tags, echo.Headers["Content-Type"])

	_, err = session.Get(ctx, "/status/404")
	var status *aiohttp.StatusError
	if !errors.As(err, &status) {
		return fmt.Errorf("no status error: %w", err)
	}
	fmt.Fprintln(out, status.Status, status.Reason)
	return nil
}
