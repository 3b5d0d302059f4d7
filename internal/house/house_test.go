package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/aiohttp-go/aiohttp"

// allowed says which packages of this module each package may import, tests
// aside. Imports go one way only: down this list's columns. Who needs a new
// line here changes docs/architecture.md as well.
var allowed = map[string][]string{
	"aio":                {"internal/options"},
	"internal/http1":     {},
	"internal/roots":     {},
	"internal/localca":   {},
	"internal/coding":    {},
	"internal/secret":    {},
	"internal/text":      {},
	"internal/shell":     {},
	"internal/testnet":   {},
	"internal/proxytest": {},
	"internal/house":     {},
	"internal/backoff":   {},
	"internal/digest":    {},
	"internal/options":   {},
	"cookie":             {"internal/options"},
	"form":               {},
	"tracing":            {},
	"tracing/har":        {"connector", "internal/coding", "internal/options", "internal/secret", "internal/text", "tracing"},
	"cache":              {"internal/options"},
	"trust":              {"internal/roots"},
	"connector":          {"internal/digest", "internal/http1", "internal/options", "tracing", "trust"},
	".":                  {"aio", "connector", "cookie", "form", "internal/coding", "internal/http1", "internal/options", "internal/secret", "internal/shell", "internal/text", "tracing", "trust"},
	"middleware":         {".", "connector", "internal/backoff", "internal/options", "trust"},
	"auth":               {".", "connector", "internal/backoff", "internal/digest", "internal/options"},
	"fetch":              {".", "aio", "connector", "internal/backoff", "internal/secret", "trust"},
	"aiohttptest":        {".", "connector", "internal/localca", "internal/options", "internal/testnet", "trust"},
	"recording":          {".", "internal/options", "internal/secret"},
	"sse":                {".", "connector", "internal/options", "internal/secret", "trust"},
	"httpbin":            {"internal/options"},
	"internal/demosite":  {"internal/localca"},
	"internal/cli":       {"*"},
	"cmd/aiohttp":        {"*"},
	"examples":           {"*"},
}

// dependencies says which package may import which module from outside.
// docs/architecture.md says what each is for.
var dependencies = map[string][]string{
	"golang.org/x/crypto/x509roots/fallback":  {"internal/roots"},
	"golang.org/x/net/idna":                   {"connector", "cookie", "fetch"},
	"golang.org/x/net/publicsuffix":           {"cookie"},
	"golang.org/x/net/html/charset":           {"internal/text"},
	"golang.org/x/text":                       {".", "internal/text"},
	"github.com/andybalholm/brotli":           {"internal/coding"},
	"github.com/klauspost/compress":           {"internal/coding", "fetch"},
	"github.com/HdrHistogram/hdrhistogram-go": {"fetch"},
	"github.com/mccutchen/go-httpbin":         {"httpbin"},
	"github.com/spf13/cobra":                  {"cmd/aiohttp", "internal/cli"},
	"github.com/spf13/pflag":                  {"cmd/aiohttp", "internal/cli"},
	"github.com/vbauerster/mpb":               {"cmd/aiohttp", "internal/cli"},
	"github.com/tidwall/pretty":               {"cmd/aiohttp", "internal/cli"},
	"golang.org/x/term":                       {"cmd/aiohttp", "internal/cli"},
	"golang.org/x/sys":                        {"cmd/aiohttp", "internal/cli", "fetch"},
}

// file is one source file of the module, parsed as far as its imports.
type file struct {
	dir  string // relative to the module's root, with slashes; "." is the root
	name string
	ast  *ast.File
}

// sources parses every source file but tests and nested modules.
func sources(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, statErr := os.Stat(filepath.Join(path, "go.mod"))
			nested := path != root && statErr == nil
			if nested || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		files = append(files, file{filepath.ToSlash(dir), d.Name(), parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// rule gives the entry of a table that is for dir: its own, or that of a
// folder above.
func rule(dir string) ([]string, bool) {
	for d := dir; ; {
		if r, ok := allowed[d]; ok {
			return r, true
		}
		i := strings.LastIndexByte(d, '/')
		if i < 0 {
			return nil, false
		}
		d = d[:i]
	}
}

func TestHouseImportsGoOneWay(t *testing.T) {
	for _, f := range sources(t) {
		may, known := rule(f.dir)
		if !known {
			t.Errorf("%s: package has no place in the house: add it to the table", f.dir)
			continue
		}
		for _, spec := range f.ast.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			rest, ours := strings.CutPrefix(path, module)
			if !ours || slices.Contains(may, "*") {
				continue
			}
			target := strings.TrimPrefix(rest, "/")
			if target == "" {
				target = "."
			}
			if !slices.Contains(may, target) {
				t.Errorf("%s/%s must not import %s", f.dir, f.name, path)
			}
		}
	}
}

func TestHouseDependenciesHaveOneUser(t *testing.T) {
	for _, f := range sources(t) {
		for _, spec := range f.ast.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(path, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(path, module) {
				continue
			}
			if !mayUse(f.dir, path) {
				t.Errorf("%s/%s must not import %s", f.dir, f.name, path)
			}
		}
	}
}

func mayUse(dir, path string) bool {
	for prefix, users := range dependencies {
		if path != prefix && !strings.HasPrefix(path, prefix+"/") {
			continue
		}
		for _, user := range users {
			if dir == user || strings.HasPrefix(dir, user+"/") {
				return true
			}
		}
	}
	return false
}

func TestHousePackagesSayWhatTheyAre(t *testing.T) {
	docs := map[string]string{}
	names := map[string]string{}
	for _, f := range sources(t) {
		names[f.dir] = f.ast.Name.Name
		if f.ast.Doc != nil {
			docs[f.dir] = f.ast.Doc.Text()
		}
	}
	for dir, name := range names {
		want := "Package " + name + " "
		if name == "main" {
			want = "" // commands and examples say it in their own way
		}
		if doc := docs[dir]; doc == "" || !strings.HasPrefix(doc, want) {
			t.Errorf("%s: no package comment that starts with %q", dir, want)
		}
	}
}

// CVE-2025-69230 and CVE-2024-6104: a library that logs can be made to flood a
// disk, or to show secrets. Ours does not: middleware.Log is asked for, and a
// token only says how it is to be logged, which is not at all.
func TestHouseLibrariesDoNotLog(t *testing.T) {
	for _, f := range sources(t) {
		switch first, _, _ := strings.Cut(f.dir, "/"); {
		case first == "cmd", first == "examples", f.dir == "aiohttptest", f.dir == "httpbin", f.dir == "internal/demosite", f.dir == "internal/testnet":
			continue // programs, servers and tests
		case f.dir == "middleware" && f.name == "log.go", f.dir == "auth" && f.name == "token.go":
			continue
		}
		for _, spec := range f.ast.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path == "log" || path == "log/slog" {
				t.Errorf("%s/%s must not import %s", f.dir, f.name, path)
			}
		}
	}
}

// CVE-2025-61730, CVE-2026-32280, CVE-2026-32283, CVE-2026-33811: flaws of Go's own
// TLS, X.509 and resolver, all mended by 1.26.6, and no older Go may build this.
func TestHouseGoIsRecentEnough(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if given, ok := strings.CutPrefix(line, "go "); ok {
			if v := "go" + strings.TrimSpace(given); version.Compare(v, "go1.26.6") < 0 {
				t.Errorf("go.mod takes %s", v)
			}
			return
		}
	}
	t.Error("go.mod names no Go")
}
