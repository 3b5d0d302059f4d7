package recording

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aiohttp-go/aiohttp"
)

// Middleware records or replays what a session sends. Each hop of a redirect is an
// exchange of its own. Compressed bodies are recorded as they are read, so decoded.
// It must stand behind middleware that signs or retries, so that it sees what goes
// over the wire.
func (t *Tape) Middleware(next aiohttp.Handler) aiohttp.Handler {
	return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
		content, err := t.requestBody(req.Bytes, req.Body)
		if err != nil {
			return nil, err
		}
		asked := Request{Method: req.Method, URL: withoutFragment(req.URL), Header: req.Header, Body: content}.clone()
		if asked.Method == "" {
			asked.Method = http.MethodGet
		}
		if !t.recording {
			if err := context.Cause(ctx); err != nil {
				return nil, err
			}
			k, err := t.lookUp(asked)
			if err != nil {
				return nil, err
			}
			return aiohttp.FromHTTP(req, k.http(nil))
		}
		k, err := t.begin(asked)
		if err != nil {
			return nil, err
		}
		if req.Body != nil {
			req.Body, req.ContentLength, req.Bytes = nil, 0, content
		}
		resp, err := next(ctx, req)
		if err != nil {
			t.end(k, dropped)
			return nil, err
		}
		std := resp.HTTP()
		if err := t.listen(k, std); err != nil {
			resp.Close()
			return nil, err
		}
		return aiohttp.FromHTTP(req, std)
	}
}

// withoutFragment gives what of a URL is sent.
func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// requestBody reads a request's body, which lies in memory or is read and closed.
func (t *Tape) requestBody(content []byte, source io.Reader) ([]byte, error) {
	if source == nil {
		return content, t.fits(int64(len(content)), "request")
	}
	if closer, ok := source.(io.Closer); ok {
		defer closer.Close()
	}
	content, err := io.ReadAll(io.LimitReader(source, t.opts.maxBodyBytes()+1))
	if err != nil {
		return nil, err
	}
	return content, t.fits(int64(len(content)), "request")
}

// fits refuses bodies that are too large.
func (t *Tape) fits(size int64, of string) error {
	if most := t.opts.maxBodyBytes(); size > most {
		return fmt.Errorf("recording %s: %s body of more than %d bytes", t.path, of, most)
	}
	return nil
}
