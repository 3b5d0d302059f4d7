package play

import (
	"fmt"
	"strings"
)

// Table counts outcomes by category. The zero value is empty. It is not safe for
// concurrent use.
type Table struct {
	order []string
	rows  map[string]*row
}

// row is what a table counts in one category.
type row struct {
	count    [Fail + 1]int
	excluded int // of those that do not pass
	choices  int // where the rule leaves a choice
	hardened int // of those, taken as the vector prefers
}

// Add counts an outcome; prefer is the hardened choice, accept or reject, and
// empty where there is none. excluded tells that it is known not to pass.
func (t *Table) Add(category string, o Outcome, prefer string, excluded bool) {
	if t.rows == nil {
		t.rows = map[string]*row{}
	}
	r := t.rows[category]
	if r == nil {
		r = &row{}
		t.rows[category] = r
		t.order = append(t.order, category)
	}
	r.count[o.Verdict]++
	if excluded {
		r.excluded++
	}
	if prefer != "" {
		r.choices++
		if o.Hardened(prefer) {
			r.hardened++
		}
	}
}

// Played is the number of outcomes.
func (t *Table) Played() int { return t.total().played() }

func (t *Table) total() row {
	var sum row
	for _, r := range t.rows {
		for v := range r.count {
			sum.count[v] += r.count[v]
		}
		sum.excluded += r.excluded
		sum.choices += r.choices
		sum.hardened += r.hardened
	}
	return sum
}

func (r row) played() int { return r.count[Pass] + r.count[Weak] + r.count[Fail] }

// String gives the table in Markdown, in the order in which the categories came.
func (t *Table) String() string {
	var b strings.Builder
	b.WriteString("| category | vectors | pass | weak | fail | of these excluded | hardened, where there is a choice |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|\n")
	line := func(name string, r row) {
		hardened := ""
		if r.choices > 0 {
			hardened = fmt.Sprintf("%d of %d", r.hardened, r.choices)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %s |\n", name,
			r.played(), r.count[Pass], r.count[Weak], r.count[Fail], r.excluded, hardened)
	}
	for _, name := range t.order {
		line(name, *t.rows[name])
	}
	line("**all**", t.total())
	return b.String()
}
