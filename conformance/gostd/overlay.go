package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
func build(ctx context.Context, s std, dir string) (binary string, err error) {
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
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay="+listFile, "-o", binary, "net/http")
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

// settled stands in newClientServerTest where the Transport has its settings.
const settled = "\tfor _, f := range transportFuncs {\n\t\tf(cst.tr)\n\t}\n"

// patch makes net/http's tests use the adapter.
func (o *overlay) patch() error {
	const file = "clientserver_test.go"
	text, err := os.ReadFile(o.std.http(file))
	if err != nil {
		return err
	}
	imports := []byte("import (\n")
	if bytes.Count(text, []byte(settled)) != 1 || !bytes.Contains(text, imports) {
		return errors.New("newClientServerTest of net/http has changed: look at it, and at patch")
	}
	path := strings.Replace(adapterPath, modulePath, within, 1)
	text = bytes.Replace(text, imports, []byte("import (\n\t\""+path+"\"\n"), 1)
	text = bytes.Replace(text, []byte(settled), []byte(settled+
		"\tif mode == http1Mode || mode == https1Mode {\n\t\tcst.c.Transport = adapter.New(cst.tr)\n\t}\n"), 1)
	return o.show(filepath.Join("net", "http", file), text)
}
