// Certificates shows what the client says of servers whose certificates are not
// in order: which certificate of the chain, what is wrong with it, and what to
// do. Verification works out of the box everywhere, by the system's authorities
// or, where there are none, by those that are compiled in.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/trust"
)

func main() {
	err := aio.Run(func(ctx context.Context) error { return run(ctx, os.Stdout) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "certificates:", err)
		os.Exit(1)
	}
}

// run asks each of the servers, believing only the authority of the demo.
func run(ctx context.Context, out io.Writer) error {
	standard, err := trust.Default()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "authorities that are trusted by default: %s\n", standard.Source())

	servers, pool, err := start()
	if err != nil {
		return err
	}
	defer stop(servers)
	policy, err := trust.New(trust.Options{CAs: pool})
	if err != nil {
		return err
	}
	session := aiohttp.NewSession(aiohttp.Options{TLS: policy})
	defer session.Close()

	for _, s := range servers {
		fmt.Fprintf(out, "\n%s\n", s.name)
		resp, err := session.Get(ctx, s.url())
		var bad *trust.CertificateError
		switch {
		case errors.As(err, &bad):
			fmt.Fprintf(out, "  %v\n  remedy: %s\n", bad, bad.Remedy())
		case err != nil:
			return err
		default:
			resp.Close()
			fmt.Fprintf(out, "  status %d\n", resp.Status)
		}
	}
	return nil
}
