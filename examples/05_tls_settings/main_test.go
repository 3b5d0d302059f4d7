package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestRunAsksUnderEachSetting(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"own authority: hello, stranger",
		"client certificate: hello, ann",
		"pin: hello, stranger",
		"wrong pin: refused: ",
		"default authorities: refused: ",
		"VERIFICATION SWITCHED OFF: hello, stranger (INSECURE: ",
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), &out)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("got  %s\nwant %s", lines[i], want[i])
		}
	}
}

func TestRunEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, &strings.Builder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}
