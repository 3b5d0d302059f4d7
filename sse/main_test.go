package sse_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

func TestMain(m *testing.M) { testnet.Main(m) }

// network gives a session on a network in memory.
func network(t *testing.T, opts aiohttp.Options) (*aiohttp.Session, *testnet.Network) {
	t.Helper()
	n := testnet.New()
	c := connector.New(connector.Options{DialContext: n.DialContext})
	opts.Connector = c
	session := aiohttp.NewSession(opts)
	t.Cleanup(func() {
		session.Close()
		c.Close()
	})
	return session, n
}
