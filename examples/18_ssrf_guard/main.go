// Ssrf_guard fetches URLs that others name, as a program does that shows previews
// of links or calls webhooks, and lets none of them lead it to the machines of its
// own network: whatever a URL, a name or a redirect says, the address is looked at
// when it is about to be connected to.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
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
		fmt.Fprintln(os.Stderr, "ssrf_guard:", err)
		os.Exit(1)
	}
}

// names is what an attacker's name server answers: an address of the network that
// the program runs in.
type names struct{}

func (names) LookupNetIP(_ context.Context, _, _ string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("10.0.0.7")}, nil
}

// guarded makes a connector that opens connections to public addresses only. Those
// of the loopback are not, but this program has its site there, and so allows it:
// one address, not the network.
func guarded() *connector.Connector {
	return connector.New(connector.Options{
		Guard:    connector.PublicOnly(netip.MustParsePrefix("127.0.0.1/32")),
		Resolver: names{},
	})
}

// run fetches a page, and what leads inside.
func run(ctx context.Context, out io.Writer, site string) error {
	c := guarded()
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	defer session.Close()

	away := "/redirect-to?url=" + url.QueryEscape("http://[::1]:8500/v1/agent/self")
	for _, link := range []struct{ what, url string }{
		{"a page", site + "/html"},
		{"the metadata of a cloud", "http://169.254.169.254/latest/meta-data/"},
		{"an IPv4 address inside IPv6", "http://[::ffff:192.168.0.1]/"},
		{"a name that leads inside", "http://printer.example.com/"},
		{"a redirect that leads inside", site + away},
	} {
		resp, err := session.Get(ctx, link.url)
		switch {
		case errors.Is(err, connector.ErrRefusedAddress):
			fmt.Fprintf(out, "%s: refused\n", link.what)
		case err != nil:
			return err
		default:
			fmt.Fprintf(out, "%s: %d\n", link.what, resp.Status)
			resp.Close()
		}
	}
	return nil
}
