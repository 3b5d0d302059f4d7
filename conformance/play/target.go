package play

import (
	"context"
	"net"
	"net/http"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

// DialFunc leads every address to a server of this package.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Target is a client under test.
type Target struct {
	// Name is what the results call it.
	Name string

	// Open makes a client with a pool of its own and, if asked for, a cookie jar.
	// It believes every TLS server.
	Open func(dial DialFunc, jar bool) Client

	// DecodesGzip tells that the client undoes gzip by itself.
	DecodesGzip bool
}

// Client is a client as a vector meets it.
type Client interface {
	// Send sends one request, and follows redirects if asked to.
	Send(req *http.Request, redirects bool) (*http.Response, error)

	// Close closes the connections.
	Close() error
}

// able tells whether the target can do what a vector takes for granted.
func (t *Target) able(v *vector.Client) bool {
	for _, c := range v.Caps {
		if c != vector.GzipDecoding || !t.DecodesGzip {
			return false
		}
	}
	return true
}
