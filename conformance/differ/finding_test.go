package differ_test

import (
	"fmt"
	"regexp"

	"github.com/aiohttp-go/aiohttp/conformance/differ"
)

// finding is a difference that no rule covers.
type finding struct {
	c differ.Case
	d differ.Difference
}

// quoted is what an error quotes of the case.
var quoted = regexp.MustCompile(`"(\\.|[^"\\])*"|\d+`)

// kind is alike for findings that look so.
func (f finding) kind() string {
	if f.d.Aspect != differ.Delivery {
		return string(f.d.Aspect)
	}
	return quoted.ReplaceAllString(fmt.Sprint(f.d.Aspect, "|", f.d.Ours, "|", f.d.Theirs), "_")
}

func (f finding) String() string {
	return fmt.Sprintf("%s %q: %s\n  we:   %s\n  they: %s", f.c.Method, f.c.Wire, f.d.Aspect, f.d.Ours, f.d.Theirs)
}
