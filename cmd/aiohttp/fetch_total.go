package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"sync"
	"sync/atomic"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// total is how many items a list has, as far as that can be known before it is
// read to its end: the display says with it how much is left.
type total struct {
	n      atomic.Int64 // -1 until it is known
	counts sync.WaitGroup
}

func newTotal(n int64) *total {
	t := &total{}
	t.n.Store(n)
	return t
}

// mostCounted bounds the counting of what braces stand for.
const mostCounted = 1 << 20

// count counts the items of patterns and of a list in a file, the latter beside
// everything else. It leaves the total unknown where it cannot be counted: the
// list comes from a pipe, or from a site.
func (t *total) count(ctx context.Context, f *fetchFlags, patterns []string) {
	if f.input == "-" || len(f.sitemaps) > 0 {
		return
	}
	var n int64
	for _, pattern := range patterns {
		for range fetch.Expand(pattern) {
			if n++; n > mostCounted {
				return
			}
		}
	}
	if f.input == "" {
		t.n.Store(n)
		return
	}
	if info, err := os.Stat(f.input); err != nil || !info.Mode().IsRegular() {
		return
	}
	t.counts.Go(func() {
		if lines, err := countLines(ctx, f.input); err == nil {
			t.n.Store(n + lines)
		}
	})
}

// wait returns when nothing is counted any more.
func (t *total) wait() { t.counts.Wait() }

// countLines counts the lines of a list that hold an item.
func countLines(ctx context.Context, path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	var n int64
	for scanner.Scan() {
		if n%1024 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if line := bytes.TrimSpace(scanner.Bytes()); len(line) > 0 && line[0] != '#' {
			n++
		}
	}
	return n, scanner.Err()
}
