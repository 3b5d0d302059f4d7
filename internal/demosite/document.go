package demosite

import (
	"fmt"
	"strings"
	"time"
)

// What a generator of [seed] is for.
const (
	forHead uint64 = iota + 1
	forText
	forSize
)

// document is the head of a page: all that the index needs.
type document struct {
	Number  int
	Title   string
	Authors []string
	Status  string
	Type    string
	Created time.Time
	Version string // of the language; empty unless Type is Standards Track
}

// newDocument makes up the document of a number.
func newDocument(number int) document {
	r := seed(number, forHead)
	d := document{Number: number, Title: title(&r)}
	for range pick(&r, []int{1, 1, 1, 2, 2, 3}) {
		d.Authors = append(d.Authors, pick(&r, givenNames)+" "+pick(&r, familyNames))
	}
	switch {
	case number < 100 || number >= 8000:
		d.Type, d.Status = "Process", pick(&r, []string{"Active", "Active", "Final", "Withdrawn"})
	case r.below(5) == 0:
		d.Type, d.Status = "Informational", pick(&r, []string{"Active", "Final", "Superseded", "Withdrawn"})
	default:
		d.Type = "Standards Track"
		d.Status = pick(&r, []string{"Final", "Final", "Final", "Accepted", "Deferred", "Draft", "Rejected", "Withdrawn"})
		d.Version = fmt.Sprintf("%d.%d", 2+r.below(2), r.between(4, 14))
	}
	start := time.Date(2001, time.March, 5, 9, 0, 0, 0, time.UTC)
	d.Created = start.AddDate(0, 0, r.below(18*365))
	return d
}

// title returns a few words in title case.
func title(r *random) string {
	noun, other, adjective := pick(r, nouns), pick(r, nouns), capital(pick(r, adjectives))
	switch r.below(4) {
	case 0:
		return fmt.Sprintf("%s %s %ss", pick(r, gerunds), adjective, capital(noun))
	case 1:
		return fmt.Sprintf("%s %ss for the %s", adjective, capital(noun), capital(other))
	case 2:
		return fmt.Sprintf("The %s %s", adjective, capital(noun))
	default:
		return fmt.Sprintf("%s %ss of the %s %s", pick(r, gerunds), capital(noun), adjective, capital(other))
	}
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// path returns where the document is.
func (d document) path() string { return pagePath(d.Number) }

func pagePath(number int) string { return fmt.Sprintf("/pep-%04d/", number) }

// oldPath returns where an older site had it.
func (d document) oldPath() string { return fmt.Sprintf("/dev/peps/pep-%04d/", d.Number) }

// size returns how long the page of a document shall be, in bytes.
func (d document) size() int {
	r := seed(d.Number, forSize)
	return pageSizes.draw(r.next())
}
