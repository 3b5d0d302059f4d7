package peer

import (
	"time"

	"github.com/valyala/fasthttp"
)

// keepAlive is above the length of any measurement.
const keepAlive = 90 * time.Second

func openFastHTTP(t Target) (Client, error) {
	c := &fasthttp.Client{MaxConnsPerHost: t.Conns, MaxIdleConnDuration: keepAlive, TLSConfig: BelieveAll()}
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
