package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exampleBodies gives the text of each Example function of the module, its lines
// without their margin.
func exampleBodies(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "example") || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, text, 0)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Example") {
				body := text[files.Position(f.Body.Pos()).Offset:files.Position(f.Body.End()).Offset]
				found[f.Name.Name] += withoutMargin(string(body))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withoutMargin takes the white space from both ends of each line, and blank lines
// out.
func withoutMargin(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// guide reads a document for those who come from elsewhere.
func guide(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each piece of Go that a guide shows is a part of an Example, so that it compiles
// and was run.
func TestHouseGuidesShowExamples(t *testing.T) {
	bodies := exampleBodies(t)
	for _, name := range []string{"from-python.md", "from-net-http.md"} {
		blocks := regexp.MustCompile("(?s)\n```go\n(.*?)\n```\n").FindAllStringSubmatch(guide(t, name), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows no Go", name)
		}
		for _, block := range blocks {
			want, shown := withoutMargin(block[1]), false
			for _, body := range bodies {
				shown = shown || strings.Contains(body, want)
			}
			if !shown {
				t.Errorf("%s: no Example has this in it:\n%s", name, block[1])
			}
		}
	}
}

// What a guide names as an example is there: an Example function, or a program.
func TestHouseGuidesNameExamples(t *testing.T) {
	bodies := exampleBodies(t)
	named := 0
	for _, name := range []string{"from-python.md", "from-net-http.md"} {
		text := guide(t, name)
		for _, ref := range regexp.MustCompile("`(Example[A-Za-z_]*)`").FindAllStringSubmatch(text, -1) {
			if named++; bodies[ref[1]] == "" {
				t.Errorf("%s: there is no %s", name, ref[1])
			}
		}
		for _, ref := range regexp.MustCompile("`(examples/[a-z0-9_]+)`").FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(ref[1]), "main.go")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			named++
		}
	}
	if named < 40 {
		t.Errorf("%d examples are named", named)
	}
}
