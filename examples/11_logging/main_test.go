package main

import (
	"log/slog"
	"strings"
	"testing"
)

func TestRunLogsEachExchange(t *testing.T) {
	var out strings.Builder
	stable := func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, "duration", "error", slog.MessageKey:
			return slog.Attr{}
		}
		return a
	}
	if err := run(t.Context(), slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: stable})); err != nil {
		t.Fatal(err)
	}
	want := `level=INFO method=GET url="http://site.test/old?token=xxxxx" status=301 bytes=39 response.location=/new
level=INFO method=GET url=http://site.test/new status=200 bytes=4
level=WARN method=GET url=http://site.test/missing status=404 bytes=19
level=WARN method=GET url=https://site.test/new status=200 bytes=4 tls_verification=off
level=INFO method=GET url=http://site.test/new
`
	if got := out.String(); got != want {
		t.Errorf("output:\n%swant:\n%s", got, want)
	}
}
