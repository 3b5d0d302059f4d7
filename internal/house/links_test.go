package house_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fenced   = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	linked   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headed   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noAnchor = regexp.MustCompile(`[^\w\- ]`)
)

// Each link from a document to another, to a heading of it, or to a picture leads
// somewhere.
func TestHouseLinksLeadSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	followed := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "node_modules" {
			return fs.SkipDir // what an oracle of conformance has installed
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, link := range linked.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(link[1], ":") {
				continue // elsewhere
			}
			followed++
			name, anchor, _ := strings.Cut(link[1], "#")
			target := path
			if name != "" {
				target = filepath.Join(filepath.Dir(path), filepath.FromSlash(name))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", path, err)
			} else if anchor != "" && !anchors(t, target)[anchor] {
				t.Errorf("%s: %s has no heading #%s", path, target, anchor)
			}
		}
		return nil
	})
	if err != nil || followed < 40 {
		t.Errorf("%d links, error %v", followed, err)
	}
}

// anchors gives the names by which the headings of a document are linked to.
func anchors(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, heading := range headed.FindAllStringSubmatch(string(text), -1) {
		found[strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-")] = true
	}
	return found
}

// The page of the examples lists each of them.
func TestHouseExamplesAreListed(t *testing.T) {
	dir := filepath.Join("..", "..", "examples")
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	programs, err := filepath.Glob(filepath.Join(dir, "*", "main.go"))
	if err != nil || len(programs) == 0 {
		t.Fatalf("%d programs, error %v", len(programs), err)
	}
	for _, program := range programs {
		if name := filepath.Base(filepath.Dir(program)); !strings.Contains(string(text), "["+name+"]("+name+"/main.go)") {
			t.Errorf("%s is not listed", name)
		}
	}
}
