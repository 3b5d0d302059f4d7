// Client_auth logs in by Basic authentication, for one request in its URL and for
// all in the session's header, and keeps the cookies that a site sets.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/connector"
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
		fmt.Fprintln(os.Stderr, "client_auth:", err)
		os.Exit(1)
	}
}

// run logs in both ways, and shows the cookies that a site gets back.
func run(ctx context.Context, out io.Writer, site string) error {
	login := url.UserPassword("guido", "secret")

	// In the URL: for this request, and masked in whatever error it has.
	u, err := url.Parse(site + "/basic-auth/guido/secret")
	if err != nil {
		return err
	}
	u.User = login
	session := aiohttp.NewSession()
	defer session.Close()
	if err := show(ctx, out, session, u.String(), "in the URL:"); err != nil {
		return err
	}
	if err := show(ctx, out, session, site+"/basic-auth/guido/secret", "without:"); err != nil {
		return err
	}

	// In the session's header: for all requests to the origin of BaseURL, and for
	// no other.
	authorized := aiohttp.NewSession(aiohttp.Options{
		BaseURL: site,
		Header:  http.Header{"Authorization": {connector.BasicAuth(login)}},
	})
	defer authorized.Close()
	if err := show(ctx, out, authorized, "/basic-auth/guido/secret", "in the header:"); err != nil {
		return err
	}

	// Cookies are kept by the jar, or sent with one request.
	if err := show(ctx, out, session, site+"/cookies/set?kept=1", "set:"); err != nil {
		return err
	}
	resp, err := session.Get(ctx, site+"/cookies", aiohttp.Request{Cookies: []*http.Cookie{{Name: "once", Value: "2"}}})
	if err != nil {
		return err
	}
	var got struct{ Cookies map[string]string }
	if err := resp.JSON(&got); err != nil {
		return err
	}
	fmt.Fprintln(out, "cookies:", got.Cookies)
	return nil
}

// show prints the status that a URL answers with.
func show(ctx context.Context, out io.Writer, session *aiohttp.Session, url, how string) error {
	resp, err := session.Get(ctx, url)
	if err != nil {
		return err
	}
	defer resp.Close()
	fmt.Fprintln(out, how, resp.Status)
	return nil
}
