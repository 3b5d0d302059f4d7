package aiohttp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/tracing"
)

// here is a resolver that leads every name to the machine itself.
type here struct{}

func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// What happens before a request can be sent: the second one finds a name that is
// known, and a connection that rests.
func ExampleOptions_traceConnections() {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	address, _ := url.Parse(srv.URL)

	c := connector.New(connector.Options{Resolver: here{}})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c, Trace: []*tracing.Trace{{
		OnConnectionCreateStart: func(*tracing.Call, tracing.ConnectionCreateStart) { fmt.Println("connection is made") },
		OnConnectionCreateEnd:   func(*tracing.Call, tracing.ConnectionCreateEnd) { fmt.Println("connection is there") },
		OnConnectionReuse:       func(*tracing.Call, tracing.ConnectionReuse) { fmt.Println("connection had served others") },
		OnDNSCacheMiss:          func(_ *tracing.Call, e tracing.DNSCacheMiss) { fmt.Println("name is not known:", e.Name) },
		OnDNSCacheHit:           func(_ *tracing.Call, e tracing.DNSCacheHit) { fmt.Println("name is known:", e.Name) },
		OnDNSResolveStart:       func(*tracing.Call, tracing.DNSResolveStart) { fmt.Println("name is looked up") },
		OnDNSResolveEnd:         func(_ *tracing.Call, e tracing.DNSResolveEnd) { fmt.Println("addresses:", e.Addrs) },
	}}})
	defer session.Close()

	for range 2 {
		resp, err := session.Get(context.Background(), "http://a.test:"+address.Port())
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Bytes()
	}
	c.CloseIdleConnections()
	if resp, err := session.Get(context.Background(), "http://a.test:"+address.Port()); err == nil {
		resp.Bytes()
	}
	// Output:
	// connection is made
	// name is not known: a.test
	// name is looked up
	// addresses: [127.0.0.1]
	// connection is there
	// connection had served others
	// connection is made
	// name is known: a.test
	// connection is there
}

// A response is an io.Reader: what reads one of those reads its body.
func ExampleResponse_Read() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "GIF89a, then\na line, then\nthe rest")
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()
	resp, err := session.Get(context.Background(), srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Close() // for when something is left

	magic := make([]byte, 6)
	if _, err := io.ReadFull(resp, magic); err != nil { // exactly six
		fmt.Println(err)
		return
	}
	rest := bufio.NewReader(resp)
	rest.ReadString('\n')
	line, _ := rest.ReadString('\n')
	fmt.Printf("%s %q\n", magic, line)
	// Output: GIF89a "a line, then\n"
}
