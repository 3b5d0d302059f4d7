package main

import (
	"strings"
	"testing"
)

func TestRunReachesTheFakeOnly(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || lines[0] != "2306547 John Doe of graph.example.com" || !strings.HasSuffix(lines[1], "there is no fake of elsewhere.example.com") {
		t.Errorf("output:\n%s", &out)
	}
}
