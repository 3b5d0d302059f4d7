package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// vocabulary is what stands in docs/from-python.md without being declared there.
const vocabulary = `package place

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"syscall"

	"` + module + `"
	"` + module + `/aio"
	"` + module + `/auth"
	"` + module + `/connector"
	"` + module + `/cookie"
	"` + module + `/form"
	"` + module + `/sse"
	"` + module + `/tracing"
	"` + module + `/trust"
)

type T struct{}

var (
	ctx      context.Context
	err      error
	session  *aiohttp.Session
	resp     *aiohttp.Response
	jar      *cookie.Jar
	e        *aiohttp.Error
	status   *aiohttp.StatusError
	bad      *trust.CertificateError
	shake    *trust.HandshakeError
	refusal  *connector.ProxyError
	dns      *net.DNSError
	errno    syscall.Errno
	urlError *url.Error
	buf      []byte
	path     string
	name     string
	rel      string
	host     string
	u        *url.URL
	match    func(cookie.Cookie) bool
	v        T
)

func here() {}
`

// members are what the names without a package belong to, in each section of
// docs/from-python.md; a name with a type in front of it ("Options.Jar") may belong
// to a package.
var members = map[string][]string{
	"## ClientSession":                             {"session", "aiohttp"},
	"## request":                                   {"aiohttp.Request"},
	"## ClientResponse":                            {"resp"},
	"## Connectors":                                {"connector.Options", "connector.Connector"},
	"## Cookies":                                   {"cookie.Options", "jar"},
	"## Forms and multipart":                       {"form.Form"},
	"## Time-outs":                                 {"connector"},
	"## Tracing":                                   {"tracing.Trace", "tracing"},
	"## Where the two differ":                      {"resp", "aiohttp.Request"},
	"## The public names":                          nil,
	"## The body as a stream":                      nil,
	"## What a request does by itself":             nil,
	"## The parser":                                nil,
	"## Middleware and credentials":                nil,
	"## The programs of aiohttp's examples folder": nil,
	"## WebSocket":                                 nil,
	"## Errors":                                    nil,
}

// noGo are the words of the document that are set like Go and are none.
var noGo = []string{"<", ">", "&"}

// mapping is a row of the document's tables.
type mapping struct {
	line    int
	section string
	cells   []string // aiohttp, here, remark, see; without see in the table of errors
}

// mappings reads the tables.
func mappings(t *testing.T) (all []mapping) {
	t.Helper()
	section := ""
	for n, line := range strings.Split(guide(t, "from-python.md"), "\n") {
		if strings.HasPrefix(line, "## ") {
			section = line
		}
		inner, ok := strings.CutPrefix(line, "| ")
		if !ok {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(inner, "|"), " |")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[1] != "here" {
			all = append(all, mapping{n + 1, section, cells})
		}
	}
	if len(all) < 250 {
		t.Fatalf("%d rows were found", len(all))
	}
	return all
}

var span = regexp.MustCompile("`([^`]+)`")

// spans gives what a cell has between backticks.
func spans(cell string) (all []string) {
	for _, m := range span.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// goes reports whether a word of a section has a meaning in Go.
func goes(p *place, section, text string) bool {
	text = strings.TrimPrefix(text, "defer ")
	if strings.HasPrefix(text, "*") { // a type
		text = "new(" + text[1:] + ")"
	}
	if p.resolves(text) || p.resolves("aiohttp."+text) && regexp.MustCompile(`^(Options|Request)\.`).MatchString(text) {
		return true
	}
	for _, of := range members[section] {
		if _, _, typed := strings.Cut(of, "."); typed {
			if _, after, _ := strings.Cut(text, "."); after == "" && p.resolves("(*new("+of+"))."+text) {
				return true
			}
		} else if p.resolves(of + "." + text) {
			return true
		}
	}
	return false
}

// Each word of Go in docs/from-python.md is there: package, type, field, method and
// function, in the place that the section says.
func TestHousePythonGuideNamesWhatIsThere(t *testing.T) {
	p := theUniverse().newPlace(t, vocabulary)
	used := map[string]bool{}
	for _, row := range mappings(t) {
		if _, known := members[row.section]; !known {
			t.Fatalf("line %d: %s is not known to this test", row.line, row.section)
		}
		columns := row.cells[1:min(3, len(row.cells))]
		if row.section == "## Where the two differ" {
			columns = row.cells[1:3]
		}
		for _, cell := range columns {
			for _, text := range spans(cell) {
				if slices.Contains(noGo, text) {
					used[text] = true
				} else if !goes(p, row.section, text) {
					t.Errorf("line %d: there is no %s", row.line, text)
				}
			}
		}
	}
	for _, text := range noGo {
		if !used[text] {
			t.Errorf("%s stands nowhere", text)
		}
	}
}

// The test above finds what is not there.
func TestHousePythonGuideFindsWhatIsNot(t *testing.T) {
	p := theUniverse().newPlace(t, vocabulary)
	for _, test := range []struct {
		section, text string
		want          bool
	}{
		{"## ClientSession", "Options.BaseURL", true},
		{"## ClientSession", "Options.BaseURI", false},
		{"## ClientSession", "Get", true},
		{"## ClientSession", "Fetch", false},
		{"## ClientSession", "aiohttp.NoSuch", false},
		{"## ClientSession", "nowhere.Get", false},
		{"## request", "Query", true},
		{"## request", "Get", false},
		{"## request", "connector.Options.ProxyHeader", true},
		{"## request", "connector.Options.ProxyHeaders", false},
		{"## ClientResponse", "Header(name)", true},
		{"## ClientResponse", "Header(1)", false},
		{"## ClientResponse", "URL().Host", true},
		{"## ClientResponse", "aiohttp.JSON[T](resp)", true},
		{"## Connectors", "Close()", true},
		{"## Connectors", "MaxConns", true},
		{"## Connectors", "limit", false},
		{"## Errors", "e.Phase == connector.PhaseTLS", true},
		{"## Errors", "e.Phase == connector.PhaseSSL", false},
		{"## Errors", "*json.SyntaxError", true},
		{"## Errors", "*json.NoError", false},
		{"## Errors", "errors.As(err, &dns)", true},
		{"## Errors", "errors.As(err, &gone)", false},
		{"## The public names", "connector.new", false},
		{"## The public names", "tracing.RequestStart", true},
	} {
		if got := goes(p, test.section, test.text); got != test.want {
			t.Errorf("%s: %s: %v", test.section, test.text, got)
		}
	}
}

// A row leads somewhere: to names of ours and to what can be run, unless it says that
// nothing is needed, or that it is to come. What can be run is there, and has in it
// what the row is about.
func TestHousePythonGuideLeadsToWhatCanBeRun(t *testing.T) {
	bodies := exampleBodies(t)
	known := map[string]map[string]string{}
	for _, row := range mappings(t) {
		if row.section == "## Errors" || row.section == "## Where the two differ" {
			continue // aiohttp.TestErrorHierarchy and conformance/python see to them
		}
		if len(row.cells) != 4 {
			t.Errorf("line %d: %d columns", row.line, len(row.cells))
			continue
		}
		ours, see := row.cells[1], spans(row.cells[3])
		if strings.HasPrefix(ours, "not needed") || strings.HasPrefix(ours, "**to come**") {
			for _, ref := range see {
				if found, ok := runnable(t, bodies, known, ref); !ok {
					t.Errorf("line %d: there is no %s", row.line, found)
				}
			}
			continue
		}
		if ours == "" || len(see) == 0 {
			t.Errorf("line %d leads nowhere", row.line)
		}
		text := ""
		for _, ref := range see {
			found, ok := runnable(t, bodies, known, ref)
			if !ok {
				t.Errorf("line %d: there is no %s", row.line, ref)
			}
			text += found + "\n"
		}
		if about := spans(ours); len(about) > 0 && !slices.ContainsFunc(about, func(name string) bool { return mentions(text, name) }) {
			t.Errorf("line %d: none of %v is in %v", row.line, about, see)
		}
	}
}

// runnable gives the text of an example, a program or a test.
func runnable(t *testing.T, bodies map[string]string, known map[string]map[string]string, ref string) (string, bool) {
	t.Helper()
	switch {
	case strings.HasPrefix(ref, "Example"):
		return bodies[ref], bodies[ref] != ""
	case strings.HasPrefix(ref, "examples/"):
		paths, _ := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(ref), "*.go"))
		text := ""
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text += string(content)
		}
		return text, text != ""
	}
	return testText(t, known, ref)
}

// mentions reports whether a text has the last name of a piece of Go in it.
func mentions(text, piece string) bool {
	piece, _, _ = strings.Cut(piece, "(")
	piece, _, _ = strings.Cut(piece, "[")
	piece = piece[strings.LastIndexByte(piece, '.')+1:]
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(piece) + `\b`).MatchString(text)
}
