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
		{"panic: interface conversion: http.RoundTripper is *adapter.roundTripper, not *http.Transport", exit, false, needsTransport},
		{"", errors.New("no such file"), false, failed},
	} {
		if got := judge(tt.output, tt.err, tt.late); got != tt.want {
			t.Errorf("judge(%q, %v, %v) = %q, want %q", tt.output, tt.err, tt.late, got, tt.want)
		}
	}
}

func TestReportCountsWhatCameThroughUs(t *testing.T) {
	text := report(std{version: "go1.99"}, []result{
		{stdTest{"client_test.go", "TestA"}, passed, 1, ""},
		{stdTest{"client_test.go", "TestB"}, failed, 2, "=== RUN\n    client_test.go:7: got 1 | want 2\n"},
		{stdTest{"client_test.go", "TestC"}, failed, 0, "    client_test.go:8: elsewhere\n"},
		{stdTest{"serve_test.go", "TestD"}, needsTransport, 1, ""},
		{stdTest{"clientserver_test.go", "TestCloseIdleConnections"}, failed, 2, "clientserver_test.go:1: x"},
		{stdTest{"transport_test.go", "TestTransportHeadChunkedResponse"}, passed, 2, ""},
	})
	for _, want := range []string{
		"go1.99, the tests",
		"| client_test.go | 2 | 1 | 1 | 0 | 0 | 0 | 0 | 1 |",
		"| serve_test.go | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 |",
		"| **all** | 4 | 2 | 2 | 0 | 0 | 0 | 1 | 1 |",
		"## Open\n\n- `TestB` (client_test.go): fail: `client_test.go:7: got 1 \\| want 2`\n\n##",
		"## Not against us\n\n- `TestCloseIdleConnections` (clientserver_test.go): closes the idle",
		"must go\n\n- `TestTransportHeadChunkedResponse` (transport_test.go): waits",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "elsewhere") {
		t.Errorf("a test that did not come to us is listed:\n%s", text)
	}
}

// TestPatchStopsWhenTheTestsOfGoHaveChanged holds that a Go with another
// newClientServerTest is not taken for one that passes everything.
func TestPatchStopsWhenTheTestsOfGoHaveChanged(t *testing.T) {
	src := t.TempDir()
	file := std{src: src}.http("clientserver_test.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		"package http_test\nimport (\n)\nfunc f() {\n" + settled + "}\n":           true,
		"package http_test\nimport (\n)\nfunc f() {\n" + settled + settled + "}\n": false,
		"package http_test\nimport (\n)\nfunc f() {}\n":                            false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := &overlay{std{src: src}, t.TempDir(), map[string]string{}}
		if err := o.patch(); (err == nil) != ok {
			t.Errorf("%q: got %v", text, err)
		}
		if ok && !strings.Contains(readOverlaid(t, o, file), "adapter.New(cst.tr)") {
			t.Error("the adapter is not used")
		}
	}
}

func readOverlaid(t *testing.T, o *overlay, file string) string {
	t.Helper()
	text, err := os.ReadFile(o.files[file])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
