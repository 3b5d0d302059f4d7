package form

import (
	"errors"
	"fmt"
	"io"
)

// ErrMalformed is matched by every error about input that is no form: a server
// answers it with 400. Input that ends too early matches [io.ErrUnexpectedEOF]
// as well.
var ErrMalformed = errors.New("malformed form")

// ErrNotForm is the cause when a Content-Type is none that can be read: a
// server answers it with 415.
var ErrNotForm = errors.New("not the Content-Type of a form")

// ErrSpent is the cause when a part is to be sent a second time whose reader
// can be read only once.
var ErrSpent = errors.New("content was sent already and can be read only once")

// A LimitError says that input is larger than one of the [Limits]: a server
// answers it with 413.
type LimitError struct {
	// What is limited, in words that follow a number: "parts".
	What string
	// Limit is the greatest number allowed.
	Limit int64
}

// Error gives "more than 1000 parts".
func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }

var (
	errPast      = errors.New("part is read after the next one was asked for")
	errTurn      = errors.New("content is being sent again by another attempt")
	errClosed    = errors.New("form body is closed")
	errTruncated = fmt.Errorf("%w: %w", ErrMalformed, io.ErrUnexpectedEOF)
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrMalformed, fmt.Errorf(format, args...))
}

// isLimit reports whether a limit was the cause of err.
func isLimit(err error) bool {
	_, ok := errors.AsType[*LimitError](err)
	return ok
}
