package peer

import (
	"context"
	"time"

	hertz "github.com/cloudwego/hertz/pkg/app/client"
	"github.com/cloudwego/hertz/pkg/network/standard"
	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/valyala/fasthttp"
)

// keepAlive is above the length of any measurement.
const keepAlive = 90 * time.Second

func openFastHTTP(t Target) (Client, error) {
	c := &fasthttp.Client{MaxConnsPerHost: t.Conns, MaxIdleConnDuration: keepAlive, TLSConfig: believeAll()}
	url := t.URL()
	exchange := func() error {
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(req)
		defer fasthttp.ReleaseResponse(resp)
		req.SetRequestURI(url)
		if err := c.Do(req, resp); err != nil {
			return err
		}
		return check(resp.StatusCode(), len(resp.Body()))
	}
	return shared(exchange, c.CloseIdleConnections), nil
}

// openHertz takes hertz with its standard dialer, the only one that does TLS.
func openHertz(t Target) (Client, error) {
	c, err := hertz.NewClient(
		hertz.WithDialer(standard.NewDialer()), hertz.WithTLSConfig(believeAll()),
		hertz.WithMaxConnsPerHost(t.Conns), hertz.WithMaxIdleConnDuration(keepAlive))
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
