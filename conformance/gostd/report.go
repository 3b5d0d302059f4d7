package main

import (
	"fmt"
	"regexp"
	"strings"
)

// report renders the results in Markdown.
func report(s std, results []result) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Go's own client tests over our connector

%s, the tests of net/http in their HTTP/1 modes, each in a process of its own,
with connector.Connector in the place of http.Transport. To repeat, in
the folder above this one:

    go run ./gostd -o gostd/RESULTS.md
    go run ./gostd -run '^TestName$' -v

*Through us* are the tests that sent at least one request through the connector;
the others make a Transport of their own or need no client, and say nothing about
us. *Needs \*Transport* are those that look inside of one.

`, s.version)
	b.WriteString(table(results))
	b.WriteString("\n## Open\n\n")
	list(&b, results, func(r result) string {
		if reasons[r.test.name] == "" && r.ours() && r.verdict.bad() {
			return string(r.verdict) + ": " + firstComplaint(r.output)
		}
		return ""
	})
	b.WriteString("\n## Not against us\n\n")
	list(&b, results, func(r result) string {
		if r.verdict.bad() && r.ours() {
			return reasons[r.test.name]
		}
		return ""
	})
	b.WriteString("\n## Passing, so that its reason in reasons.go must go\n\n")
	list(&b, results, func(r result) string {
		if r.verdict == passed {
			return reasons[r.test.name]
		}
		return ""
	})
	return b.String()
}

// list writes a line for each result that has something to be said about.
func list(b *strings.Builder, results []result, say func(result) string) {
	none := true
	for _, r := range results {
		if text := say(r); text != "" {
			fmt.Fprintf(b, "- `%s` (%s): %s\n", r.test.name, r.test.file, text)
			none = false
		}
	}
	if none {
		b.WriteString("None.\n")
	}
}

// ours tells whether the test sent a request through the connector.
func (r result) ours() bool { return r.roundTrips > 0 }

// table counts by file.
func table(results []result) string {
	type counts struct {
		through, elsewhere int
		by                 map[verdict]int
	}
	all := counts{by: map[verdict]int{}}
	files := map[string]*counts{}
	for _, r := range results {
		c := files[r.test.file]
		if c == nil {
			c = &counts{by: map[verdict]int{}}
			files[r.test.file] = c
		}
		for _, c := range []*counts{c, &all} {
			switch {
			case r.verdict == needsTransport:
				c.by[r.verdict]++
			case r.roundTrips == 0:
				c.elsewhere++
			default:
				c.through++
				c.by[r.verdict]++
			}
		}
	}
	var b strings.Builder
	b.WriteString("| file | through us | pass | fail | panic | timeout | skip | needs \\*Transport | not through us |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	line := func(name string, c *counts) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, c.through, c.by[passed],
			c.by[failed], c.by[panicked], c.by[timedOut], c.by[skipped], c.by[needsTransport], c.elsewhere)
	}
	for _, file := range testFiles {
		if c := files[file]; c != nil {
			line(file, c)
		}
	}
	line("**all**", &all)
	return b.String()
}

var complaint = regexp.MustCompile(`(?m)^\s*(\w+_test\.go:\d+: .*|panic: .*)$`)

// firstComplaint gives the first line in which a test says what is wrong.
func firstComplaint(output string) string {
	const most = 200
	m := complaint.FindStringSubmatch(output)
	if m == nil {
		return "no message"
	}
	text := strings.ReplaceAll(m[1], "|", "\\|")
	if len(text) > most {
		text = text[:most] + " ..."
	}
	return "`" + strings.ReplaceAll(text, "`", "'") + "`"
}
