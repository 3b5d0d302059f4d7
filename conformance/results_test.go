package conformance_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const resultsFile = "RESULTS.md"

// checkResults holds RESULTS.md against what was just played, or writes it.
func checkResults(t *testing.T, suites []*suite) {
	want := results(suites)
	if *update {
		if err := os.WriteFile(resultsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(resultsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not of this run (go test . -update writes it; + is the file):\n%s", resultsFile, diff)
	}
}

func results(suites []*suite) string {
	var b strings.Builder
	b.WriteString(`# Conformance of the client

Written by the test that it describes. To repeat, in this folder:

    go test ./... -v      # plays everything, prints the tables and the exclusions
    go test . -update     # writes this file anew
    go test . -run 'TestConformance/session/at-once/sl-200'

A vector is *weak* when the client is safe but not as asked: it did not reuse a
connection, or gave up only at the deadline. Where the rule leaves a choice,
*hardened* counts how often the client took the safer one. Whatever does not pass
is excluded below, with the reason; the test fails otherwise.

Go's own tests of net/http over our connector: [gostd/RESULTS.md](gostd/RESULTS.md).
`)
	for _, s := range suites {
		fmt.Fprintf(&b, "\n## %s\n\n%s", s.title, &s.table)
		if len(s.excluded) > 0 {
			b.WriteString("\nExcluded:\n\n")
		}
		for _, id := range slices.Sorted(maps.Keys(s.excluded)) {
			fmt.Fprintf(&b, "- `%s`: %s\n", id, s.excluded[id])
		}
	}
	return b.String()
}
