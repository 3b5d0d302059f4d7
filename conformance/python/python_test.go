package python

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/aiohttp-go/aiohttp/internal/testnet"
)

var update = flag.Bool("update", false, "write testdata/differences.txt anew")

func TestMain(m *testing.M) { testnet.Main(m) }

// release is the aiohttp whose differences are written down: Debian's.
const release = "3.8.4"

// programs are all of them.
func programs() []Program {
	return slices.Concat(ofURLs, ofHeads, ofBodies, ofMethods(), ofRedirects, ofCookies, ofContent, ofFailures)
}

// interpreter starts a Python that has aiohttp.
func interpreter(t *testing.T) *theirs {
	t.Helper()
	named := os.Getenv("ORACLE_AIOHTTP")
	var failed []string
	for _, name := range []string{cmp.Or(named, "/usr/bin/python3"), cmp.Or(named, "python3")} {
		p, err := start(name)
		if err == nil {
			t.Cleanup(func() {
				if err := p.close(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			return p
		}
		failed = append(failed, err.Error())
	}
	if named != "" {
		t.Fatalf("ORACLE_AIOHTTP: %s", failed[0])
	}
	t.Skipf("no Python here has aiohttp (apt-get install python3-aiohttp): %s", strings.Join(failed, "; "))
	return nil
}

// Both sides do the same, but where docs/from-python.md says why not.
func TestPythonAndOursDoTheSame(t *testing.T) {
	p := interpreter(t)
	t.Logf("aiohttp %s", p.Version)
	differing := documented(t)
	var all strings.Builder
	for _, program := range programs() {
		t.Run(program.Name, func(t *testing.T) {
			theirs := played(t, &program, p.play)
			ours := played(t, &program, func(s *stage) ([]Conclusion, error) { return playOurs(t.Context(), s) })
			alike(p, theirs.Concluded, ours.Concluded)
			diff := difference(t, theirs, ours)
			switch {
			case !differing[program.Name] && diff != "":
				t.Errorf("- aiohttp, + ours:\n%s", diff)
			case differing[program.Name] && diff == "" && p.Version == release:
				t.Error("both do the same; docs/from-python.md says that they differ")
			case diff != "":
				fmt.Fprintf(&all, "== %s\n%s", program.Name, diff)
			}
		})
	}
	if p.Version == release && !t.Failed() && strings.Count(all.String(), "== ") == len(differing) {
		checkDifferences(t, all.String())
	}
}

// checkDifferences holds the file of differences against what was just seen, or
// writes it.
func checkDifferences(t *testing.T, want string) {
	path := filepath.Join("testdata", "differences.txt")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not of this run (go test ./python -update writes it; + is the file):\n%s", path, diff)
	}
}

// documented gives the programs that docs/from-python.md names in its table of
// differences.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "from-python.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Where the two differ\n")
	section, _, _ = strings.Cut(section, "\n## ")
	names := map[string]bool{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSuffix(strings.TrimSpace(line), " |"), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 4 {
			continue
		}
		if strings.TrimSpace(cells[1]) == "" || strings.TrimSpace(cells[2]) == "" {
			t.Errorf("no reason: %s", line)
		}
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1) {
			if names[name[1]] {
				t.Errorf("%s stands there twice", name[1])
			}
			names[name[1]] = true
		}
	}
	return names
}

// What the document names as a program is one. This needs no Python.
func TestDocumentedDifferencesArePrograms(t *testing.T) {
	names := documented(t)
	if len(names) < 30 {
		t.Fatalf("%d programs are named", len(names))
	}
	for _, program := range programs() {
		delete(names, program.Name)
	}
	for name := range names {
		t.Errorf("there is no program %s", name)
	}
}

// performance is what became of a program.
type performance struct {
	Seen      []string
	Concluded []Conclusion
}

// difference gives the lines that one of two performances has and the other has
// not; "" when they are the same.
func difference(t *testing.T, theirs, ours performance) string {
	t.Helper()
	if reflect.DeepEqual(theirs, ours) {
		return ""
	}
	a, b := theirs.lines(t), ours.lines(t)
	var out strings.Builder
	for _, line := range a {
		if i := slices.Index(b, line); i >= 0 {
			b = slices.Delete(slices.Clone(b), i, i+1)
		} else {
			out.WriteString("- " + line + "\n")
		}
	}
	for _, line := range b {
		if i := slices.Index(a, line); i >= 0 {
			a = slices.Delete(slices.Clone(a), i, i+1)
		} else {
			out.WriteString("+ " + line + "\n")
		}
	}
	if out.Len() == 0 {
		return "the order of lines\n"
	}
	return out.String()
}

// lines writes a performance down. Octets that are no text are quoted.
func (p performance) lines(t *testing.T) (all []string) {
	t.Helper()
	for i, seen := range p.Seen {
		for line := range strings.Lines(seen) {
			all = append(all, fmt.Sprintf("request %d: %s", i+1, strings.Trim(fmt.Sprintf("%+q", strings.TrimSuffix(line, "\n")), `"`)))
		}
	}
	for i, c := range p.Concluded {
		parts := map[string]any{"status": c.Status, "reason": c.Reason, "url": c.URL, "method": c.Method, "type": c.Type,
			"history": c.History, "body": c.Body, "error": c.Error}
		if c.Error != nil {
			parts = map[string]any{"error": c.Error}
		}
		for _, name := range []string{"status", "reason", "url", "method", "type", "history", "body", "error"} {
			value, given := parts[name]
			if !given {
				continue
			}
			text, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("response %d: %s %s", i+1, name, text))
		}
	}
	return all
}

// played plays a program by one side.
func played(t *testing.T, program *Program, play func(*stage) ([]Conclusion, error)) performance {
	t.Helper()
	s, err := newStage(program)
	if err != nil {
		t.Fatal(err)
	}
	concluded, err := play(s)
	s.close()
	if err != nil {
		t.Fatal(err)
	}
	// What a client has is of its servers' ports as well.
	text, err := json.Marshal(concluded)
	if err != nil {
		t.Fatal(err)
	}
	concluded = nil
	if err := json.Unmarshal([]byte(s.back.Replace(string(text))), &concluded); err != nil {
		t.Fatal(err)
	}
	return performance{s.seen, concluded}
}

// alike makes errors of one kind equal: the first class of ours that this aiohttp
// has is the one to be compared.
func alike(p *theirs, theirs, ours []Conclusion) {
	for i := range min(len(theirs), len(ours)) {
		for j, class := range ours[i].Error {
			if p.known[class] || j == len(ours[i].Error)-1 {
				ours[i].Error = []string{class}
				break
			}
		}
		if len(theirs[i].Error) > 0 {
			theirs[i].Error = theirs[i].Error[:1]
		}
	}
}

// A program has a name of its own, and no two do the same.
func TestProgramsAreDistinct(t *testing.T) {
	all := programs()
	for i, a := range all {
		for _, b := range all[i+1:] {
			same := reflect.DeepEqual([]any{a.Session, a.Steps, a.Answers, a.Exact}, []any{b.Session, b.Steps, b.Answers, b.Exact})
			if a.Name == b.Name || same {
				t.Errorf("%s and %s", a.Name, b.Name)
			}
		}
	}
}
