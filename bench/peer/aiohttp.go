package peer

import (
	"context"
	"io"
	"net/http"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/trust"
)

// NewConnector makes the connector under our peers.
func NewConnector(t Target) (*connector.Connector, error) {
	policy, err := trust.New(trust.Options{Config: BelieveAll(), InsecureSkipVerify: true})
	if err != nil {
		return nil, err
	}
	return connector.New(connector.Options{
		MaxConns: t.Conns, TLS: policy, Timeouts: connector.Timeouts{Head: t.Patience},
	}), nil
}

func openSession(t Target) (Client, error) {
	return bySession(t, context.Background(), func() {})
}

// openSessionCancellable is a session under a context that can end, as those of
// servers and commands are.
func openSessionCancellable(t Target) (Client, error) {
	ctx, cancel := context.WithCancel(context.Background())
	return bySession(t, ctx, cancel)
}

func bySession(t Target, ctx context.Context, cancel func()) (Client, error) {
	c, err := NewConnector(t)
	if err != nil {
		cancel()
		return Client{}, err
	}
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	url := t.URL()
	exchange := func() error {
		resp, err := s.Get(ctx, url)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, resp)
		if err != nil {
			return err
		}
		return check(resp.Status, int(n))
	}
	closing := func() {
		cancel()
		s.Close()
		c.Close()
	}
	return shared(exchange, closing), nil
}

// openSessionStd is a session whose responses are made net/http's.
func openSessionStd(t Target) (Client, error) {
	c, err := NewConnector(t)
	if err != nil {
		return Client{}, err
	}
	s := aiohttp.NewSession(aiohttp.Options{Connector: c})
	url := t.URL()
	exchange := func() error {
		resp, err := s.Get(context.Background(), url)
		if err != nil {
			return err
		}
		return finish(resp.HTTP())
	}
	closing := func() {
		s.Close()
		c.Close()
	}
	return shared(exchange, closing), nil
}

// openRoundTrip is the connector alone, with one request sent again and again.
func openRoundTrip(t Target) (Client, error) {
	c, err := NewConnector(t)
	if err != nil {
		return Client{}, err
	}
	return byRoundTrip(c, t.URL(), func() { c.Close() }), nil
}

// openClient is the connector in the place of http.Transport.
func openClient(t Target) (Client, error) {
	c, err := NewConnector(t)
	if err != nil {
		return Client{}, err
	}
	return shared(byClient(&http.Client{Transport: c}, t.URL()), func() { c.Close() }), nil
}
