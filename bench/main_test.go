package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// build compiles the program as a user does.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bench")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// TestClientWritesItsSection is a smoke test: it says nothing of speed.
func TestClientWritesItsSection(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	cmd := exec.Command(build(t), "client", "-peers", "raw,session,fasthttp,net/http",
		"-conns", "2", "-rounds", "1", "-for", "20ms", "-warm", "0", "-retries", "0", "-o", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantTexts(t, file, "### plain, 2 connections", "### TLS 1.3, 2 connections", "aiohttp.Session.Get (session) |", "fasthttp.Client (fasthttp) |")
}

// TestFetchVerifiesWhatWasDownloaded runs every downloader that is installed on
// a few files.
func TestFetchVerifiesWhatWasDownloaded(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("nginx is not installed")
	}
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	cmd := exec.Command(build(t), "fetch", "-small", "20", "-large", "1", "-rounds", "1", "-dir", t.TempDir(), "-o", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := wantTexts(t, file, "### 20 x 4 KiB", "### 1 x 10 MiB", "| raw sockets in Go |", "| aiohttp fetch |")
	if strings.Contains(text, "Failed:") {
		t.Errorf("a download failed:\n%s", text)
	}
}

// wantTexts looks for each text in a file, whose content it gives.
func wantTexts(t *testing.T, file string, want ...string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		if !strings.Contains(string(text), w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
	return string(text)
}

func TestUnknownNamesAreErrors(t *testing.T) {
	program := build(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"client", "-peers", "nobody"}, `unknown peer "nobody"`},
		{[]string{"client", "-conns", "0"}, `not a number of connections: "0"`},
		{[]string{"client", "-transports", "quic"}, `unknown transport "quic"`},
		{[]string{"fetch", "-source", "report"}, "run it in the folder of this module"},
		{[]string{"boil"}, "usage:"},
	} {
		out, err := exec.Command(program, tt.args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), tt.want) {
			t.Errorf("%v: got %v, %q; want %q in it", tt.args, err, out, tt.want)
		}
	}
}
