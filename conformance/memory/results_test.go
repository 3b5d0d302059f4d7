//go:build linux

package memory_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

const resultsFile = "RESULTS.md"

// results is a table of what was measured, in the order of the cases.
type results struct {
	title string
	count bool // tasks passed, not MiB
	rows  []measured
}

// measured is a case and what it took.
type measured struct {
	name       string
	passed     int64 // bytes of bodies
	peak, most int64
	end        string // the error that ended it, where there was one
}

// tables are those of all tests of this run, which come one after the other.
var tables []*results

func newResults(title string) *results {
	r := &results{title: title}
	tables = append(tables, r)
	return r
}

func (r *results) add(m measured) { r.rows = append(r.rows, m) }

// writeResults writes the file.
func writeResults() error {
	var b strings.Builder
	fmt.Fprintf(&b, `# What the client holds in memory

Written by the tests that it describes. To repeat, in the folder above:

    go test ./memory -mib %d -update -timeout 20m

Each row is a process of its own with the client alone; *peak* is the most that it
had in memory (VmHWM), the program itself and the runtime of Go included, and
*limit* is above what the test fails. Large bodies are of %d MiB, or an eighth of it
where less will do. Sizes are in MiB, on %s with %d processors.
`, *mebibytes, *mebibytes, runtime.Version(), runtime.NumCPU())
	for _, r := range tables {
		fmt.Fprintf(&b, "\n## %s\n\n| case | passed | peak | limit | ended by |\n|---|--:|--:|--:|---|\n", r.title)
		for _, m := range r.rows {
			_, cause, _ := strings.Cut(m.end, ": ") // behind the address
			passed := mib(m.passed)
			if r.count {
				passed = fmt.Sprint(m.passed)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", m.name, passed, mib(m.peak), mib(m.most), cause)
		}
	}
	return os.WriteFile(resultsFile, []byte(b.String()), 0o644)
}
