package conformance_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aiohttp-go/aiohttp/conformance/vector"
)

var (
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	inCode   = regexp.MustCompile("`([^`]+)`")
	excuse   = regexp.MustCompile(`^(caller|cannot occur|not met)\b`)
)

// TestEachRuleOfTheTableIsHeld checks that what RFC9112.md names exists, and
// that each row names something or says why it does not.
func TestEachRuleOfTheTableIsHeld(t *testing.T) {
	table, err := os.ReadFile("RFC9112.md")
	if err != nil {
		t.Fatal(err)
	}
	known := testNames(t)
	vectors, err := vector.LoadClients("testdata/client_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		known[v.ID] = true
	}
	rows := 0
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], "---") || cells[1] == " § " {
			continue
		}
		rows++
		holders := strings.TrimSpace(cells[3])
		names := inCode.FindAllStringSubmatch(holders, -1)
		if len(names) == 0 && !excuse.MatchString(holders) {
			t.Errorf("§ %s: nothing holds it: %s", strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]))
		}
		for _, name := range names {
			if !known[name[1]] {
				t.Errorf("§ %s: there is no %s", strings.TrimSpace(cells[1]), name[1])
			}
		}
	}
	if rows < 90 {
		t.Errorf("found %d rows only", rows)
	}
	for name := range known {
		if strings.HasPrefix(name, "TestClientRFC") && !strings.Contains(string(table), "`"+name+"`") {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// testNames are those of all tests of the module above this one.
func testNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(source, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
