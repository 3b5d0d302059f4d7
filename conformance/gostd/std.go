package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// std is the standard library of the installed Go.
type std struct {
	version string // "go1.26.1"
	src     string // GOROOT/src
}

func findStd(ctx context.Context) (std, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOROOT").Output()
	if err != nil {
		return std{}, fmt.Errorf("go env: %w", err)
	}
	version, root, ok := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if !ok {
		return std{}, fmt.Errorf("go env: got %q", out)
	}
	return std{version, filepath.Join(root, "src")}, nil
}

// http gives the path of a file of net/http.
func (s std) http(name string) string { return filepath.Join(s.src, "net", "http", name) }

// testFiles hold the tests of the client, and those of both sides together.
var testFiles = []string{
	"client_test.go", "clientserver_test.go", "transport_test.go", "serve_test.go",
	"clientconn_test.go", "responsecontroller_test.go", "fs_test.go",
}

// stdTest is one test of net/http, or a listed subtest ("TestX/h1/name").
type stdTest struct{ file, name string }

// listed tells whether the test is expected to fail.
func (t stdTest) listed() bool { return reasons[t.name] != "" }

// part tells whether it is a subtest.
func (t stdTest) part() bool { return strings.Contains(t.name, "/") }

// listedParts gives the listed subtests of a test, in the order of their names.
func listedParts(test string) []string {
	var parts []string
	for name := range reasons {
		if strings.HasPrefix(name, test+"/") {
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	return parts
}

// tests lists the tests whose names match, in the order of the files, each with
// its listed subtests behind it.
func (s std) tests(pattern *regexp.Regexp) ([]stdTest, error) {
	var tests []stdTest
	for _, file := range testFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), s.http(file), nil, parser.SkipObjectResolution)
		if os.IsNotExist(err) {
			continue // not in this version of Go
		}
		if err != nil {
			return nil, err
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" && pattern.MatchString(f.Name.Name) {
				tests = append(tests, stdTest{file, f.Name.Name})
				for _, part := range listedParts(f.Name.Name) {
					tests = append(tests, stdTest{file, part})
				}
			}
		}
	}
	if len(tests) == 0 {
		return nil, fmt.Errorf("no test of net/http matches %s", pattern)
	}
	return tests, nil
}
