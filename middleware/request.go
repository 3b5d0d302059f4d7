package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/connector"
)

// copyOf gives a request of its own to one attempt: what comes next may change it.
func copyOf(req *aiohttp.Request) *aiohttp.Request {
	own := *req
	own.Header = req.Header.Clone()
	if own.Header == nil {
		own.Header = make(http.Header)
	}
	return &own
}

// hostOf gives the "host:port" that a request goes to.
func hostOf(req *aiohttp.Request) (string, error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return "", fmt.Errorf("invalid URL %q", aiohttp.MaskURL(req.URL))
	}
	host, _, err := connector.Address(u)
	return host, err
}

// ended gives why a context has ended.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// errTotal is the cause when the total time-out of a request ends a wait.
var errTotal = errors.New("total timeout exceeded")
