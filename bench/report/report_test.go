package report_test

import (
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/report"
)

func TestReplaceKeepsTheOtherSections(t *testing.T) {
	file := report.Replace("", "client", "one\n")
	file = report.Replace(file, "fetch", "two\n")
	file = report.Replace(file, "client", "three\n")
	want := "\n<!-- begin client -->\nthree\n<!-- end client -->\n\n<!-- begin fetch -->\ntwo\n<!-- end fetch -->\n"
	if !strings.HasPrefix(file, "# Side by side\n") || !strings.HasSuffix(file, want) {
		t.Errorf("got %q", file)
	}
	if again := report.Replace(file, "client", "three\n"); again != file {
		t.Errorf("the same text changed the file to %q", again)
	}
}
