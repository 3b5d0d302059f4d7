package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program is this one, built as a user does.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "bench-test")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	program = filepath.Join(folder, "bench")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// TestClientWritesItsSection is a smoke test: it says nothing of speed.
func TestClientWritesItsSection(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	cmd := exec.Command(program, "client", "-peers", "raw,session,fasthttp,net/http",
		"-conns", "2", "-rounds", "1", "-for", "20ms", "-warm", "0", "-retries", "0", "-o", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantTexts(t, file, "### plain, 2 connections", "### TLS 1.3, 2 connections", "aiohttp.Session.Get (session) |", "fasthttp.Client (fasthttp) |")
}

// TestComparisonsWriteTheirSections is a smoke test of the others.
func TestComparisonsWriteTheirSections(t *testing.T) {
	quick := []string{"-rounds", "1", "-retries", "0"}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"idle", "-conns", "60", "-peers", "session,net/http"},
			[]string{"<!-- begin idle -->", "### plain", "### TLS 1.3", "| aiohttp.Session.Get (session) |", "connector.newConn"}},
		{[]string{"bulk", "-bytes", "1000000", "-times", "1", "-peers", "raw,session", "-dir", t.TempDir()},
			[]string{"<!-- begin bulk -->", "### Download to io.Discard", "### Upload of a file", "| aiohttp.Session (session) |"}},
		{[]string{"hosts", "-hosts", "20", "-inflight", "20", "-requests", "100,200", "-delay", "1ms"},
			[]string{"<!-- begin hosts -->", "### 100 requests", "### 200 requests", "### mutex profile", "### block profile"}},
		{[]string{"profile", "-conns", "4", "-for", "20ms", "-requests", "50", "-peers", "session"},
			[]string{"<!-- begin profile -->", "### System calls a request", "### cpu profile", "### allocs profile", "### mutex profile"}},
	} {
		t.Run(tt.args[0], func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "RESULTS.md")
			cmd := exec.Command(program, slices.Concat(tt.args, quick, []string{"-o", file})...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if text := wantTexts(t, file, tt.want...); strings.Contains(text, "Failed:") {
				t.Errorf("a measurement failed:\n%s", text)
			}
		})
	}
}

func TestAllSaysHowLongItTakes(t *testing.T) {
	out, err := exec.Command(program, "all", "-n", "-only", "bulk,profile").CombinedOutput()
	if want := "all          about 6m0s while nothing else runs"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("got %v, %q; want %q in it", err, out, want)
	}
}

// TestFetchVerifiesWhatWasDownloaded runs every downloader that is installed on
// a few files.
func TestFetchVerifiesWhatWasDownloaded(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("nginx is not installed")
	}
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	cmd := exec.Command(program, "fetch", "-small", "20", "-large", "1", "-rounds", "1", "-dir", t.TempDir(), "-o", file)
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
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"client", "-peers", "nobody"}, `unknown peer "nobody"`},
		{[]string{"client", "-conns", "0"}, `not a number of connections: "0"`},
		{[]string{"client", "-transports", "quic"}, `unknown transport "quic"`},
		{[]string{"fetch", "-source", "report"}, "run it in the folder of this module"},
		{[]string{"bulk", "-kinds", "boil"}, `unknown kind "boil"`},
		{[]string{"bulk", "-peers", "nobody"}, `no client named "nobody"`},
		{[]string{"idle", "-conns", "100000000"}, "100000000 connections with a limit of"},
		{[]string{"hosts", "-peers", "nobody"}, `unknown client "nobody"`},
		{[]string{"hosts", "-hosts", "0"}, "0 hosts"},
		{[]string{"profile", "-conns", "0"}, "over 0 connections"},
		{[]string{"all", "-only", "boil"}, `nothing is called "boil"`},
		{[]string{"boil"}, "usage:"},
	} {
		out, err := exec.Command(program, tt.args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), tt.want) {
			t.Errorf("%v: got %v, %q; want %q in it", tt.args, err, out, tt.want)
		}
	}
}
