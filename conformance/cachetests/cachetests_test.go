package main

import (
	"errors"
	"strings"
	"testing"
)

// TestSuitePasses plays the whole suite: no required or optional test fails but
// those that reasons.go excuses, and each of those does.
func TestSuitePasses(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute of real time")
	}
	s, err := install(t.Context(), t.TempDir())
	if errors.Is(err, errMissing) {
		t.Skip("needs node, npm and its registry: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	origin, stop, err := s.serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	all, err := s.play(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range all.open() {
		t.Error(open)
	}
	for _, needless := range all.needless() {
		t.Errorf("%s passes: its reason must go", needless)
	}
	for _, kind := range []string{"required", "optimal"} {
		columns := all.columns()
		ours := len(all.list(columns[0], kind, pass))
		for _, browser := range columns[2:] {
			if theirs := len(all.list(browser, kind, pass)); theirs > ours {
				t.Errorf("%s: %d pass, of %s %d", kind, ours, browser.name, theirs)
			}
		}
	}
}

func sample() *results {
	return &results{
		tests: []test{
			{ID: "a", Kind: "required", Browsers: map[string]string{"chrome": "pass"}},
			{ID: "b", Kind: "required", DependsOn: []string{"a"}},
			{ID: "c", Kind: "optimal", DependsOn: []string{"b"}},
			{ID: "x-shared", Kind: "required", BrowserSkip: true},
			{ID: "only", Kind: "required", BrowserOnly: true},
			{ID: "s", Kind: "required", Suite: "surrogate-control"},
			{ID: "vary-normalise-lang-order", Kind: "optimal"},
			{ID: "q", Kind: "check", Name: "Does it?"},
		},
		private: outcomes{"a": "", "b": "Assertion: no", "c": "", "x-shared": "Assertion: no", "only": "", "s": "Setup: no", "vary-normalise-lang-order": "Assertion: no", "q": "Assertion: no"},
		shared:  outcomes{"a": "", "b": "", "c": "", "x-shared": "", "s": "Setup: no", "vary-normalise-lang-order": "", "q": ""},
	}
}

func TestReportJudgesAsTheSuiteDoes(t *testing.T) {
	text := report(sample())
	for _, want := range []string{
		"| required | private | 2 | 1 | 0 | 0 |",
		"| required | shared | 3 | 0 | 0 | 0 |",
		"| required | chrome | 1 | 0 | 0 | 2 |",
		"| optimal | private | 0 | 1 | 1 | 0 |",
		"## Open\n\n- `b` (required, private): Assertion: no\n\n##",
		"## Not against us\n\n- `vary-normalise-lang-order` (optimal, fail): servers take",
		"must go\n\n- `vary-normalise-lang-order` (shared)\n",
		"- `q`: Does it? **no**\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestOutcomesAreRead(t *testing.T) {
	got := outcomes{}
	if err := got.read([]byte(`{"a": true, "b": ["Setup", "retry"]}`)); err != nil || got["a"] != "" || got["b"] != "Setup: retry" || len(got) != 2 {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", "Running undefined", `{"a": 1}`} {
		if err := (outcomes{}).read([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
