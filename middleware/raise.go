package middleware

import (
	"context"

	"github.com/aiohttp-go/aiohttp"
)

// RaiseForStatus makes an error of each response for which check gives one, and
// closes it. A nil check gives an [*aiohttp.StatusError] for a status of 400 and
// above, as [aiohttp.Options.RaiseForStatus] does. check may read the response;
// but that of a response that it lets pass is gone then, unless by Bytes, Text
// or JSON, which keep what they read.
//
// check is asked for each hop, so for redirects too. Before [Retry] in the list
// it sees what is left after all attempts; behind it, each of them, and Retry
// goes by the status of an *aiohttp.StatusError.
func RaiseForStatus(check func(ctx context.Context, resp *aiohttp.Response) error) aiohttp.Middleware {
	if check == nil {
		check = func(_ context.Context, resp *aiohttp.Response) error { return resp.RaiseForStatus() }
	}
	return func(next aiohttp.Handler) aiohttp.Handler {
		return func(ctx context.Context, req *aiohttp.Request) (*aiohttp.Response, error) {
			resp, err := next(ctx, req)
			if err != nil {
				return nil, err
			}
			if err := check(ctx, resp); err != nil {
				resp.Close()
				return nil, err
			}
			return resp, nil
		}
	}
}
