package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// complaint is a row of docs/complaints.md that has tests.
type complaint struct {
	line  int
	where string // the ids, the first of which its tests bear
	tests []string
}

// complaints reads the tables of five columns.
func complaints(t *testing.T) []complaint {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "complaints.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []complaint
	for n, line := range strings.Split(string(text), "\n") {
		inner, ok := strings.CutPrefix(line, "| ")
		if !ok || strings.Contains(inner, "---") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(inner, " |"), " | ")
		if len(cells) != 5 || cells[4] == "test" {
			continue
		}
		row := complaint{line: n + 1, where: cells[1]}
		for ref := range strings.SplitSeq(cells[4], "<br>") {
			row.tests = append(row.tests, strings.Trim(ref, "`"))
		}
		rows = append(rows, row)
	}
	return rows
}

// testsOf gives the text of each test function of a folder, its comment
// included.
func testsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			from := f.Pos()
			if f.Doc != nil {
				from = f.Doc.Pos()
			}
			found[f.Name.Name] = string(text[files.Position(from).Offset:files.Position(f.End()).Offset])
		}
	}
	return found
}

// testText gives the text of a test that is named as documents do: "package.Test",
// or "package.Test/subtest".
func testText(t *testing.T, known map[string]map[string]string, ref string) (string, bool) {
	t.Helper()
	at := strings.LastIndex(ref, ".Test")
	if at < 0 {
		return "", false
	}
	dir, name := ref[:at], ref[at+1:]
	name, subtest, _ := strings.Cut(name, "/")
	if dir == "aiohttp" {
		dir = "."
	}
	if known[dir] == nil {
		known[dir] = testsOf(t, dir)
	}
	text, ok := known[dir][name]
	return text, ok && (subtest == "" || strings.Contains(text, strconv.Quote(subtest)))
}

func TestHouseComplaintsHaveTheirTests(t *testing.T) {
	rows := complaints(t)
	if len(rows) < 100 {
		t.Fatalf("%d rows were found", len(rows))
	}
	known := map[string]map[string]string{}
	for _, row := range rows {
		var texts strings.Builder
		for _, ref := range row.tests {
			text, ok := testText(t, known, ref)
			if !ok {
				t.Errorf("line %d: there is no test %s", row.line, ref)
				continue
			}
			texts.WriteString(text + "\n")
		}
		// In names there is "_" in the place of "-", or "-" in that of a blank.
		plain := strings.NewReplacer("_", "-", " ", "-")
		id, _, _ := strings.Cut(row.where, ",")
		id, _, _ = strings.Cut(id, ";")
		if !strings.Contains(plain.Replace(texts.String()), plain.Replace(id)) {
			t.Errorf("line %d: none of its tests bears the name %s", row.line, id)
		}
	}
}
