package cache_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/cache"
)

// typical are the fields of a response as sites send them.
var typical = []string{
	"Cache-Control: max-age=3600", "Content-Type: text/html; charset=utf-8", `Etag: "5f1e-62a"`, "Last-Modified: " + lastWeek,
	"Server: x", "Strict-Transport-Security: max-age=63072000", "Vary: Accept-Encoding", "X-Content-Type-Options: nosniff",
}

// hits asks a cache for what it has, again and again.
func hits(b testing.TB, opts cache.Options) func() {
	c := cache.New(opts)
	b.Cleanup(func() { c.Close() })
	rt := c.Transport(always(200, strings.Repeat("x", 10<<10), typical...))
	req := request(b, http.MethodGet, page, "Accept-Encoding: gzip", "User-Agent: x")
	once := func() {
		resp, err := rt.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
	}
	once()
	return once
}

func BenchmarkHitMemory(b *testing.B) {
	once := hits(b, cache.Options{})
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}

func BenchmarkHitMemoryParallel(b *testing.B) {
	once := hits(b, cache.Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			once()
		}
	})
}

func BenchmarkHitDisk(b *testing.B) {
	d, err := cache.OpenDisk(b.TempDir(), 0)
	if err != nil {
		b.Fatal(err)
	}
	once := hits(b, cache.Options{Store: d})
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
}

func BenchmarkMissMemory(b *testing.B) {
	c := cache.New()
	b.Cleanup(func() { c.Close() })
	rt := c.Transport(always(200, strings.Repeat("x", 10<<10), typical...))
	req := request(b, http.MethodGet, page, "Accept-Encoding: gzip", "User-Agent: x", "Cache-Control: no-cache")
	b.ReportAllocs()
	for b.Loop() {
		resp, err := rt.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
	}
}

// maxHitAllocs is what a hit in memory allocates: the key and what is known of the
// request, the response with two fields of our own, its header (a map of nine fields,
// and their values), what Cache-Status says, and the body.
const maxHitAllocs = 10

func TestHitAllocatesLittle(t *testing.T) {
	once := hits(t, cache.Options{})
	if n := testing.AllocsPerRun(100, once); n > maxHitAllocs {
		t.Errorf("%v allocations, want at most %d", n, maxHitAllocs)
	}
}
