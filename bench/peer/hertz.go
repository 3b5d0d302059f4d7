package peer

import (
	"context"

	"github.com/cloudwego/hertz/pkg/app/client"
	"github.com/cloudwego/hertz/pkg/network/standard"
	"github.com/cloudwego/hertz/pkg/protocol"
)

// openHertz takes hertz with its standard dialer, the only one that does TLS.
func openHertz(t Target) (Client, error) {
	c, err := client.NewClient(
		client.WithDialer(standard.NewDialer()), client.WithTLSConfig(BelieveAll()),
		client.WithMaxConnsPerHost(t.Conns), client.WithMaxIdleConnDuration(keepAlive))
	if err != nil {
		return Client{}, err
	}
	url := t.URL()
	exchange := func() error {
		req, resp := protocol.AcquireRequest(), protocol.AcquireResponse()
		defer protocol.ReleaseRequest(req)
		defer protocol.ReleaseResponse(resp)
		req.SetRequestURI(url)
		if err := c.Do(context.Background(), req, resp); err != nil {
			return err
		}
		return check(resp.StatusCode(), len(resp.Body()))
	}
	return shared(exchange, c.CloseIdleConnections), nil
}
