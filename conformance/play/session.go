package play

import (
	"io"
	"net/http"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// Session is aiohttp.Session with its own redirects and its own cookie jar.
func Session() *Target {
	return &Target{
		Name:        "aiohttp.Session",
		DecodesGzip: true,
		Open: func(dial DialFunc, jar bool) Client {
			c := connector.New(connector.Options{DialContext: dial, TLS: believeAll()})
			return sessionClient{aiohttp.NewSession(aiohttp.Options{Connector: c, DisableCookies: !jar}), c}
		},
	}
}

type sessionClient struct {
	session   *aiohttp.Session
	connector *connector.Connector
}

func (c sessionClient) Close() error {
	c.session.Close()
	return c.connector.Close()
}

func (c sessionClient) Send(req *http.Request, redirects bool) (*http.Response, error) {
	plain, err := plainRequest(req)
	if err != nil {
		return nil, err
	}
	if !redirects {
		plain.MaxRedirects = -1
	}
	resp, err := c.session.Do(req.Context(), plain)
	if err != nil {
		return nil, err
	}
	return resp.HTTP(), nil
}

// plainRequest says a request of net/http's in the session's terms.
func plainRequest(req *http.Request) (aiohttp.Request, error) {
	plain := aiohttp.Request{Method: req.Method, URL: req.URL.String(), Header: req.Header.Clone()}
	if req.Host != req.URL.Host {
		plain.Header["Host"] = []string{req.Host}
	}
	switch {
	case req.Body == nil:
	case req.GetBody != nil:
		content, err := io.ReadAll(req.Body)
		if err != nil {
			return plain, err
		}
		plain.Bytes = content
	default:
		plain.Body, plain.ContentLength = req.Body, max(req.ContentLength, 0)
	}
	return plain, nil
}
