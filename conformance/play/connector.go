package play

import (
	"net/http"

	"github.com/aiohttp-go/aiohttp/connector"
	"github.com/aiohttp-go/aiohttp/cookie"
	"github.com/aiohttp-go/aiohttp/trust"
)

// Connector is connector.Connector as an http.RoundTripper; where redirects or
// cookies come in, under an http.Client.
func Connector() *Target {
	return &Target{
		Name:        "connector.Connector under net/http",
		DecodesGzip: true,
		Open: func(dial DialFunc, jar bool) Client {
			c := connectorClient{connector.New(connector.Options{DialContext: dial, TLS: believeAll()}), nil}
			if jar {
				c.jar = cookie.New()
			}
			return c
		},
	}
}

// believeAll is for servers whose identity is not what the test is about.
func believeAll() *trust.Policy {
	policy, err := trust.New(trust.Options{InsecureSkipVerify: true})
	if err != nil {
		panic("play: " + err.Error()) // the options above are valid
	}
	return policy
}

type connectorClient struct {
	*connector.Connector
	jar http.CookieJar
}

func (c connectorClient) Send(req *http.Request, redirects bool) (*http.Response, error) {
	if !redirects && c.jar == nil {
		return c.RoundTrip(req)
	}
	client := http.Client{Transport: c.Connector, Jar: c.jar}
	if !redirects {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return client.Do(req)
}
