package aiohttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/google/go-cmp/cmp"
)

func TestResponseLines(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for _, test := range []struct {
		name, contentType, body string
		want                    []string
	}{
		{"lf", "", "a\nb\n", []string{"a", "b"}},
		{"crlf", "", "a\r\nb\r\n", []string{"a", "b"}},
		{"mixed", "", "a\r\nb\nc\rd\n", []string{"a", "b", "c\rd"}},
		{"no-final-end", "", "a\nb", []string{"a", "b"}},
		{"empty-lines", "", "\n\r\n\na\n", []string{"", "", "", "a"}},
		{"empty", "", "", nil},
		{"long", "", long + "\n" + long, []string{long, long}},
		{"long-and-short", "", long + "\r\nab\n" + long[:70<<10] + "\n\n" + long, []string{long, "ab", long[:70<<10], "", long}},
		{"bom", "", "\ufeffa\n\ufeffb", []string{"a", "\ufeffb"}},
		{"charset", "text/plain; charset=iso-8859-1", "\xe4\nb", []string{"ä", "b"}},
		{"utf-16", "text/plain; charset=utf-16le", "\xe4\x00\n\x00b\x00", []string{"ä", "b"}},
		{"invalid", "", "a\xffb\n", []string{"a\ufffdb"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := site(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				io.WriteString(w, test.body)
			})
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line, err := range resp.Lines() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResponseLinesTooLong(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "first")
		bw := bufio.NewWriter(w)
		defer bw.Flush()
		for range 2 << 20 {
			bw.WriteByte('x')
		}
	})
	resp, err := s.Get(t.Context(), "http://a.test/")
	if err != nil {
		t.Fatal(err)
	}
	var lines int
	for _, lineErr := range resp.Lines() {
		if err = lineErr; err == nil {
			lines++
		}
	}
	wantError(t, err, "body a.test:80", "line above the limit of 1048576 bytes")
	if lines != 1 {
		t.Errorf("%d lines, want 1", lines)
	}
}

// What a cut connection left of a line is not given as one.
func TestResponseStreamsAreCutShort(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "whole\nhal")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	get := func() *aiohttp.Response {
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	var lines []string
	var err error
	for line, lineErr := range get().Lines() {
		if err = lineErr; err == nil {
			lines = append(lines, line)
		}
	}
	if diff := cmp.Diff([]string{"whole"}, lines); diff != "" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("lines (-want +got):\n%s\nerror %v", diff, err)
	}
	var content string
	for chunk, chunkErr := range get().Chunks() {
		err = chunkErr
		content += string(chunk)
	}
	if content != "whole\nhal" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("chunks %q, error %v", content, err)
	}
	path := filepath.Join(t.TempDir(), "f")
	if n, err := get().Save(path); n != 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Save: %d, %v", n, err)
	}
	wantFiles(t, filepath.Dir(path))
}

func TestResponseLeavingAStreamGivesTheConnectionBack(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("line\n", 1000)) })
	for range 3 {
		resp, err := s.Get(t.Context(), "http://a.test/")
		if err != nil {
			t.Fatal(err)
		}
		for range resp.Lines() {
			break
		}
		if resp, err = s.Get(t.Context(), "http://a.test/"); err != nil {
			t.Fatal(err)
		}
		for range resp.Chunks() {
			break
		}
	}
	wantAtRest(t, s)
}

// wantFiles checks what a folder holds.
func wantFiles(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestResponseSave(t *testing.T) {
	for _, coding := range []string{"", "gzip"} {
		for _, size := range []int{0, 10, 1 << 20} {
			text := strings.Repeat("x", size)
			content := encode(t, coding, text)
			srv := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", coding)
				w.Header().Set("Content-Length", fmt.Sprint(len(content)))
				w.Write(content)
			})
			s := aiohttp.NewSession(aiohttp.Options{Header: http.Header{"Accept-Encoding": {"gzip"}}})
			dir := t.TempDir()
			for name, before := range map[string]bool{strings.Repeat("n", 250): false, "old": true, "held": false} {
				path := filepath.Join(dir, name)
				if before {
					if err := os.WriteFile(path, []byte("what was there"), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				resp, err := s.Get(t.Context(), srv.URL)
				if err != nil {
					t.Fatal(err)
				}
				if name == "held" {
					read(t, resp, nil)
				}
				n, err := resp.Save(path)
				if n != int64(size) || err != nil {
					t.Errorf("%q %d %.4s: %d, %v", coding, size, name, n, err)
				}
				if got, err := os.ReadFile(path); string(got) != text || err != nil {
					t.Errorf("%q %d %.4s: file of %d bytes, %v", coding, size, name, len(got), err)
				}
			}
			wantFiles(t, dir, "held", strings.Repeat("n", 250), "old")
			if stats := s.Connector().Stats(); stats.Open != 1 || stats.Idle != 1 {
				t.Errorf("connection not used again: %+v", stats)
			}
			s.Close()
		}
	}
}

func TestResponseSaveFails(t *testing.T) {
	s := site(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	for _, test := range []struct {
		name, path string
		want       error
	}{
		{"folder", "folder", nil},
		{"slash", "none/", nil},
		{"no-folder", "none/f", fs.ErrNotExist},
		{"under-a-file", "file/f", nil},
		{"read-only", "locked/f", fs.ErrPermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "read-only" && (os.Geteuid() == 0 || runtime.GOOS == "windows") {
				t.Skip("permissions do not bind this user")
			}
			dir := t.TempDir()
			for _, name := range []string{"folder", "locked"} {
				if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(filepath.Join(dir, "locked"), 0o500); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "file"), []byte("kept"), 0o600); err != nil {
				t.Fatal(err)
			}
			resp, err := s.Get(t.Context(), "http://a.test/")
			if err != nil {
				t.Fatal(err)
			}
			path := dir + string(filepath.Separator) + filepath.FromSlash(test.path)
			n, err := resp.Save(path)
			wantError(t, err, "save "+path)
			if n != 0 || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%d, %v; want %v", n, err, test.want)
			}
			wantFiles(t, dir, "file", "folder", "locked")
			wantFiles(t, filepath.Join(dir, "folder"))
		})
	}
	wantAtRest(t, s)
}
