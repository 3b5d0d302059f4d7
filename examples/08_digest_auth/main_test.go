package main

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestRunIsLetInByTheRightPassword(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, site.URL()); err != nil {
		t.Fatal(err)
	}
	want := "MD5, password \"password\": 200\n" +
		"SHA-256, password \"password\": 200\n" +
		"MD5, password \"wrong\": 401\n" +
		"SHA-256, password \"wrong\": 401\n"
	if got := out.String(); got != want {
		t.Errorf("output:\n%swant:\n%s", got, want)
	}
}
