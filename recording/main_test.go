package recording_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/aiohttptest"
	"github.com/aiohttp-go/aiohttp/recording"
)

func TestMain(m *testing.M) { aiohttptest.Main(m) }

// open opens a tape that is closed at the end, by the test or here.
func open(t *testing.T, path string, o recording.Options) *recording.Tape {
	t.Helper()
	tape, err := recording.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// session gives a session through a tape.
func session(server *aiohttptest.Server, tape *recording.Tape) *aiohttp.Session {
	return server.Session(aiohttp.Options{
		Middleware: []aiohttp.Middleware{tape.Middleware},
		Header:     http.Header{"User-Agent": {}, "Accept": {}, "Accept-Encoding": {}},
	})
}

// get gives what a URL answers, or its error, as a text.
func get(t *testing.T, s *aiohttp.Session, url string, req ...aiohttp.Request) string {
	t.Helper()
	resp, err := s.Get(t.Context(), url, req...)
	if err != nil {
		return err.Error()
	}
	content, err := resp.Bytes()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", resp.Status, content)
}

// file gives the path of a file that holds text, with the first line put in front.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tape.http")
	if err := os.WriteFile(path, []byte("aiohttp recording 1\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func closeTape(t *testing.T, tape *recording.Tape) {
	t.Helper()
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantError checks that an error's text contains all of the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q, want %q in it", err, part)
		}
	}
}

func readAll(t *testing.T, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
