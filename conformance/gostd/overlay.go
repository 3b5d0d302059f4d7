package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	modulePath  = "github.com/aiohttp-go/aiohttp"
	adapterPath = modulePath + "/conformance/gostd/adapter"
	rootsPath   = modulePath + "/internal/roots"
	standInPath = modulePath + "/conformance/gostd/roots"

	// within is where our packages appear in the standard library.
	within = "net/http/internal/aiohttp"
)

// overlay collects what the go command is to see in the standard library.
type overlay struct {
	std   std
	dir   string // holds the rewritten files
	files map[string]string
}

// build makes the overlay and with it the test binary of net/http.
func build(ctx context.Context, s std, dir string, race bool) (binary string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	o := &overlay{s, dir, map[string]string{}}
	packages, err := dependencies(ctx, adapterPath)
	if err != nil {
		return "", err
	}
	for _, p := range packages {
		if err := o.add(p); err != nil {
			return "", err
		}
	}
	if err := o.patch(); err != nil {
		return "", err
	}
	list, err := json.MarshalIndent(map[string]any{"Replace": o.files}, "", " ")
	if err != nil {
		return "", err
	}
	listFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(listFile, list, 0o600); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "http.test")
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-race="+strconv.FormatBool(race), "-vet=off", "-overlay="+listFile, "-o", binary, "net/http")
	cmd.Dir = s.src
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building net/http's tests: %w\n%s", err, text)
	}
	return binary, nil
}

// goPackage is what go list tells of a package.
type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
	Standard        bool
}

// dependencies lists the packages of ours that one needs, itself included, with
// the stand-in for the roots in their place.
func dependencies(ctx context.Context, path string) ([]goPackage, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Standard", path, standInPath)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", path, err)
	}
	var ours []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p goPackage
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		switch {
		case p.Standard || !strings.HasPrefix(p.ImportPath, modulePath) || p.ImportPath == rootsPath:
			continue
		case p.ImportPath == standInPath:
			p.ImportPath = rootsPath
		}
		ours = append(ours, p)
	}
	return ours, nil
}

// add shows a package, with its imports of ours rewritten.
func (o *overlay) add(p goPackage) error {
	folder := strings.Replace(p.ImportPath, modulePath, within, 1)
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte(`"`+modulePath), []byte(`"`+within))
		text = bytes.ReplaceAll(text, []byte(`aiohttp-go/"+Version`), []byte(`Go-http-client/1.1"`)) // tests want this name
		if err := o.show(filepath.Join(filepath.FromSlash(folder), name), text); err != nil {
			return err
		}
	}
	return nil
}

// show puts a file into the standard library as the go command sees it.
func (o *overlay) show(name string, text []byte) error {
	file := filepath.Join(o.dir, strings.ReplaceAll(filepath.ToSlash(name), "/", "_"))
	o.files[filepath.Join(o.std.src, name)] = file
	return os.WriteFile(file, text, 0o600)
}

//go:embed testdata
var shown embed.FS

// additions are files of ours that appear in the standard library.
var additions = map[string]string{
	"testdata/foreign.go":      "net/http/aiohttp_foreign.go",
	"testdata/foreign_test.go": "net/http/aiohttp_foreign_test.go",
	"testdata/inside.go":       within + "/connector/aiohttp_inside.go",
}

// patches are what is put into net/http itself, each behind a line that must
// stand there once: else the file has changed, and has to be looked at.
var patches = map[string][]insertion{
	"roundtrip.go": {
		{"\t\tpanic(\"transport is nil\")\n\t}\n", "\tif t.foreign(req) {\n\t\treturn Foreign.RoundTrip(t, req)\n\t}\n"},
	},
	"transport.go": {
		{"func (t *Transport) CloseIdleConnections() {\n", "\tif Foreign != nil {\n\t\tForeign.CloseIdleConnections(t)\n\t}\n"},
	},
	"export_test.go": {
		{"func (t *Transport) IdleConnKeysForTesting() (keys []string) {\n", "\tif keys, ok := foreignKeys(t); ok {\n\t\treturn slices.Compact(keys)\n\t}\n"},
		{"func (t *Transport) IdleConnKeyCountForTesting() int {\n", "\tif keys, ok := foreignKeys(t); ok {\n\t\treturn len(slices.Compact(keys))\n\t}\n"},
		{"func (t *Transport) IdleConnStrsForTesting() []string {\n", "\tif ret, ok := foreignStrings(t); ok {\n\t\treturn ret\n\t}\n"},
		{"func (t *Transport) IdleConnCountForTesting(scheme, addr string) int {\n", "\tif n, ok := foreignCount(t, scheme, addr); ok {\n\t\treturn n\n\t}\n"},
		{"func ExportCloseTransportConnsAbruptly(tr *Transport) {\n", "\tif conns, ok := foreignConns(tr); ok {\n\t\tfor _, c := range conns {\n\t\t\tc.Close()\n\t\t}\n\t}\n"},
	},
}

// insertion is a text and what it is put behind.
type insertion struct{ behind, text string }

// patch puts the connector into net/http.
func (o *overlay) patch() error {
	for from, to := range additions {
		text, err := shown.ReadFile(from)
		if err != nil {
			return err
		}
		if err := o.show(filepath.FromSlash(to), text); err != nil {
			return err
		}
	}
	for name, list := range patches {
		text, err := os.ReadFile(o.std.http(name))
		if err != nil {
			return err
		}
		for _, p := range list {
			if bytes.Count(text, []byte(p.behind)) != 1 {
				return fmt.Errorf("%s of net/http has changed: look at it, and at the patch behind %q", name, p.behind)
			}
			text = bytes.Replace(text, []byte(p.behind), []byte(p.behind+p.text), 1)
		}
		if err := o.show(filepath.Join("net", "http", name), text); err != nil {
			return err
		}
	}
	return nil
}
