package main

import (
	"fmt"
	"strings"
)

// verdict is what the suite's own table would show.
type verdict string

const (
	pass      verdict = "pass"
	fail      verdict = "fail"
	unjudged  verdict = "not judged" // a test that it depends on fails
	untested  verdict = "-"
	otherKind verdict = "not for it" // not for this kind of cache
)

// column is one cache of the table.
type column struct {
	name    string
	outcome func(t test) (complaint string, tested bool)
	applies func(t test) bool
}

func (r *results) columns() []column {
	ours := func(o outcomes) func(test) (string, bool) {
		return func(t test) (string, bool) {
			complaint, ok := o[t.ID]
			return complaint, ok
		}
	}
	columns := []column{
		{"private", ours(r.private), func(t test) bool { return !t.surrogate() && !t.sharedOnly() }},
		{"shared", ours(r.shared), func(t test) bool { return !t.surrogate() && !t.BrowserOnly }},
	}
	for _, name := range []string{"chrome", "firefox", "safari"} {
		columns = append(columns, column{name, func(t test) (string, bool) {
			if t.Browsers[name] == "fail" {
				return "fails", true
			}
			return "", t.Browsers[name] != ""
		}, func(t test) bool { return !t.surrogate() && !t.sharedOnly() }})
	}
	return columns
}

// judge gives the verdict on a test.
func (c column) judge(t test, byID map[string]test) verdict {
	complaint, tested := c.outcome(t)
	switch {
	case !c.applies(t):
		return otherKind
	case !tested:
		return untested
	}
	for _, id := range t.DependsOn {
		if c.judge(byID[id], byID) != pass {
			return unjudged
		}
	}
	if complaint != "" {
		return fail
	}
	return pass
}

// misses lists the tests of a kind on which a column has a verdict.
func (r *results) list(c column, kind string, v verdict) []test {
	byID := map[string]test{}
	for _, t := range r.tests {
		byID[t.ID] = t
	}
	var found []test
	for _, t := range r.tests {
		if t.Kind == kind && c.judge(t, byID) == v {
			found = append(found, t)
		}
	}
	return found
}

// open lists the required and optional tests that a cache of ours fails for no
// known reason.
func (r *results) open() []string {
	var found []string
	for _, c := range r.columns()[:2] {
		for _, kind := range []string{"required", "optimal"} {
			for _, t := range r.list(c, kind, fail) {
				if reasons[t.ID] == "" {
					complaint, _ := c.outcome(t)
					found = append(found, fmt.Sprintf("`%s` (%s, %s): %s", t.ID, kind, c.name, complaint))
				}
			}
		}
	}
	return found
}

// needless lists the reasons of tests that pass.
func (r *results) needless() []string {
	var found []string
	for _, c := range r.columns()[:2] {
		for _, t := range append(r.list(c, "required", pass), r.list(c, "optimal", pass)...) {
			if reasons[t.ID] != "" {
				found = append(found, "`"+t.ID+"` ("+c.name+")")
			}
		}
	}
	return found
}

// report renders the results in Markdown.
func report(r *results) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# The suite for HTTP caches

http-cache-tests %s, the suite of cache-tests.fyi, against package cache behind a
proxy that does nothing else, with connector.Connector below. To repeat, in the
folder above this one:

    go run ./cachetests -o cachetests/RESULTS.md
    go run ./cachetests -id freshness-max-age

*private* is the cache as a client has it, in memory; *shared* is one with
Options.Shared, in a folder. The browsers' columns are those that the suite comes
with. A test is *not judged* where
one that it depends on fails, as on cache-tests.fyi. Left out are the %d tests of
Surrogate-Control, which is for a CDN, and for private caches the %d of what only
shared ones must do.

`, version, r.count(test.surrogate), r.count(test.sharedOnly))
	r.table(&b)
	section(&b, "Open", r.open())
	section(&b, "Not against us", r.explained())
	section(&b, "Passing, so that its reason in reasons.go must go", r.needless())
	section(&b, "What the cache does where the suite only asks", r.checks())
	return b.String()
}

func (r *results) count(of func(test) bool) (n int) {
	for _, t := range r.tests {
		if of(t) {
			n++
		}
	}
	return n
}

func (r *results) table(b *strings.Builder) {
	b.WriteString("| kind | cache | pass | fail | not judged | not run |\n|---|---|--:|--:|--:|--:|\n")
	for _, kind := range []string{"required", "optimal", "check"} {
		for _, c := range r.columns() {
			fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d |\n", kind, c.name,
				len(r.list(c, kind, pass)), len(r.list(c, kind, fail)), len(r.list(c, kind, unjudged)), len(r.list(c, kind, untested)))
		}
	}
	b.WriteString("\nOf a *check*, pass means yes and fail no: neither is right or wrong.\n")
}

// explained lists what does not pass, or would not, for a known reason.
func (r *results) explained() []string {
	var found []string
	seen := map[string]bool{}
	for _, v := range []verdict{fail, unjudged} {
		for _, c := range r.columns()[:2] {
			for _, kind := range []string{"required", "optimal"} {
				for _, t := range r.list(c, kind, v) {
					if reasons[t.ID] != "" && !seen[t.ID] {
						seen[t.ID] = true
						found = append(found, fmt.Sprintf("`%s` (%s, %s): %s", t.ID, kind, v, reasons[t.ID]))
					}
				}
			}
		}
	}
	return found
}

// checks lists the answers of the private cache, and how many browsers give the
// same.
func (r *results) checks() []string {
	columns := r.columns()
	byID := map[string]test{}
	for _, t := range r.tests {
		byID[t.ID] = t
	}
	var found []string
	for _, t := range r.tests {
		v := columns[0].judge(t, byID)
		if t.Kind != "check" || v != pass && v != fail {
			continue
		}
		var browsers []string
		for _, c := range columns[2:] {
			if c.judge(t, byID) == v {
				browsers = append(browsers, c.name)
			}
		}
		like := ""
		if len(browsers) > 0 {
			like = ", like " + strings.Join(browsers, ", ")
		}
		answer := map[verdict]string{pass: "yes", fail: "no"}[v]
		found = append(found, fmt.Sprintf("`%s`: %s **%s**%s", t.ID, strings.ReplaceAll(t.Name, "\n", " "), answer, like))
	}
	return found
}

func section(b *strings.Builder, title string, lines []string) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, line := range lines {
		b.WriteString("- " + line + "\n")
	}
	if len(lines) == 0 {
		b.WriteString("None.\n")
	}
}
