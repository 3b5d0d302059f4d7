// Token_refresh calls an API whose access tokens end: aiohttp's
// token_refresh_middleware. However many requests are under way, a token is
// fetched once for all of them.
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
	"github.com/aiohttp-go/aiohttp/auth"
	"github.com/aiohttp-go/aiohttp/connector"
)

func main() {
	err := aio.Run(func(ctx context.Context) error { return run(ctx, os.Stdout) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "token_refresh:", err)
		os.Exit(1)
	}
}

// api gives a token for the asking at /token, and answers who brings one.
func api() http.Handler {
	var issued atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"access_token": "token-%d", "expires_in": 3600}`, issued.Add(1))
	})
	mux.HandleFunc("GET /data/{n}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", issued.Load()) {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "data %s, %d token so far", r.PathValue("n"), issued.Load())
	})
	return mux
}

// run asks for three things at once.
func run(ctx context.Context, out io.Writer) error {
	site := connector.New(connector.Options{Handler: api()})
	defer site.Close()

	var session *aiohttp.Session
	source := auth.NewTokenSource(func(ctx context.Context) (auth.Token, error) {
		resp, err := session.Post(ctx, "/token") // gets no token itself
		if err != nil {
			return auth.Token{}, err
		}
		var answer struct {
			Token     string `json:"access_token"`
			ExpiresIn int    `json:"expires_in"` // seconds
		}
		if err := resp.JSON(&answer); err != nil {
			return auth.Token{}, err
		}
		return auth.Token{Value: answer.Token, Expires: time.Now().Add(time.Duration(answer.ExpiresIn) * time.Second)}, nil
	})
	defer source.Close()
	session = aiohttp.NewSession(aiohttp.Options{
		BaseURL: "https://api.test", Connector: site, RaiseForStatus: true,
		Middleware: []aiohttp.Middleware{source.Middleware},
	})
	defer session.Close()

	texts, err := aio.Gather(ctx, aio.Each([]int{1, 2, 3}, func(ctx context.Context, n int) (string, error) {
		resp, err := session.Get(ctx, fmt.Sprintf("/data/%d", n))
		if err != nil {
			return "", err
		}
		return resp.Text()
	}))
	if err != nil {
		return err
	}
	for _, text := range texts {
		fmt.Fprintln(out, text)
	}
	return nil
}
