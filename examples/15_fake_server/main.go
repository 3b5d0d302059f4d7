// Fake_server asks a well-known host and is answered by a server of its own on
// the loopback, over TLS, under the real name: what a test of a program does that
// talks to an API which it must not reach.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/localca"
	"github.com/aiohttp-go/aiohttp/trust"
)

// api is the host that the program knows.
const api = "graph.example.com"

func main() {
	err := aio.Run(func(ctx context.Context) error { return run(ctx, os.Stdout) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "fake_server:", err)
		os.Exit(1)
	}
}

// fake stands in for a host.
type fake struct {
	policy *trust.Policy // which believes it
	addr   string
	http   *http.Server
	done   chan struct{}
}

// start runs a fake of a host.
func start(host string, handler http.Handler) (*fake, error) {
	ca, err := localca.New("Fake Root")
	if err != nil {
		return nil, err
	}
	cert, err := ca.Issue(host)
	if err != nil {
		return nil, err
	}
	policy, err := trust.New(trust.Options{CAs: ca.Pool()})
	if err != nil {
		return nil, err
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		return nil, err
	}
	f := &fake{policy: policy, addr: ln.Addr().String(), done: make(chan struct{})}
	f.http = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		defer close(f.done)
		f.http.Serve(ln)
	}()
	return f, nil
}

func (f *fake) close() {
	f.http.Close()
	<-f.done
}

// dial is the resolver: it leads the host to its fake and refuses all others, so
// that nothing leaves the machine.
func (f *fake) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if host, _, _ := net.SplitHostPort(addr); host != api {
		return nil, fmt.Errorf("there is no fake of %s", host)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, f.addr)
}

// profile is what the program asks for.
type profile struct{ ID, Name string }

// run asks for what there is a fake of, and for what there is none of.
func run(ctx context.Context, out io.Writer) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2.7/me", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id": "2306547", "name": "John Doe of %s"}`, r.Host)
	})
	site, err := start(api, mux)
	if err != nil {
		return err
	}
	defer site.close()

	c := connector.New(connector.Options{DialContext: site.dial, TLS: site.policy})
	defer c.Close()
	session := aiohttp.NewSession(aiohttp.Options{Connector: c})
	defer session.Close()

	resp, err := session.Get(ctx, "https://"+api+"/v2.7/me")
	if err != nil {
		return err
	}
	me, err := aiohttp.JSON[profile](resp)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, me.ID, me.Name)

	_, err = session.Get(ctx, "https://elsewhere.example.com/")
	fmt.Fprintln(out, err)
	return nil
}
