package download_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/bench/download"
)

func TestVerify(t *testing.T) {
	load := download.Load{Name: "tiny", Count: 3, Bytes: 100}
	const first, second = "tiny-00000.bin", "tiny-00001.bin"
	for _, tt := range []struct {
		name  string
		spoil func(folder string) error
		want  string
	}{
		{"whole", func(string) error { return nil }, ""},
		{"below-and-beside-others", func(folder string) error {
			if err := os.WriteFile(filepath.Join(folder, ".state"), nil, 0o600); err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Join(folder, "host", "path"), 0o700); err != nil {
				return err
			}
			return os.Rename(filepath.Join(folder, first), filepath.Join(folder, "host", "path", first))
		}, ""},
		{"missing", func(folder string) error { return os.Remove(filepath.Join(folder, first)) }, "2 of 3 files are there"},
		{"changed", func(folder string) error {
			return os.Rename(filepath.Join(folder, second), filepath.Join(folder, first))
		}, first + " has another checksum"},
		{"cut", func(folder string) error { return os.Truncate(filepath.Join(folder, first), 99) }, first + " has another checksum"},
		{"twice", func(folder string) error {
			if err := os.Mkdir(filepath.Join(folder, "again"), 0o700); err != nil {
				return err
			}
			return os.Link(filepath.Join(folder, first), filepath.Join(folder, "again", first))
		}, first + " is there twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			sums, err := load.Write(folder)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.spoil(folder); err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := download.Verify(folder, sums); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVersionIn(t *testing.T) {
	for text, want := range map[string]string{
		"curl 7.88.1 (x86_64) libcurl/7.88.1\nRelease 1": "7.88.1",
		"GNU Wget2 1.99.1 - multithreaded":               "1.99.1",
		"aria2 version 1.36.0":                           "1.36.0",
		"nginx version: nginx/1.22.1\n":                  "1.22.1",
		"no number":                                      "",
	} {
		if got := download.VersionIn(text); got != want {
			t.Errorf("VersionIn(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestLoadInWords(t *testing.T) {
	for want, load := range map[string]download.Load{
		"2 x 4 KiB":  {Count: 2, Bytes: 4 << 10},
		"1 x 10 MiB": {Count: 1, Bytes: 10 << 20},
		"3 x 1025 B": {Count: 3, Bytes: 1025},
	} {
		if got := load.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWatch(t *testing.T) {
	s, err := download.Watch(exec.Command("sleep", "0.05"))
	if err != nil {
		t.Fatal(err)
	}
	if wall, cpu, peak := s.Figures(); wall <= 0 || cpu < 0 || peak <= 0 {
		t.Errorf("got %v s, %v s CPU, %d bytes", wall, cpu, peak)
	}
	if _, err := download.Watch(exec.Command("sh", "-c", "echo broken; exit 3")); err == nil || !strings.Contains(err.Error(), "exit status 3: broken") {
		t.Errorf("got %v", err)
	}
}
