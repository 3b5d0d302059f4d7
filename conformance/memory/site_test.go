//go:build linux

package memory_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/aiohttp-go/aiohttp/form"
	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

// newlines is content without an end.
type newlines struct{}

func (newlines) Read(p []byte) (int, error) {
	for n := 0; n < len(p); n += copy(p[n:], newlineBlock) {
	}
	return len(p), nil
}

// newlineBlock is what is sent in one write.
var newlineBlock = func() []byte {
	block := make([]byte, 256<<10)
	for i := range block {
		block[i] = '\n'
	}
	return block
}()

// site is the server: it sends and takes bodies of any size.
type site struct {
	plain, tls *httptest.Server
	folder     string // where children write
}

func newSite(t *testing.T) *site {
	testnet.LeakCheck(t)
	s := &site{folder: t.TempDir()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /body", s.body)
	mux.HandleFunc("GET /coded", s.coded)
	mux.HandleFunc("GET /form", s.form)
	mux.HandleFunc("GET /empty", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /sink", sink)
	s.plain, s.tls = httptest.NewUnstartedServer(mux), httptest.NewUnstartedServer(mux)
	// A handshake may be broken off, which is no news.
	s.tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.plain.Start()
	s.tls.StartTLS()
	t.Cleanup(s.plain.Close)
	t.Cleanup(s.tls.Close)
	return s
}

// certificate gives that of a TLS server, which is its own authority, in PEM.
func certificate(srv *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

// body sends newlines, in chunks where that is asked for.
func (s *site) body(w http.ResponseWriter, r *http.Request) {
	size, err := strconv.ParseInt(r.FormValue("size"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	if r.FormValue("chunked") == "" {
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	}
	s.copy(r.Context(), w, io.LimitReader(newlines{}, size))
}

// coded sends the body whose name is given.
func (s *site) coded(w http.ResponseWriter, r *http.Request) {
	b := codedBodies()[r.FormValue("name")]
	w.Header().Set("Content-Type", "text/plain")
	for range max(b.times, 1) {
		w.Header().Add("Content-Encoding", b.coding)
	}
	s.copy(r.Context(), w, b.open())
}

// form sends a form with a large file.
func (s *site) form(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.ParseInt(r.FormValue("size"), 10, 64)
	content := io.LimitReader(newlines{}, size)
	body, err := form.New().Add("title", "large").AddReader("file", "large", content, size).Encode()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer body.Close()
	w.Header().Set("Content-Type", body.ContentType)
	s.copy(r.Context(), w, body)
}

// copy sends a body, and keeps what the client writes of it sparse.
func (s *site) copy(ctx context.Context, w io.Writer, body io.Reader) {
	const between = 64 * mebi
	buf := make([]byte, len(newlineBlock))
	var sent int64
	for ctx.Err() == nil {
		n, err := io.ReadFull(body, buf)
		if _, failed := w.Write(buf[:n]); err != nil || failed != nil {
			return
		}
		if sent += int64(n); sent%between == 0 {
			punch(s.folder)
		}
	}
}

// punch gives back what the files in a folder take on the disk. They keep their
// sizes, and read as zeros.
func punch(folder string) {
	const keepSize, punchHole = 1, 2 // of <linux/falloc.h>
	filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // it is gone already
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.Size() > 0 {
			syscall.Fallocate(int(f.Fd()), keepSize|punchHole, 0, info.Size())
		}
		return nil
	})
}

// sink takes a body, and answers how large it was.
func sink(w http.ResponseWriter, r *http.Request) {
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r.Body}, make([]byte, 256<<10))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprint(w, n)
}

// inMemory makes a folder where the system has files in memory, else on the disk.
func inMemory(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "memory-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// sparse makes a file that takes nothing but its name: in memory holes are read
// without filling the system's cache.
func sparse(t *testing.T, size int64) string {
	t.Helper()
	f, err := os.Create(filepath.Join(inMemory(t), "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}
