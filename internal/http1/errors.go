package http1

import (
	"errors"
	"fmt"
)

// A ProtocolError says in what way the peer broke the rules of HTTP/1.1. It
// always concerns what was received.
type ProtocolError struct {
	Problem string // what is wrong
	Got     string // the offending octets, shortened; may be empty
}

// Error gives the problem and, quoted so that control octets can do no harm,
// what was received.
func (e *ProtocolError) Error() string {
	if e.Got == "" {
		return "malformed message: " + e.Problem
	}
	return fmt.Sprintf("malformed message: %s: %q", e.Problem, e.Got)
}

// ErrLimit is what every LimitError is, by errors.Is.
var ErrLimit = errors.New("message exceeds a limit")

// A LimitError says which limit of the reader the peer exceeded.
type LimitError struct {
	What string // what was counted: "field lines", "octets of a status line", ...
	Max  int    // how many of them are allowed
}

// Error names the limit and its value.
func (e *LimitError) Error() string {
	return fmt.Sprintf("message exceeds a limit: more than %d %s", e.Max, e.What)
}

// Is makes errors.Is(err, ErrLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

// malformed makes a ProtocolError that shows the first octets of got.
func malformed(problem string, got []byte) error {
	const most = 64
	if len(got) > most {
		got = got[:most]
	}
	return &ProtocolError{Problem: problem, Got: string(got)}
}
