package cookie_test

import (
	"fmt"
	"testing"

	"github.com/aiohttp-go/aiohttp/cookie"
)

// withCookies has n cookies for kit.test and 100 for others.
func withCookies(tb testing.TB, n int) *cookie.Jar {
	jar := cookie.New()
	for i := range 100 {
		set(tb, jar, fmt.Sprintf("https://h%d.test/", i), "k=v; Max-Age=1000")
	}
	for i := range n {
		set(tb, jar, "https://kit.test/", fmt.Sprintf("name%d=some-value-of-usual-length; Secure; Path=/", i))
	}
	return jar
}

func benchmarkHeader(b *testing.B, jar *cookie.Jar) {
	u := parseURL(b, "https://kit.test/a/b?c=d")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var buf []byte
		for pb.Next() {
			buf = jar.AppendHeader(buf[:0], u)
		}
	})
}

func BenchmarkHeaderEmptyJar(b *testing.B) { benchmarkHeader(b, cookie.New()) }

func BenchmarkHeaderNoneForHost(b *testing.B) { benchmarkHeader(b, withCookies(b, 0)) }

func BenchmarkHeader10(b *testing.B) { benchmarkHeader(b, withCookies(b, 10)) }

func BenchmarkSetCookie(b *testing.B) {
	jar := withCookies(b, 10)
	u := parseURL(b, "https://kit.test/")
	lines := []string{"name1=some-value-of-usual-length; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"}
	b.ReportAllocs()
	for b.Loop() {
		jar.SetCookieStrings(u, lines)
	}
}

func BenchmarkSetCookieFullJar(b *testing.B) {
	jar := cookie.New()
	u := parseURL(b, "https://kit.test/")
	lines := []string{"k=v"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		u.Host = fmt.Sprintf("h%d.test", i)
		jar.SetCookieStrings(u, lines)
	}
}

func TestAppendHeaderDoesNotAllocate(t *testing.T) {
	for _, n := range []int{0, 10} {
		jar := withCookies(t, n)
		u := parseURL(t, "https://kit.test/a/b?c=d")
		buf := make([]byte, 0, 1024)
		if allocs := testing.AllocsPerRun(100, func() { buf = jar.AppendHeader(buf[:0], u) }); allocs != 0 {
			t.Errorf("%v allocations for %d cookies", allocs, n)
		}
	}
}
