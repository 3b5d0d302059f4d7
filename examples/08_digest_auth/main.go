// Digest_auth asks for pages that an HTTP Digest password protects, by each
// algorithm that the site knows: aiohttp's digest_auth_qop_auth. The first
// request to a page is challenged, the second brings the answer along.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/auth"
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
		fmt.Fprintln(os.Stderr, "digest_auth:", err)
		os.Exit(1)
	}
}

// run shows what becomes of a right and of a wrong password.
func run(ctx context.Context, out io.Writer, site string) error {
	for _, password := range []string{"password", "wrong"} {
		session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
			auth.Digest("user", password, auth.DigestOptions{Origins: []string{site}}),
		}})
		defer session.Close()
		for _, algorithm := range []string{"MD5", "SHA-256"} {
			resp, err := session.Get(ctx, site+"/digest-auth/auth/user/password/"+algorithm)
			if err != nil {
				return err
			}
			resp.Close()
			fmt.Fprintf(out, "%s, password %q: %d\n", algorithm, password, resp.Status)
		}
	}
	return nil
}
