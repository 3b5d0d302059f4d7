package fetch_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiohttp-go/aiohttp/fetch"
)

// A site is a server on loopback that counts what it was asked for.
type site struct {
	*httptest.Server
	mu   sync.Mutex
	hits map[string]int
}

func newSite(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	s := &site{hits: make(map[string]int)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.hits[r.URL.RequestURI()]++
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) count(uri string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits[uri]
}

// folder gives the name of the site's folder in a tree.
func (s *site) folder() string { return "127.0.0.1+" + s.URL[strings.LastIndexByte(s.URL, ':')+1:] }

// echo answers with the path.
func echo(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) }

// randomBytes gives n bytes that are the same for a seed.
func randomBytes(seed uint64, n int) []byte {
	src := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, n)
	src.Read(b)
	return b
}

func sum256(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

func urls(list ...string) iter.Seq2[fetch.Item, error] {
	return func(yield func(fetch.Item, error) bool) {
		for _, u := range list {
			if !yield(fetch.Item{URL: u}, nil) {
				return
			}
		}
	}
}

// quick are options for tests: retries come at once.
func quick(dir string) fetch.Options {
	return fetch.Options{Dir: dir, Backoff: time.Nanosecond}
}

// run runs a job and gives its results by URL.
func run(t *testing.T, o fetch.Options, items iter.Seq2[fetch.Item, error]) (fetch.Summary, map[string]fetch.Result) {
	t.Helper()
	results := make(map[string]fetch.Result)
	o.OnResult = func(r fetch.Result) error {
		results[r.URL] = r
		return nil
	}
	s, err := fetch.Run(context.Background(), o, items)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return s, results
}

// files gives the names of all files below dir, sorted.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// partSize gives the size of the one partial file in dir that can be resumed,
// so that a test can wait until what was sent is written.
func partSize(dir string) int64 {
	parts, _ := filepath.Glob(filepath.Join(dir, fetch.PartFolder, "*.part"))
	if len(parts) != 1 {
		return 0
	}
	st, err := os.Stat(parts[0])
	if err != nil {
		return 0
	}
	return st.Size()
}
