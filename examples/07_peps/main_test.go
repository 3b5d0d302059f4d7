package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/demosite"
)

func TestRunWritesEachPEP(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	if err := run(t.Context(), &out, dir, demosite.Options{}); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^one after the other: \d+\.\d\d s\nat once: \d+\.\d\d s\n$`).MatchString(out.String()) {
		t.Errorf("output:\n%s", &out)
	}
	site := demosite.New(demosite.Options{})
	for _, pep := range peps {
		content, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("pep-%d.html", pep)))
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := site.Digest(fmt.Sprintf("/pep-%d/", pep)); !ok || sha256.Sum256(content) != want {
			t.Errorf("PEP %d: %d bytes that are not the site's", pep, len(content))
		}
	}
	if entries, err := os.ReadDir(dir); len(entries) != len(peps) || err != nil {
		t.Errorf("%d files, %v; want %d", len(entries), err, len(peps))
	}
}

func TestRunGivesTheError(t *testing.T) {
	err := run(t.Context(), &strings.Builder{}, filepath.Join(t.TempDir(), "none"), demosite.Options{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want that of the folder", err)
	}
}

func TestRunEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, &strings.Builder{}, t.TempDir(), demosite.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}
