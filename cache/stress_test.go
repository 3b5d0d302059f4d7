package cache_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aiohttp-go/aiohttp/cache"
)

// contentOf is what an origin has at a path: long, and none like another.
func contentOf(path string) string {
	n := len(path)*7919%200_000 + 1
	return strings.Repeat(path+" ", n/(len(path)+1)+1)[:n]
}

// Many that ask for a few pages, give up in the middle, and change things: whatever
// is given is given whole and right, and nobody hangs.
func TestCacheUnderStress(t *testing.T) {
	eachStore(t, func(t *testing.T, store cache.Store) {
		controls := []string{"max-age=60", "max-age=0", "no-store", "max-age=0, stale-while-revalidate=60"}
		o := &origin{answer: func(n int, req *http.Request) (*http.Response, error) {
			if err := req.Context().Err(); err != nil {
				return nil, err
			}
			tag := fmt.Sprintf("%q", req.URL.Path)
			if req.Header.Get("If-None-Match") == tag && n%2 == 0 {
				return reply(req, 304, "", "Etag: "+tag), nil
			}
			resp := reply(req, 200, contentOf(req.URL.Path), "Etag: "+tag, "Cache-Control: "+controls[n%len(controls)])
			if n%3 == 0 {
				resp.ContentLength = -1
			}
			resp.Body = io.NopCloser(io.TeeReader(resp.Body, io.Discard)) // in small pieces
			return resp, nil
		}}
		c := front(t, o, cache.Options{Store: store, MaxEntryBytes: 150_000, OnError: func(err error) { t.Errorf("store: %v", err) }})
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(i)))
				for range 60 {
					stressed(t, c, r)
				}
			})
		}
		wg.Wait()
	})
}

// stressed makes one request.
func stressed(t *testing.T, c *client, r *rand.Rand) {
	path := "/" + strings.Repeat("p", 1+r.IntN(8))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://site.test"+path, nil)
	if err != nil {
		t.Error(err)
		return
	}
	want, quits := contentOf(path), -1
	switch r.IntN(10) {
	case 0:
		req.Method = http.MethodPut
	case 1:
		go cancel()
		quits = 0
	case 2:
		quits = r.IntN(len(want))
	case 3:
		req.Header.Set("Cache-Control", "no-cache")
	}
	resp, err := c.RoundTrip(req)
	if err != nil {
		if quits != 0 {
			t.Errorf("%s: %v", path, err)
		}
		return
	}
	defer resp.Body.Close()
	if quits > 0 {
		if _, err := io.CopyN(io.Discard, resp.Body, int64(quits)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && quits != 0 || !strings.HasPrefix(want, string(body)) || err == nil && len(body) != len(want) {
		t.Errorf("%s: %d bytes of %d, %v (%s)", path, len(body), len(want), err, resp.Header.Get("Cache-Status"))
	}
}
