package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestRunPrintsStatusAndText(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, site.URL()+"/get?a=1"); err != nil {
		t.Fatal(err)
	}
	status, text, _ := strings.Cut(out.String(), "\n")
	var echo struct {
		Args map[string][]string
		URL  string
	}
	if err := json.Unmarshal([]byte(text), &echo); err != nil {
		t.Fatal(err)
	}
	if status != "200" || echo.Args["a"][0] != "1" || echo.URL != site.URL()+"/get?a=1" {
		t.Errorf("output:\n%s", &out)
	}
}

func TestRunGivesTheError(t *testing.T) {
	err := run(t.Context(), &strings.Builder{}, "http://127.0.0.1:1/")
	if err == nil || !strings.HasPrefix(err.Error(), `get "http://127.0.0.1:1/": connect 127.0.0.1:1: `) {
		t.Errorf("error %v", err)
	}
}
