// Tls_settings shows whom to believe, for a session and for one request: an
// authority of one's own, a client certificate, a pin, and verification switched
// off. In Python the first cure for a certificate error is often the last of
// these, under the harmless name of ssl_ctx.
package main

import (
	"context"
	"crypto/tls"
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
		fmt.Fprintln(os.Stderr, "tls_settings:", err)
		os.Exit(1)
	}
}

// run asks one server under different settings.
func run(ctx context.Context, out io.Writer) error {
	site, err := start()
	if err != nil {
		return err
	}
	defer site.stop()

	// For the session: the company's own authority, in place of all others.
	company, err := trust.New(trust.Options{CAPEM: site.ca.PEM()})
	if err != nil {
		return err
	}
	session := aiohttp.NewSession(aiohttp.Options{TLS: company})
	defer session.Close()

	for _, setting := range []struct {
		name string
		opts trust.Options // for one request; the zero value is the session's policy
		own  bool
	}{
		{name: "own authority"},
		{"client certificate", trust.Options{CAPEM: site.ca.PEM(), Certificates: []tls.Certificate{site.client}}, true},
		{"pin", trust.Options{CAPEM: site.ca.PEM(), Pins: []trust.Pin{trust.PinKey(site.leaf())}}, true},
		{"wrong pin", trust.Options{CAPEM: site.ca.PEM(), Pins: []trust.Pin{trust.PinKey(site.client.Leaf)}}, true},
		{"default authorities", trust.Options{Roots: trust.RootsEmbedded}, true},
		{"VERIFICATION SWITCHED OFF", trust.Options{InsecureSkipVerify: true}, true},
	} {
		policy := company
		var req aiohttp.Request
		if setting.own {
			if policy, err = trust.New(setting.opts); err != nil {
				return err
			}
			req.TLS = policy
		}
		if err := ask(ctx, out, session, site.url(), setting.name, policy, req); err != nil {
			return err
		}
	}
	return nil
}

// ask prints a line on one request. That a policy believes everybody is always
// told.
func ask(ctx context.Context, out io.Writer, s *aiohttp.Session, url, name string, policy *trust.Policy, req aiohttp.Request) error {
	warning := ""
	if policy.Insecure() {
		warning = " (INSECURE: anyone on the way can read and change it)"
	}
	resp, err := s.Get(ctx, url, req)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s: refused: %v\n", name, err)
		return err
	}
	text, err := resp.Text()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s%s\n", name, text, warning)
	return err
}
