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

// TestEachRuleOfTheTablesIsHeld checks that what the tables of the RFCs name
// exists, and that each row names something or says why it does not; and that each
// test whose name has the number of an RFC stands in its table.
func TestEachRuleOfTheTablesIsHeld(t *testing.T) {
	known := testNames(t)
	vectors, err := vector.LoadClients("testdata/client_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	cookies, err := vector.LoadCookies("testdata/cookies.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		known[v.ID] = true
	}
	for _, c := range cookies {
		known[c.ID] = true
	}
	for rfc, least := range map[string]int{"RFC6265bis": 40, "RFC9110": 100, "RFC9111": 55, "RFC9112": 65} {
		t.Run(rfc, func(t *testing.T) {
			text, err := os.ReadFile(rfc + ".md")
			if err != nil {
				t.Fatal(err)
			}
			table := string(text)
			if rows := checkRows(t, table, known); rows < least {
				t.Errorf("found %d rows only", rows)
			}
			for name := range known {
				if strings.HasPrefix(name, "TestClient"+rfc) && !strings.Contains(table, "`"+name+"`") {
					t.Errorf("%s is not in the table", name)
				}
			}
		})
	}
}

// checkRows gives the number of a table's rows.
func checkRows(t *testing.T, table string, known map[string]bool) (rows int) {
	for line := range strings.Lines(table) {
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
	return rows
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
