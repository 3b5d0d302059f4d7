//go:build unix

package aiohttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp"
)

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

func save(t *testing.T, session *aiohttp.Session, path string) {
	t.Helper()
	resp, err := session.Get(context.Background(), "http://example.test/")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := resp.Save(path); err != nil || n != int64(len("hello")) {
		t.Fatalf("Save = %d, %v; want 5, nil", n, err)
	}
}

// A device or a pipe must not be replaced by a file of its name.
func TestSaveWritesThroughAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	go func() {
		content, _ := os.ReadFile(pipe)
		got <- string(content)
	}()
	save(t, site(t, hello), pipe)
	if content := <-got; content != "hello" {
		t.Errorf("read %q from the pipe, want %q", content, "hello")
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe became %v, %v", info.Mode(), err)
	}
}

func TestSaveFollowsASymbolicLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	save(t, site(t, hello), link)
	if content, err := os.ReadFile(target); string(content) != "hello" {
		t.Errorf("the link's target holds %q, %v; want %q", content, err, "hello")
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
}

// What a pipe says whose reader has gone is the pipe's, and not a broken
// connection: the body went straight from a socket into it.
func TestResponseWriteToTellsAPipesErrorFromTheConnections(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(8<<20))
		w.Write(make([]byte, 8<<20)) // fails when the client has given up
	}))
	defer srv.Close()
	session := aiohttp.NewSession()
	defer session.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.CopyN(io.Discard, r, 1<<20) // more than came with the head
		r.Close()
	}()
	resp, err := session.Get(t.Context(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Close()
	_, err = resp.WriteTo(w)
	if known, ok := errors.AsType[*aiohttp.Error](err); ok || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("got %v (of the connection: %v), want the pipe's own error", err, known)
	}
	<-gone
}
