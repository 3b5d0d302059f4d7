package demosite_test

import (
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/demosite"
)

// BenchmarkSiteRenderAll makes all pages: the bytes a second have to be far
// above what a download of them over the loopback moves.
func BenchmarkSiteRenderAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(demosite.RenderAll()))
	}
}

// BenchmarkSiteNew is what a start costs, before any page is asked for.
func BenchmarkSiteNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		demosite.New(demosite.Options{})
	}
}
