package play

import "fmt"

// Verdict is how well a vector was met.
type Verdict int

const (
	Pass Verdict = iota // as the rule asks
	Weak                // safe, but not as asked: no reuse, an end only by a deadline
	Fail
)

// String gives the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case Pass:
		return "pass"
	case Weak:
		return "weak"
	}
	return "fail"
}

// Outcome is what came of playing a vector.
type Outcome struct {
	Verdict Verdict
	Why     string // what was wrong; empty for Pass
	Got     string // what the client gave

	// Accepted tells that the client took the answer.
	Accepted bool
}

// Hardened tells whether the client took the choice, accept or reject, that a
// vector prefers.
func (o Outcome) Hardened(prefer string) bool {
	return o.Verdict != Fail && o.Accepted == (prefer == "accept")
}

// worsen lowers the verdict, and keeps the reason of the lowest.
func (o *Outcome) worsen(to Verdict, format string, args ...any) {
	if to > o.Verdict {
		o.Verdict, o.Why = to, fmt.Sprintf(format, args...)
	}
}
