package main

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestRunStaysOutside(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, site.URL()); err != nil {
		t.Fatal(err)
	}
	want := `a page: 200
the metadata of a cloud: refused
an IPv4 address inside IPv6: refused
a name that leads inside: refused
a redirect that leads inside: refused
`
	if out.String() != want {
		t.Errorf("output:\n%swant:\n%s", &out, want)
	}
}
