//go:build unix

package answer_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/internal/cli/answer"
)

// Replacing a device by a file breaks the machine, if one may: a pipe stands in
// for it here.
func TestSaveWritesToAPipeAndLeavesItThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	read := make(chan string)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			read <- err.Error()
			return
		}
		defer f.Close()
		text, _ := io.ReadAll(f) // what was read tells
		read <- string(text)
	}()
	resp, _ := get(t, "text/plain", "through the pipe")
	n, err := answer.Save(resp, path)
	if err != nil || n != 16 {
		t.Errorf("Save = %d, %v", n, err)
	}
	if got := <-read; got != "through the pipe" {
		t.Errorf("read %q", got)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("what was a pipe is now %v, %v", info.Mode(), err)
	}
}

func TestSaveFollowsALink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	resp, _ := get(t, "text/plain", "new")
	if _, err := answer.Save(resp, link); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("what was a link is now %v, %v", info.Mode(), err)
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "new" {
		t.Errorf("target holds %q, %v", text, err)
	}
}

func TestSaveRefusesAFolder(t *testing.T) {
	resp, _ := get(t, "text/plain", "new")
	if _, err := answer.Save(resp, t.TempDir()); err == nil {
		t.Error("a folder was written to")
	}
}
