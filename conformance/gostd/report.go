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
with connector.Connector in the place of every http.Transport's engine. To repeat,
in the folder above this one:

    go run ./gostd -o gostd/RESULTS.md
    go run ./gostd -run '^TestName$' -v

*Through us* are the tests that sent at least one request through the connector;
*listed* are those of them that do not pass, and *in part* those that pass but for
listed subtests: each is below with its reason. The run fails when another one
does not pass, and when a listed one does. *Left to the Transport* are those whose
every request needs what the connector does not do: HTTP/2 and registered
protocols, proxies, DialTLS. *Without a request* are tests of the server alone, of
functions, and those that skip themselves.

`, s.version)
	b.WriteString(table(results))
	b.WriteString("\n## Unexpected\n\n")
	list(&b, results, func(r result) string {
		switch {
		case r.asExpected():
			return ""
		case r.unreasonable:
			return "does not pass for the reason that is given: " + firstComplaint(r.output)
		case r.test.listed():
			return "passes, so that its reason must go: " + reasons[r.test.name]
		}
		return string(r.verdict) + ": " + firstComplaint(r.output)
	})
	b.WriteString("\n## Listed\n\n")
	list(&b, results, func(r result) string { return reasons[r.test.name] })
	b.WriteString("\n## Left to the Transport\n\n")
	list(&b, results, func(r result) string {
		if columnOf(r) != leftToTransport {
			return ""
		}
		return whyLeft(r.log)
	})
	return b.String()
}

// whyLeft says why the requests of a test were left to the Transport, by the
// octets that testdata/foreign.go has given them.
func whyLeft(log string) string {
	var why []string
	for _, w := range []struct{ octet, why string }{
		{"h", "HTTP/2, or a protocol of RegisterProtocol's: the connector speaks HTTP/1 only"},
		{"p", "a proxy, which the connector has no option for"},
		{"t", "DialTLS: the connector secures connections itself, by Options.TLS"},
	} {
		if strings.Contains(log, w.octet) {
			why = append(why, w.why)
		}
	}
	return strings.Join(why, "; ")
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

// column is what the table counts a test under.
type column int

const (
	inFull column = iota
	inPart
	isListed
	isUnexpected
	leftToTransport
	withoutRequest
	columns
)

func columnOf(r result) column {
	switch {
	case !r.asExpected():
		return isUnexpected
	case r.test.listed():
		return isListed
	case r.log == "":
		return withoutRequest
	case !r.ours():
		return leftToTransport
	case len(listedParts(r.test.name)) > 0:
		return inPart
	}
	return inFull
}

// table counts by file. Subtests are counted with their tests.
func table(results []result) string {
	all := &[columns]int{}
	files := map[string]*[columns]int{}
	for _, r := range results {
		if r.test.part() {
			continue
		}
		c := files[r.test.file]
		if c == nil {
			c = &[columns]int{}
			files[r.test.file] = c
		}
		c[columnOf(r)]++
		all[columnOf(r)]++
	}
	var b strings.Builder
	b.WriteString("| file | through us | pass | in part | listed | unexpected | left to the Transport | without a request |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	line := func(name string, c *[columns]int) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", name, c[inFull]+c[inPart]+c[isListed]+c[isUnexpected],
			c[inFull], c[inPart], c[isListed], c[isUnexpected], c[leftToTransport], c[withoutRequest])
	}
	for _, file := range testFiles {
		if c := files[file]; c != nil {
			line(file, c)
		}
	}
	line("**all**", all)
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
