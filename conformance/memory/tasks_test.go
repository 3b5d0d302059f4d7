//go:build linux

package memory_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aio"
	"github.com/aiohttp-go/aiohttp/fetch"
)

// atOnce is how many of many tasks may be in flight.
const atOnce = 64

// addresses gives n URLs, made as they are asked for.
func addresses(o order) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range o.Size {
			if !yield(fmt.Sprintf("%s/empty?n=%d", o.URL, i)) {
				return
			}
		}
	}
}

// all gives n, or an error when it is not what it should be.
func all(n int64, o order) (int64, error) {
	if n != o.Size {
		return n, fmt.Errorf("%d of %d came", n, o.Size)
	}
	return n, nil
}

func mapTasks(ctx context.Context, s *aiohttp.Session, o order) (n int64, err error) {
	get := func(ctx context.Context, url string) (int, error) { return getOne(ctx, s, url) }
	for _, err := range aio.Map(ctx, atOnce, addresses(o), get) {
		if err != nil {
			return n, err
		}
		n++
	}
	return all(n, o)
}

func getAll(ctx context.Context, s *aiohttp.Session, o order) (n int64, err error) {
	for resp, err := range s.GetAll(ctx, atOnce, addresses(o)) {
		if err != nil {
			return n, err
		}
		if _, err := resp.Bytes(); err != nil {
			return n, err
		}
		n++
	}
	return all(n, o)
}

// gatherTasks gathers tasks that have next to nothing to do: what they cost when
// none of them is in flight for long.
func gatherTasks(ctx context.Context, _ *aiohttp.Session, o order) (int64, error) {
	var ran atomic.Int64
	tasks := make([]aio.Func[int], o.Size)
	for i := range tasks {
		tasks[i] = func(context.Context) (int, error) {
			ran.Add(1)
			return i, nil
		}
	}
	if _, err := aio.Gather(ctx, tasks); err != nil {
		return 0, err
	}
	return all(ran.Load(), o)
}

// gatherGets gathers requests, all of which are in flight, most of them in the
// queue for a connection.
func gatherGets(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
	var urls []string
	for url := range addresses(o) {
		urls = append(urls, url)
	}
	statuses, err := aio.Gather(ctx, aio.Each(urls, func(ctx context.Context, url string) (int, error) {
		return getOne(ctx, s, url)
	}))
	if err != nil {
		return 0, err
	}
	return all(int64(len(statuses)), o)
}

func getOne(ctx context.Context, s *aiohttp.Session, url string) (int, error) {
	resp, err := s.Get(ctx, url)
	if err != nil {
		return 0, err
	}
	_, err = resp.Bytes()
	return resp.Status, err
}

func fetchMany(ctx context.Context, s *aiohttp.Session, o order) (int64, error) {
	job, err := fetch.New(fetch.Options{Dir: o.Path, Concurrency: atOnce, PerHost: atOnce})
	if err != nil {
		return 0, err
	}
	summary, err := job.Run(ctx, func(yield func(fetch.Item, error) bool) {
		for url := range addresses(o) {
			if !yield(fetch.Item{URL: url}, nil) {
				return
			}
		}
	})
	if err != nil {
		return 0, err
	}
	return all(int64(summary.Fetched), o)
}
