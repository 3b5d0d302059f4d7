package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/httpbin"
)

func TestDownload(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	path := filepath.Join(t.TempDir(), "f")
	var out strings.Builder
	if err := download(t.Context(), &out, site.URL()+"/range/100000", path); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "100 %\nsaved 100000 bytes\n") {
		t.Errorf("output:\n%s", &out)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 100000 {
		t.Errorf("file %v, error %v", info, err)
	}
}

// What is cut short leaves no file.
func TestDownloadCutShort(t *testing.T) {
	site, err := httpbin.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	path := filepath.Join(t.TempDir(), "f")
	err = download(t.Context(), io.Discard, site.URL()+"/truncate/1024", path)
	if _, statErr := os.Stat(path); !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(statErr, fs.ErrNotExist) {
		t.Errorf("error %v, file %v", err, statErr)
	}
}
