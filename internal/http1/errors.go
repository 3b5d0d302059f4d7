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

// ErrLimit is the cause of every error that reports a head, line or trailer
// above its limit.
var ErrLimit = errors.New("message exceeds a limit")

// LimitError says which limit of the reader was exceeded.
type LimitError struct {
	What string // "head", "field count", "chunk-size line", ...
	Max  int    // the limit, in bytes or in count
}

// Error names the limit and its value.
func (e *LimitError) Error() string { return fmt.Sprintf("%s above the limit of %d", e.What, e.Max) }

// Is makes errors.Is(err, ErrLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

func malformed(problem string, got []byte) error {
	const most = 64
	if len(got) > most {
		got = got[:most]
	}
	return &ProtocolError{Problem: problem, Got: string(got)}
}
