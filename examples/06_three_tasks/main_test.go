package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunEndsAfterTheLongestTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		start := time.Now()
		if err := run(t.Context(), &out, time.Second); err != nil {
			t.Fatal(err)
		}
		want := "the task of 2 s ended after 2.0 s\n" +
			"the task of 5 s ended after 5.0 s\n" +
			"the task of 10 s ended after 10.0 s\n" +
			"all ended after 10.0 s, not 17\n"
		if got := out.String(); got != want {
			t.Errorf("output:\n%swant:\n%s", got, want)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("took %v, want 10s", took)
		}
	})
}

func TestRunEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := run(ctx, &strings.Builder{}, time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the context's", err)
		}
	})
}

func TestRunRefusesScale(t *testing.T) {
	if err := run(t.Context(), &strings.Builder{}, 0); err == nil || err.Error() != "scale 0s: not above zero" {
		t.Errorf("error %v", err)
	}
}
