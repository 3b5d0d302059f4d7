package recording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MissError is the error of a request that a recording has no answer to.
type MissError struct {
	// Path is that of the file.
	Path string

	// Method and URL are what was asked for, secrets masked.
	Method, URL string

	// Nearest are up to three exchanges of the file, the most similar first:
	// "GET https://a.test/ (line 3)", or "(line 3, used)" for one that matches no
	// more because it has answered.
	Nearest []string
}

// Error gives all of it in one line.
func (e *MissError) Error() string {
	text := fmt.Sprintf("recording %s has no answer to %s %s", e.Path, e.Method, e.URL)
	if len(e.Nearest) == 0 {
		return text + ": it is empty"
	}
	return text + "; the nearest: " + strings.Join(e.Nearest, ", ")
}

// mostNear is how many exchanges a MissError names.
const mostNear = 3

// miss makes the error of a request. It is called with mu held.
func (t *Tape) miss(asked Request) error {
	type near struct {
		*known
		distance int
	}
	var all []near
	for _, k := range t.known {
		d := distance(asked.Method, k.asked.Method) + distance(asked.URL, k.asked.URL)
		all = append(all, near{k, d})
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	e := &MissError{Path: t.path, Method: asked.Method, URL: asked.URL}
	for _, n := range all[:min(mostNear, len(all))] {
		text := n.String()
		if n.distance == 0 && !n.used {
			text += ", of which the rest differs"
		}
		e.Nearest = append(e.Nearest, text)
	}
	return e
}

// distance is the number of octets to insert, to delete or to replace that make b
// of a, as far as their first 200.
func distance(a, b string) int {
	const most = 200
	a, b = a[:min(most, len(a))], b[:min(most, len(b))]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := corner
			if a[i] != b[j] {
				replaced++
			}
			corner = row[j+1]
			row[j+1] = min(replaced, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
