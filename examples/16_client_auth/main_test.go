package main

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestRunLogsIn(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, site.URL()); err != nil {
		t.Fatal(err)
	}
	want := "in the URL: 200\nwithout: 401\nin the header: 200\nset: 200\ncookies: map[kept:1 once:2]\n"
	if out.String() != want {
		t.Errorf("output:\n%swant:\n%s", &out, want)
	}
}
