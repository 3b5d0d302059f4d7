package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestRunGoesThroughAllOfThem(t *testing.T) {
	var out strings.Builder
	stable := func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "duration", slog.MessageKey:
			return slog.Attr{}
		}
		return a
	}
	records := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: stable})
	if err := run(t.Context(), &out, records, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	want := `level=ERROR method=GET url=http://site.test/ request.authorization=xxxxx request.x-attempt=1 status=503 bytes=16
level=INFO method=GET url=http://site.test/ request.authorization=xxxxx request.x-attempt=2 status=200 bytes=10 attempt=2
hello user
`
	if got := out.String(); got != want {
		t.Errorf("output:\n%swant:\n%s", got, want)
	}
}
