package aiohttp_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp"
	"github.com/aiohttp-go/aiohttp/form"
)

// A form with a file goes out with its length, and again after a redirect that
// keeps the method.
func TestSessionSendsMultipartAgainAfterRedirect(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 8<<10)
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	requests := 0
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.ContentLength < int64(len(content)) {
			t.Errorf("Content-Length %d, want that of the whole form", r.ContentLength)
		}
		file, header, err := r.FormFile("picture")
		if err != nil {
			t.Errorf("request %d: %v", requests, err)
			return
		}
		defer file.Close()
		got, err := io.ReadAll(file)
		if string(got) != content || header.Filename != "picture.png" || r.FormValue("title") != "Hello" || err != nil {
			t.Errorf("request %d: %d bytes of %q, title %q, %v", requests, len(got), header.Filename, r.FormValue("title"), err)
		}
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusTemporaryRedirect)
		}
	})
	f := form.New().Add("title", "Hello").AddFile("picture", path)
	resp, err := s.Post(t.Context(), "http://a.test/old", aiohttp.Request{Multipart: f})
	read(t, resp, err)
	if requests != 2 {
		t.Errorf("%d requests, want 2", requests)
	}
}
