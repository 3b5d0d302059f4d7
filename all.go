package aiohttp

import (
	"context"
	"iter"

	"github.com/aiohttp-go/aiohttp/aio"
)

// GetAll sends a GET request for each URL, at most limit at a time, and yields
// the responses as they come:
//
//	for resp, err := range session.GetAll(ctx, 64, slices.Values(urls)) { ... }
//
// URLs are taken as the requests proceed, so their number does not matter. Each
// response is the loop's to read or close before its next round. A failure is an
// [*aio.InputError] with the URL around the error of [Session.Get], and the loop
// goes on. Leaving the loop cancels what is under way.
func (s *Session) GetAll(ctx context.Context, limit int, urls iter.Seq[string]) iter.Seq2[*Response, error] {
	return aio.Map(ctx, limit, urls, func(ctx context.Context, url string) (*Response, error) {
		return s.Get(ctx, url)
	})
}
