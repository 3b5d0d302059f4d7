package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestRunDiagnosesEachCertificate(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(out.String(), "\n\n")
	want := []struct{ name, says string }{
		{"authorities", "trusted by default"}, {"in order", "status 200"}, {"expired", "expired"}, {"not yet valid", "not valid before"},
		{"for another name", "shop.example"}, {"self-signed", "self-signed"}, {"of an unknown authority", "Another Root"},
		{"without its intermediate", "Demo Intermediate"},
	}
	if len(parts) != len(want) {
		t.Fatalf("%d parts, want %d:\n%s", len(parts), len(want), &out)
	}
	for i, w := range want {
		if !strings.HasPrefix(parts[i], w.name) || !strings.Contains(parts[i], w.says) {
			t.Errorf("want %q of the server %q:\n%s", w.says, w.name, parts[i])
		}
		if i > 1 && !strings.Contains(parts[i], "remedy: ") {
			t.Errorf("no remedy:\n%s", parts[i])
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
