package main

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestRunPostsAndDecodes(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, site.URL()); err != nil {
		t.Fatal(err)
	}
	if want := "Hello [go] [application/json]\n404 Not Found\n"; out.String() != want {
		t.Errorf("output %q, want %q", &out, want)
	}
}
