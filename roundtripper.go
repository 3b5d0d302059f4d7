package aiohttp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aiohttp-go/aiohttp/connector"
)

// FromHTTP makes a response of one of net/http's: for middleware that answers by
// itself, from a cache or in a test. req is the request that it answers. The body
// is resp's, read and closed through the new response, and decompressed where
// resp's Content-Encoding says so and req does not forbid it.
func FromHTTP(req *Request, resp *http.Response) (*Response, error) {
	r := &Response{method: req.Method, raw: req.DisableDecompression || resp.Uncompressed}
	r.extend().std = resp
	if r.method == "" {
		r.method = http.MethodGet
	}
	if req.via != nil {
		r.session = req.via.session
	}
	u, err := parseURL(req.URL)
	var to destination
	if err == nil {
		to, err = destinationOf(u)
	}
	if err == nil && (resp.StatusCode < 100 || resp.StatusCode > 999) {
		err = fmt.Errorf("response with the status %d", resp.StatusCode)
	}
	if err != nil {
		if resp.Body != nil {
			resp.Body.Close()
		}
		return nil, &Error{Phase: connector.PhasePrepare, Err: err}
	}
	r.place = to.place
	r.reply.From(resp)
	r.begin()
	return r, nil
}

// RoundTripper makes middleware of what wraps a round tripper of net/http, as
// tracers, caches and mocks do:
//
//	session := aiohttp.NewSession(aiohttp.Options{Middleware: []aiohttp.Middleware{
//		aiohttp.RoundTripper(func(next http.RoundTripper) http.RoundTripper { return otelhttp.NewTransport(next) }),
//	}})
//
// The round tripper sees requests with all their own fields and the jar's cookies,
// and responses as they came, compressed. wrap is called once for each [Session], or Request, that
// the middleware is given to.
func RoundTripper(wrap func(next http.RoundTripper) http.RoundTripper) Middleware {
	return func(next Handler) Handler {
		outer := wrap(inner{next})
		return func(ctx context.Context, req *Request) (*Response, error) {
			std, err := req.http(ctx)
			if err != nil {
				closeUnsent(req)
				return nil, &Error{Phase: connector.PhasePrepare, Err: err}
			}
			resp, err := outer.RoundTrip(std)
			if err != nil {
				return nil, err
			}
			return FromHTTP(req, resp)
		}
	}
}

// http gives the request as one of net/http's.
func (r *Request) http(ctx context.Context) (*http.Request, error) {
	given := &twin{req: r}
	switch {
	case r.Body != nil:
		given.body = io.NopCloser(r.Body)
		if closer, ok := r.Body.(io.ReadCloser); ok {
			given.body = closer
		}
	case len(r.Bytes) > 0:
		given.body = io.NopCloser(bytes.NewReader(r.Bytes))
	}
	std, err := http.NewRequestWithContext(context.WithValue(ctx, twinKey{}, given), r.Method, r.URL, nil)
	if err != nil {
		return nil, err
	}
	std.Header, std.Trailer = given.showCookies(), r.Trailer
	if given.body != nil {
		std.Body, std.ContentLength = given.body, r.ContentLength
		if r.Body == nil {
			std.ContentLength = int64(len(r.Bytes))
			std.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Bytes)), nil }
		}
	}
	return std, nil
}

// twin is a Request, and the body and the cookies of its twin of net/http's.
type twin struct {
	req     *Request
	body    io.ReadCloser
	cookies string // the Cookie field, where that is not the request's own
}

// twinKey is the context key under which a request of net/http's names its twin.
type twinKey struct{}

// inner is a handler as a round tripper.
type inner struct{ next Handler }

// RoundTrip sends a request that was made of a [Request], or made anew.
func (i inner) RoundTrip(std *http.Request) (*http.Response, error) {
	var req Request
	given, _ := std.Context().Value(twinKey{}).(*twin)
	if given != nil {
		req = *given.req
	}
	req.Method, req.URL, req.Header, req.Trailer = std.Method, std.URL.String(), std.Header.Clone(), std.Trailer
	if std.Host != "" && std.Host != std.URL.Host {
		req.Header.Set("Host", std.Host)
	}
	if given == nil || std.Body != given.body {
		req.Bytes, req.Body, req.ContentLength = nil, nil, 0
		if std.Body != nil && std.Body != http.NoBody {
			req.Body, req.ContentLength = std.Body, max(std.ContentLength, 0)
		}
	}
	given.hideCookies(req.Header)
	req.DisableDecompression = true
	resp, err := i.next(std.Context(), &req)
	if err != nil {
		return nil, err
	}
	back := resp.HTTP()
	back.Request = std
	return back, nil
}
