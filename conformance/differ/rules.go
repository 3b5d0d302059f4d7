package differ

import (
	"regexp"
	"slices"
)

// Oracle names one of the readers that ours is compared with.
type Oracle string

// The oracles.
const (
	NetHTTP Oracle = "net/http"
	Node    Oracle = "llhttp"
)

// Rule is one kind of disagreement that we know and keep, and why. It covers a
// difference when all that it says of it is so; what is empty says nothing.
type Rule struct {
	Name    string // the same for both oracles where the reason is
	Reason  string
	Oracle  Oracle
	Aspects []Aspect // empty is Delivery alone
	Method  string   // empty is any
	Wire    string   // a regular expression that the case's octets match

	// Regular expressions over what the readers say: Outcome.Says where the
	// delivery differs, else the values of the aspect.
	Ours, Theirs string
}

// Rules are rules that are ready for use.
type Rules []compiled

type compiled struct {
	*Rule
	wire, ours, theirs *regexp.Regexp
}

// Compile makes rules ready for use. It panics when one is malformed.
func Compile(lists ...[]Rule) Rules {
	var rules Rules
	for _, list := range lists {
		for i := range list {
			r := &list[i]
			if r.Aspects == nil {
				r.Aspects = []Aspect{Delivery}
			}
			rules = append(rules, compiled{r, expr(r.Wire), expr(r.Ours), expr(r.Theirs)})
		}
	}
	return rules
}

func expr(s string) *regexp.Regexp { return regexp.MustCompile("(?s)" + s) }

// Cover gives all rules that cover a difference.
func (rs Rules) Cover(c Case, oracle Oracle, d Difference) []*Rule {
	var covering []*Rule
	for _, r := range rs {
		if r.Oracle == oracle && slices.Contains(r.Aspects, d.Aspect) && (r.Method == "" || r.Method == c.Method) &&
			r.ours.MatchString(d.Ours) && r.theirs.MatchString(d.Theirs) && r.wire.Match(c.Wire) {
			covering = append(covering, r.Rule)
		}
	}
	return covering
}
