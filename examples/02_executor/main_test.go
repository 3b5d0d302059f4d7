package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunAwaitsTheBlockingFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		start := time.Now()
		if err := run(t.Context(), &out, blockingGet); err != nil {
			t.Fatal(err)
		}
		want := "Downloading pep 8010, not waiting for it\nFinished downloading pep 8010: 37 bytes\n"
		if got := out.String(); got != want {
			t.Errorf("output %q, want %q", got, want)
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("took %v, want 300ms", took)
		}
	})
}

func TestRunGivesTheError(t *testing.T) {
	refused := errors.New("connection refused")
	err := run(t.Context(), &strings.Builder{}, func(int) (string, error) { return "", refused })
	if !errors.Is(err, refused) || err.Error() != "download pep 8010: connection refused" {
		t.Errorf("error %v, want the function's", err)
	}
}

func TestRunEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := run(ctx, &strings.Builder{}, blockingGet)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}
