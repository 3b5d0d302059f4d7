package demosite

import (
	"strconv"
	"strings"
)

// dateFormat is how the real site writes a date.
const dateFormat = "02-Jan-2006"

// section is a heading that documents have.
type section struct {
	title, id string
	parts     int  // its share of the text
	technical bool // has listings and subsections
}

// sections are in the order of a page. A short page has the first few.
var sections = []section{
	{"Abstract", "abstract", 1, false},
	{"Motivation", "motivation", 2, false},
	{"Specification", "specification", 6, true},
	{"Rationale", "rationale", 3, false},
	{"Backwards Compatibility", "backwards-compatibility", 1, false},
	{"Reference Implementation", "reference-implementation", 2, true},
	{"Rejected Ideas", "rejected-ideas", 3, false},
	{"Security Implications", "security-implications", 1, false},
	{"How to Teach This", "how-to-teach-this", 1, false},
	{"Open Issues", "open-issues", 1, false},
}

const (
	// sectionBytes is how much text makes a further section worth its heading.
	sectionBytes = 1_400
	// slack is the most that a page grows over its size by the last paragraph.
	slack = 4 << 10
)

// style is shared by all pages and part of each, so that a page looks the same
// when it is opened from a disk.
const style = `<style>
:root { color-scheme: light dark; --text: #1f2630; --soft: #5b6573; --line: #dfe4ea; --page: #fff; --mark: #f4f6f9; --link: #0b5cad }
@media (prefers-color-scheme: dark) {
  :root { --text: #dfe4ec; --soft: #98a2b0; --line: #303844; --page: #14181f; --mark: #1d232c; --link: #79b4f2 }
}
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1.25rem 4rem; color: var(--text); background: var(--page); font: 17px/1.6 Georgia, serif }
header, footer, nav, dl, table, h1, h2, h3 { font-family: system-ui, sans-serif }
header, footer { color: var(--soft); font-size: .85rem }
h1 { line-height: 1.25; margin: 1rem 0 1.25rem }
h2 { margin-top: 2.25rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line) }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .3rem 1rem; padding: 1rem; background: var(--mark); font-size: .9rem }
dt { font-weight: 600 } dd { margin: 0 }
table { width: 100%; border-collapse: collapse; font-size: .9rem }
td, th { padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
pre { padding: .8rem 1rem; overflow-x: auto; background: var(--mark); font: .85rem/1.5 ui-monospace, monospace }
a { color: var(--link) } footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line) }
</style>
`

// render makes the page of d, which may link to the documents of numbers.
func render(d document, numbers []int) []byte {
	size := d.size()
	w := &writer{
		buf:     make([]byte, 0, size+slack),
		random:  seed(d.Number, forText),
		numbers: numbers,
	}
	// The foot is as long for every page, but for the digits of its number.
	foot := footer(d)
	list := sections[:min(max((size-len(style))/sectionBytes, 2), len(sections))]
	w.head(d, list)

	parts := 0
	for _, s := range list {
		parts += s.parts
	}
	start, room, done := len(w.buf), size-len(w.buf)-len(foot), 0
	for _, s := range list {
		w.add(`<section id="`, s.id, `">`, "\n<h2>", s.title, "</h2>\n")
		done += s.parts
		w.paragraph()
		for end := start + room*done/parts; len(w.buf) < end; {
			w.block(s.technical)
		}
		w.add("</section>\n")
	}
	w.add(foot)
	return w.buf
}

// head appends everything before the first section.
func (w *writer) head(d document, list []section) {
	number := strconv.Itoa(d.Number)
	heading := "PEP " + number + " – " + d.Title
	w.add(pageStart(heading), `<header><a href="/">Index</a> » PEP `, number, "</header>\n<h1>", heading, "</h1>\n<dl>\n")
	field := func(name, value string) {
		if value != "" {
			w.add("<dt>", name, "</dt><dd>", value, "</dd>\n")
		}
	}
	field("Author", strings.Join(d.Authors, ", "))
	field("Status", d.Status)
	field("Type", d.Type)
	field("Created", d.Created.Format(dateFormat))
	field("Python-Version", d.Version)
	w.add("</dl>\n<nav><h2>Contents</h2>\n<ul>\n")
	for _, s := range list {
		w.add(`<li><a href="#`, s.id, `">`, s.title, "</a></li>\n")
	}
	w.add("</ul></nav>\n")
}

// pageStart returns the beginning of any page of the site.
func pageStart(title string) string {
	return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<title>" + title + "</title>\n" + style
}

func footer(d document) string {
	return "<footer>This text is invented. It was generated from the number " + strconv.Itoa(d.Number) +
		" to have something to download, and says nothing of the real document.</footer>\n</html>\n"
}
