package peer

import (
	"net/http"
	"time"

	"resty.dev/v3"
)

// newTransport is net/http as a careful user would set it up: by default it
// keeps two idle connections a host, and throws the others away.
func newTransport(t Target) *http.Transport {
	return &http.Transport{
		MaxIdleConns:        t.Conns,
		MaxIdleConnsPerHost: t.Conns,
		IdleConnTimeout:     90 * time.Second,
		TLSClientConfig:     BelieveAll(),
	}
}

// openNetHTTP is the way of net/http's users: a new request each time.
func openNetHTTP(t Target) (Client, error) {
	tr := newTransport(t)
	return shared(byClient(&http.Client{Transport: tr}, t.URL()), tr.CloseIdleConnections), nil
}

// openTransport is a Transport alone, with one request sent again and again.
func openTransport(t Target) (Client, error) {
	tr := newTransport(t)
	return byRoundTrip(tr, t.URL(), tr.CloseIdleConnections), nil
}

func byClient(c *http.Client, url string) Exchange {
	return func() error {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := c.Do(req)
		if err != nil {
			return err
		}
		return finish(resp)
	}
}

// byRoundTrip sends one request of each worker's own over and over.
func byRoundTrip(rt http.RoundTripper, url string, closing func()) Client {
	worker := func() (Exchange, error) {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		return func() error {
			resp, err := rt.RoundTrip(req)
			if err != nil {
				return err
			}
			return finish(resp)
		}, err
	}
	return Client{Worker: worker, Close: closing}
}

// openResty is resty over the same Transport.
func openResty(t Target) (Client, error) {
	c := resty.New().SetTransport(newTransport(t))
	url := t.URL()
	exchange := func() error {
		resp, err := c.R().Get(url)
		if err != nil {
			return err
		}
		return check(resp.StatusCode(), len(resp.Bytes()))
	}
	return shared(exchange, func() { c.Close() }), nil
}
