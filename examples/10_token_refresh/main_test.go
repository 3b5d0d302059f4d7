package main

import (
	"strings"
	"testing"
)

func TestRunFetchesOneTokenForAll(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	want := "data 1, 1 token so far\ndata 2, 1 token so far\ndata 3, 1 token so far\n"
	if got := out.String(); got != want {
		t.Errorf("output:\n%swant:\n%s", got, want)
	}
}
