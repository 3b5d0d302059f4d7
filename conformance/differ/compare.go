package differ

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Aspect is a part of an outcome in which readers can disagree.
type Aspect string

// The aspects, by their weight.
const (
	Delivery    Aspect = "delivery" // one delivers, the other does not
	Head        Aspect = "head"     // which response is the final one, its status and version
	Body        Aspect = "body"
	End         Aspect = "end" // where the next response begins
	Fields      Aspect = "fields"
	Trailer     Aspect = "trailer"
	Persistence Aspect = "persistence"
)

// Difference is one aspect in which two readers disagree.
type Difference struct {
	Aspect       Aspect
	Ours, Theirs string
}

// Compare gives the differences between our outcome of a case and that of an
// oracle. None is found between two that do not deliver.
func Compare(c Case, oracle Oracle, ours, theirs *Outcome) []Difference {
	if ours.Verdict != Delivered && theirs.Verdict != Delivered {
		return nil
	}
	if ours.Verdict != theirs.Verdict {
		return []Difference{{Delivery, ours.Says(), theirs.Says()}}
	}
	var diffs []Difference
	note := func(aspect Aspect, ours, theirs any) {
		if a, b := fmt.Sprintf("%v", ours), fmt.Sprintf("%v", theirs); a != b {
			diffs = append(diffs, Difference{aspect, a, b})
		}
	}
	note(Head, []any{ours.Interims, ours.Status, ours.Minor, ours.Switched}, []any{theirs.Interims, theirs.Status, theirs.Minor, theirs.Switched})
	if !bytes.Equal(ours.Body, theirs.Body) {
		note(Body, fmt.Sprintf("%q", ours.Body), fmt.Sprintf("%q", theirs.Body))
	}
	note(End, ours.Used, theirs.Used)
	folded := folding.Match(c.Wire)
	note(Fields, view(ours.Fields, oracle, folded), view(theirs.Fields, oracle, folded))
	note(Trailer, view(ours.Trailer, oracle, folded), view(theirs.Trailer, oracle, folded))
	note(Persistence, ours.Persists, theirs.Persists)
	return diffs
}

var folding = regexp.MustCompile(`\r?\n[ \t]`)

// view brings fields into a form in which those of an oracle can be compared.
// Where lines are folded, any white space inside values is as good as other.
func view(fields []Field, oracle Oracle, folded bool) string {
	fields = slices.Clone(fields)
	if oracle == NetHTTP {
		// These it takes out of the map, or mends; what they say is compared by
		// the body and the persistence.
		fields = slices.DeleteFunc(fields, func(f Field) bool {
			return f.Name == "content-length" || f.Name == "transfer-encoding" || f.Name == "trailer" || f.Name == "connection"
		})
		slices.SortStableFunc(fields, byName)
	}
	if folded {
		for i, f := range fields {
			fields[i].Value = strings.Join(strings.Fields(f.Value), " ")
		}
	}
	return fmt.Sprintf("%q", fields)
}
