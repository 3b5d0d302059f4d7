package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	exit := &exec.ExitError{}
	for _, tt := range []struct {
		output string
		err    error
		late   bool
		want   verdict
	}{
		{"PASS\n", nil, false, passed},
		{"--- SKIP: TestX (0.00s)\nPASS\n", nil, false, skipped},
		{"--- FAIL: TestX (0.00s)\n", exit, false, failed},
		{"panic: close of closed channel\n", exit, false, panicked},
		{"panic: test timed out after 20s\n", exit, false, timedOut},
		{"", exit, true, timedOut},
		{"", errors.New("no such file"), false, failed},
	} {
		if got := judge(tt.output, tt.err, tt.late); got != tt.want {
			t.Errorf("judge(%q, %v, %v) = %q, want %q", tt.output, tt.err, tt.late, got, tt.want)
		}
	}
}

func TestReportCountsWhatCameThroughUs(t *testing.T) {
	defer func(old map[string]string) { reasons = old }(reasons)
	reasons = map[string]string{"TestC": "has its reason", "TestE": "had one", "TestF/h1/part": "is a part"}
	text := report(std{version: "go1.99"}, []result{
		{test: stdTest{"client_test.go", "TestA"}, verdict: passed, log: "x", output: ""},
		{test: stdTest{"client_test.go", "TestB"}, verdict: failed, log: "hx", output: "=== RUN\n    client_test.go:7: got 1 | want 2\n"},
		{test: stdTest{"client_test.go", "TestC"}, verdict: failed, log: "x", output: "    client_test.go:8: known\n"},
		{test: stdTest{"serve_test.go", "TestD"}, verdict: passed, log: "", output: ""},
		{test: stdTest{"serve_test.go", "TestE"}, verdict: passed, log: "x", output: ""},
		{test: stdTest{"transport_test.go", "TestF"}, verdict: passed, log: "xx", output: ""},
		{test: stdTest{"transport_test.go", "TestF/h1/part"}, verdict: failed, log: "x", output: ""},
		{test: stdTest{"transport_test.go", "TestG"}, verdict: passed, log: "pp", output: ""},
	})
	for _, want := range []string{
		"go1.99, the tests",
		"| client_test.go | 3 | 1 | 0 | 1 | 1 | 0 | 0 |",
		"| serve_test.go | 1 | 0 | 0 | 0 | 1 | 0 | 1 |",
		"| transport_test.go | 1 | 0 | 1 | 0 | 0 | 1 | 0 |",
		"| **all** | 5 | 1 | 1 | 1 | 2 | 1 | 1 |",
		"## Left to the Transport\n\n- `TestG` (transport_test.go): a proxy, which the connector has no option for\n",
		"## Unexpected\n\n- `TestB` (client_test.go): fail: `client_test.go:7: got 1 \\| want 2`\n- `TestE` (serve_test.go): passes, so that its reason must go: had one\n\n##",
		"## Listed\n\n- `TestC` (client_test.go): has its reason\n- `TestE` (serve_test.go): had one\n- `TestF/h1/part` (transport_test.go): is a part\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestListedPartsAreRunByThemselves(t *testing.T) {
	defer func(old map[string]string) { reasons = old }(reasons)
	reasons = map[string]string{"TestF/h1/a+b": "x", "TestF/h1": "x", "TestFoo/h1": "x"}
	whole, part := stdTest{"f", "TestF"}, stdTest{"f", "TestF/h1/a+b"}
	if got, want := whole.skip(), `^TestF$/^(h2|h2unencrypted)$|^TestF$/^h1$|^TestF$/^h1$/^a\+b$`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := part.skip(), `^TestF$/^(h2|h2unencrypted)$`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if whole.listed() || !part.listed() || whole.part() || !part.part() {
		t.Error("whole and part are taken for each other")
	}
}

// TestPatchStopsWhenTheTestsOfGoHaveChanged holds that a Go with another
// Transport is not taken for one that passes everything.
func TestPatchStopsWhenTheTestsOfGoHaveChanged(t *testing.T) {
	const behind = "here\n"
	defer func(old map[string][]insertion) { patches = old }(patches)
	patches = map[string][]insertion{"transport.go": {{behind, "more\n"}}}
	src := t.TempDir()
	file := std{src: src}.http("transport.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"a\nhere\nb\n": "a\nhere\nmore\nb\n", "here\nhere\n": "", "a\n": ""} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := &overlay{std{src: src}, t.TempDir(), map[string]string{}}
		if err := o.patch(); (err == nil) != (want != "") {
			t.Errorf("%q: got %v", text, err)
		}
		if got := readOverlaid(t, o, file); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func readOverlaid(t *testing.T, o *overlay, file string) string {
	t.Helper()
	shown := o.files[file]
	if shown == "" {
		return ""
	}
	text, err := os.ReadFile(shown)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
