package main

import (
	"strings"
	"testing"
	"time"
)

func TestRunAsksUntilItIsAnswered(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	want := "attempt 1 gave 503, the next one follows\n" +
		"attempt 2 gave 503, the next one follows\n" +
		"200 hello\n"
	if got := out.String(); got != want {
		t.Errorf("output:\n%swant:\n%s", got, want)
	}
}
